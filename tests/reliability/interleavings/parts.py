"""The parts that actors play: each is the product's own verb, called the way the worker, the web process or the panel calls it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from tests.reception.stage import AT_ONCE
from tests.reception.webhook import NUMBERS, encoded, message_update
from tests.reliability.interleavings.border import At, Border
from tests.same_models import SameModels
from valera.assistant.loop import Caps
from valera.bookings.proposals.holds import expire_stale_holds
from valera.chats import chat as chats
from valera.kit.clock import FixedClock
from valera.kit.db import account_scope, execute
from valera.kit.storage import FolderStorage
from valera.reception import turn_queries
from valera.reception.intake import Intake
from valera.reception.lease import LeaseLost
from valera.reception.tools import TOOLS
from valera.reception.turn import Turns
from valera.reception.update_writer import BotKey
from valera.telegram.outbox import queries as telegram_queries
from valera.telegram.outbox.delivery import Sender
from valera.telegram.outbox.sent import SentMarks

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.reliability.interleavings.gated import GatedDatabase
    from tests.reliability.interleavings.scene import Scene
    from valera.kit.db import AccountTx, Database
    from valera.telegram.api.client import BotApi

    Part = Callable[[GatedDatabase], Awaitable[object]]

Calls = list[tuple[str, dict[str, Any]]]
SAID = "Отвечаю на: "
FIRST_NAME = "Вера"


@dataclass(frozen=True, slots=True)
class Receptionist:
    """A model without memory: first the calls that it has not made yet in this turn, then a text that names what it answers."""

    calls: Calls
    reach: Callable[[Border], Awaitable[None]] | None = None

    async def __call__(self, messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
        if self.reach is not None:
            await self.reach(Border(At.MODEL))
        asked, returned = _since_last_answer(messages)
        if len(returned) < len(self.calls):
            name, arguments = self.calls[len(returned)]
            return ModelResponse(parts=[ToolCallPart(name, arguments, tool_call_id=f"call-{len(returned)}")])
        return ModelResponse(parts=[TextPart(SAID + ", ".join(asked))])


def _since_last_answer(messages: list[ModelMessage]) -> tuple[list[str], list[object]]:
    asked: list[str] = []
    returned: list[object] = []
    for message in messages:
        if isinstance(message, ModelResponse):
            if any(isinstance(part, TextPart) for part in message.parts):
                asked, returned = [], []
        else:
            asked += [str(part.content) for part in message.parts if isinstance(part, UserPromptPart)]
            returned += [part for part in message.parts if isinstance(part, ToolReturnPart)]
    return asked, returned


def intake_of(scene: Scene, db: Database) -> Intake:
    """Of a worker that knows already whose names are written down."""
    reception = Intake(db, scene.stage.clock, AT_ONCE)
    reception._known.update(dict.fromkeys(scene.known))  # pyright: ignore[reportPrivateUsage]
    return reception


def turns_of(scene: Scene, db: Database, calls: Calls, reach: Callable[[Border], Awaitable[None]] | None = None) -> Turns:
    return Turns(db, scene.stage.clock, SameModels(FunctionModel(Receptionist(calls, reach))), TOOLS, Caps())


def sender_of(scene: Scene, db: Database, bot_api: BotApi) -> Sender:
    async def unreachable(_tx: AccountTx, _chat_id: int) -> None:
        raise AssertionError("nobody blocks the bot here")

    return Sender(db, bot_api, scene.vault, SentMarks(db), unreachable, FolderStorage(Path(os.devnull)))


# ---- the client ---------------------------------------------------------------------------------


def press_update(data: str, *, user: int) -> dict[str, Any]:
    number = next(NUMBERS)
    person = {"id": user, "is_bot": False, "first_name": FIRST_NAME, "language_code": "ru"}
    message = {"message_id": 1, "date": 1, "chat": {"id": user, "type": "private"}}
    return {"update_id": number, "callback_query": {"id": f"press-{number}", "from": person, "message": message, "data": data}}


def ingest(scene: Scene, *updates: dict[str, Any]) -> Part:
    """The web process stores what Telegram brings, one update after another."""

    async def part(db: GatedDatabase) -> None:
        writer = await scene.writer(db)
        bot = BotKey(scene.shop.account_id, scene.shop.bot_id, bytes(32))
        for update in updates:
            await writer.store(bot, encoded(update))

    return part


def message(text: str, *, user: int) -> dict[str, Any]:
    return message_update(text, user=user)


# ---- the worker ---------------------------------------------------------------------------------


def intake(scene: Scene, *, limit: int = 10) -> Part:
    """Takes in what is due; a mailbox that another worker has meanwhile is left to that one."""

    async def part(db: GatedDatabase) -> None:
        reception = intake_of(scene, db)
        for claim in await reception.claim(limit):
            try:
                more = (await reception.take_in(claim)).more
            except LeaseLost:
                continue
            if more:
                await part(db)

    return part


def worker(scene: Scene, number: int, *calls: tuple[str, dict[str, Any]]) -> Part:
    """Runs the turns that are due, and sends each answer right after the commit, as the worker does."""

    async def part(db: GatedDatabase) -> None:
        turns, sender = turns_of(scene, db, list(calls), db.reach), sender_of(scene, db, scene.wire(db))
        for claim in await turns.claim(worker=number, limit=10):
            try:
                ended = await turns.run_turn(claim, sender=number)
            except LeaseLost:
                continue
            if ended.departure is not None:
                await sender.depart(ended.departure)
            if ended.is_more_due:
                await part(db)

    return part


def thinker(scene: Scene, number: int, *calls: tuple[str, dict[str, Any]]) -> Part:
    """As a worker whose sending lane is full: it runs turns and leaves the answers to others."""

    async def part(db: GatedDatabase) -> None:
        turns = turns_of(scene, db, list(calls), db.reach)
        for claim in await turns.claim(worker=number, limit=10):
            try:
                await turns.run_turn(claim)
            except LeaseLost:
                continue

    return part


def sender(scene: Scene, number: int) -> Part:
    """Claims what is ready and sends it."""

    async def part(db: GatedDatabase) -> None:
        office = sender_of(scene, db, scene.wire(db))
        for claim in await office.claim(worker=number, limit=10):
            await office.deliver(claim)

    return part


async def frees_turns(db: GatedDatabase) -> None:
    """Housekeeping finds the workers dead: they have neither lock nor heartbeat here."""
    async with db.queue() as tx:
        await turn_queries.bury_dead_turns(tx)


async def frees_deliveries(db: GatedDatabase) -> None:
    async with db.queue() as tx:
        await telegram_queries.bury_dead_deliveries(tx)


def lapse(scene: Scene) -> Part:
    """Time passes: every lease of a mailbox is over."""

    async def part(db: GatedDatabase) -> None:
        async with db.queue() as tx:
            await execute(tx, "update mailboxes set leased_until = now() - interval '1 ms' where leased_until is not null")

    return part


def sweeper(scene: Scene, *, later: timedelta) -> Part:
    """Housekeeping, by a clock that stands later, lets holds go."""

    async def part(db: GatedDatabase) -> None:
        with account_scope(scene.shop.account_id):
            async with db.account_tx() as tx:
                await expire_stale_holds(tx, FixedClock(scene.stage.clock.at + later).now())

    return part


# ---- the shop's people --------------------------------------------------------------------------


def take_over(scene: Scene, chat_id: int) -> Part:
    async def part(db: GatedDatabase) -> None:
        await _act(scene, db, lambda tx: chats.take_over(tx, chat_id, by=scene.shop.member_id))
        scene.note_takeover(chat_id)

    return part


def answer(scene: Scene, chat_id: int, text: str) -> Part:
    async def part(db: GatedDatabase) -> None:
        await _act(scene, db, lambda tx: chats.answer(tx, chat_id, by=scene.shop.member_id, text=text))
        scene.note_takeover(chat_id)

    return part


def hand_back(scene: Scene, chat_id: int) -> Part:
    async def part(db: GatedDatabase) -> None:
        await _act(scene, db, lambda tx: chats.hand_back(tx, chat_id, by=scene.shop.member_id))

    return part


async def _act(scene: Scene, db: GatedDatabase, verb: Callable[[AccountTx], Awaitable[object]]) -> None:
    with account_scope(scene.shop.account_id):
        async with db.account_tx() as tx:
            await verb(tx)


def both(*parts: Part) -> Part:
    """One actor does these one after another."""

    async def part(db: GatedDatabase) -> None:
        for each in parts:
            await each(db)

    return part
