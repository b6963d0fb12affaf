"""A client and the Telegram between: three things happen, each is told to Valera until it says 200."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field

import msgspec

from tests.cast import Shop
from tests.reliability.crash_points.house import Webhook
from tests.reliability.crash_points.telegram import Telegram

ACTS = ("asks", "confirms", "thanks")
"""A price and a time are asked for, a newcomer's first words; the proposal is confirmed by its button; the chat goes on."""

WORDS = {"asks": "Сколько стоит покрасить бампер на Камри? Запишите на завтра в 12", "thanks": "спасибо"}
ANSWER_SECONDS = 3
AGAIN_SECONDS = 0.03


@dataclass(slots=True)
class Client:
    """``done``: how many of the acts Valera has dealt with."""

    shop: Shop
    telegram: Telegram
    done: int = 0
    _told: dict[str, str] = field(default_factory=dict[str, str])
    _acknowledged: set[str] = field(default_factory=set[str])

    @property
    def chat(self) -> int:
        return 800_000_000 + self.shop.account_id

    @property
    def act(self) -> str:
        return ACTS[self.done]

    async def tell(self, socket: str) -> None:
        """The next act, again and again until it is acknowledged, and then never more."""
        call = self._webhook(self.act)
        while self.act not in self._acknowledged:
            with contextlib.suppress(OSError, TimeoutError):
                if await asyncio.wait_for(_call(socket, call), ANSWER_SECONDS) == b"200\n":
                    self._acknowledged.add(self.act)
                    return
            await asyncio.sleep(AGAIN_SECONDS)

    def _webhook(self, act: str) -> Webhook:
        if act not in self._told:
            self._told[act] = json.dumps(self._update(act), ensure_ascii=False)
        return Webhook(act, self.shop.webhook_key, self.shop.webhook_secret, self._told[act])

    def _update(self, act: str) -> dict[str, object]:
        number = 1_000_000 + ACTS.index(act)
        person = {"id": self.chat, "is_bot": False, "first_name": "Вера", "language_code": "ru"}
        message: dict[str, object] = {"message_id": number, "date": 1_795_000_000, "chat": {"id": self.chat, "type": "private"}}
        if act == "confirms":
            data = self.telegram.button(self.chat, "yes:")
            query = {"id": f"press-{self.chat}", "from": person, "message": message, "data": data}
            return {"update_id": number, "callback_query": query}
        return {"update_id": number, "message": message | {"from": person, "text": WORDS[act]}}


async def _call(socket: str, call: Webhook) -> bytes:
    reader, writer = await asyncio.open_unix_connection(socket)
    try:
        writer.write(msgspec.json.encode(call) + b"\n")
        return await reader.readline()
    finally:
        writer.close()
