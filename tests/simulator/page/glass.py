"""A shop's side of the chat that was made up: what the panel shows without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from valera.accounts.notice import Notice
from valera.kit.errors import Invalid
from valera.simulator.page.shop.journal import ReplyRow, StepRow, TurnRow, tell_turn
from valera.simulator.page.shop.panel import Booking, ChatState, PanelView, Shop

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVIL = "<img src=x onerror=alert(1)>"
FOUND = {
    "tool": "find_prices",
    "arguments": {"works": [EVIL]},
    "outcome": "done",
    "content": {"found": [{"text": f"Бампер: 20 000 ₽ {EVIL}"}]},
}
TAKEN = {"tool": "hold_slot", "arguments": {"slot_id": "k7f2"}, "outcome": "failed", "content": "Это время уже занято."}


class FakeGlass:
    def __init__(self) -> None:
        self.status = "assistant"
        self.answers: list[str] = []
        self.notices: tuple[Notice, ...] = ()
        self.is_token_good = False

    async def look(self, bot_id: int, person_id: int) -> PanelView:
        del bot_id, person_id
        steps = [
            StepRow(1, 1, 1, "model", {"model": "receptionist", "usage": {"input_tokens": 1812, "output_tokens": 24}, "cost": "0.0012"}, 3),
            StepRow(1, 2, 1, "tool", FOUND, 12),
            StepRow(1, 3, 1, "tool", TAKEN, 7),
        ]
        gates = [{"kind": "sum", "span": "25 000 ₽", "sentence": "Такой суммы нет в прайс-листе."}]
        replies = [ReplyRow(1, "Покраска бампера — 20 000 ₽.", {"gates": gates}, "sent", None)]
        row = TurnRow(12, "done", "message", 2, 1, START, START, START + timedelta(milliseconds=420))
        hour = timedelta(hours=1)
        return PanelView(
            Shop(f"Гараж {EVIL}", "Europe/Moscow", 1, "Марина"),
            ChatState(5, self.status, "Марина" if self.status == "human" else None, None, None),
            (
                Booking(1, 218, "confirmed", "Покраска бампера", START, START + hour, "Пост 2", None),
                Booking(2, None, "held", EVIL, START + 24 * hour, START + 25 * hour, "Пост 1", START + hour),
            ),
            (tell_turn(row, ("Сколько стоит покрасить бампер?",), steps, replies),),
            self.notices,
        )

    async def resume(self, bot_id: int) -> bool:
        del bot_id
        self.notices = () if self.is_token_good else self.notices
        return self.is_token_good

    async def take_over(self, bot_id: int, person_id: int) -> None:
        del bot_id, person_id
        self.status = "human"

    async def hand_back(self, bot_id: int, person_id: int) -> None:
        del bot_id, person_id
        self.status = "assistant"

    async def answer(self, bot_id: int, person_id: int, text: str) -> None:
        del bot_id, person_id
        if not text.strip():
            raise Invalid("Write something first.")
        self.answers.append(text)
