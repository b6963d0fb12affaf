"""The main path without processes: updates go in, intake and turns are run by hand, a model says what a test wrote for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from tests.cast import Shop
from tests.disclosure import answer_of
from tests.reception.webhook import NUMBERS, encoded, message_update
from tests.same_models import SameModels
from valera.assistant.loop import Caps
from valera.kit.clock import FixedClock
from valera.kit.db import Database
from valera.reception.ingest_queries import store_updates
from valera.reception.intake import Intake, MailboxClaim, Settling, TakenIn
from valera.reception.tools import TOOLS
from valera.reception.turn import TurnClaim, Turns
from valera.telegram.update import read_envelope

AT_ONCE = Settling(timedelta(0), timedelta(0))
CLIENT = 900_001

Answer = str | list[tuple[str, dict[str, Any]]] | Exception


@dataclass(slots=True)
class Script:
    """What the model answers, in order: a text, a list of tool calls, or an exception. ``seen`` keeps every request."""

    answers: list[Answer] = field(default_factory=list)
    seen: list[list[ModelMessage]] = field(default_factory=list)
    meanwhile: Callable[[], Any] | None = None
    ids: Iterator[int] = field(default_factory=lambda: iter(range(10_000)))

    async def __call__(self, messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
        self.seen.append(list(messages))
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile, None
            await act()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, str):
            return ModelResponse(parts=[TextPart(answer)])
        return ModelResponse(parts=[ToolCallPart(name, arguments, tool_call_id=f"call_{next(self.ids)}") for name, arguments in answer])

    def asked(self, at: int = -1) -> list[str]:
        """The client's words in a request."""
        return [
            str(part.content)
            for message in self.seen[at]
            if isinstance(message, ModelRequest)
            for part in message.parts
            if isinstance(part, UserPromptPart)
        ]


@dataclass(slots=True)
class Stage:
    db: Database
    shop: Shop
    owner: asyncpg.Connection
    script: Script
    clock: FixedClock
    settling: Settling = AT_ONCE
    caps: Caps = field(default_factory=Caps)

    @property
    def intake(self) -> Intake:
        return Intake(self.db, self.clock, self.settling)

    @property
    def turns(self) -> Turns:
        return Turns(self.db, self.clock, SameModels(FunctionModel(self.script)), TOOLS, self.caps)

    # ---- the client -----------------------------------------------------------------------------

    async def receive(self, update: dict[str, Any]) -> int:
        """An update as ingest stores it."""
        body = encoded(update)
        envelope = read_envelope(body)
        connection = await self.db.connect(role="valera_ingest")
        row = (
            self.shop.account_id, self.shop.bot_id, envelope.update_id, envelope.peer_id, envelope.kind, body, envelope.callback_query_id,
        )  # fmt: skip
        await store_updates(connection, [row])
        await connection.close()
        return envelope.update_id

    async def write(self, text: str, *, user: int = CLIENT, **fields: Any) -> int:
        return await self.receive(message_update(text, user=user, **fields))

    async def press(self, data: str, *, user: int = CLIENT) -> int:
        number = next(NUMBERS)
        person = {"id": user, "is_bot": False, "first_name": "Вера"}
        message = {"message_id": 1, "date": 1, "chat": {"id": user, "type": "private"}}
        return await self.receive(
            {"update_id": number, "callback_query": {"id": f"press-{number}", "from": person, "message": message, "data": data}}
        )

    # ---- the machinery --------------------------------------------------------------------------

    async def claim_mailboxes(self) -> list[MailboxClaim]:
        return await self.intake.claim(100)

    async def take_in(self) -> list[TakenIn]:
        """Every mailbox that is due, until none is."""
        taken: list[TakenIn] = []
        while claims := await self.claim_mailboxes():
            taken += [await self.intake.take_in(claim) for claim in claims]
        return taken

    async def claim_turns(self, *, worker: int = 1) -> list[TurnClaim]:
        return await self.turns.claim(worker=worker, limit=100)

    async def run_turns(self) -> int:
        count = 0
        while claims := await self.claim_turns():
            for claim in claims:
                await self.turns.run_turn(claim)
                count += 1
        return count

    async def hear(self, *texts: str) -> list[str]:
        """The client writes, Valera answers: what was put on its way."""
        for text in texts:
            await self.write(text)
        before = await self.said()
        await self.take_in()
        await self.run_turns()
        return (await self.said())[len(before) :]

    # ---- what came of it ------------------------------------------------------------------------

    async def rows(self, sql: str, *values: object) -> list[asyncpg.Record]:
        return await self.owner.fetch(sql, *values)

    async def chat_id(self, user: int = CLIENT) -> int:
        found = await self.owner.fetchval(
            "select id from chats where telegram_chat_id = $1 and account_id = $2", user, self.shop.account_id
        )
        assert found is not None, f"{user} has not written yet"
        return found

    async def messages(self, user: int = CLIENT) -> list[tuple[str, str]]:
        return [
            (row["role"], answer_of(row["content"]))
            for row in await self.rows(
                "select m.role, m.content from messages m join chats c on c.id = m.chat_id where c.telegram_chat_id = $1 order by m.id",
                user,
            )
        ]

    async def said(self, user: int = CLIENT) -> list[str]:
        """Texts on their way to the client; what code says before the first one is left out."""
        return [
            answer_of(row["text"])
            for row in await self.rows(
                "select text from deliveries where telegram_chat_id = $1 and state <> 'withdrawn' and document is null order by id", user
            )
        ]

    async def files(self, user: int = CLIENT) -> list[dict[str, str]]:
        """Documents on their way to the client."""
        rows = await self.rows("select document from deliveries where telegram_chat_id = $1 and document is not null order by id", user)
        return [row["document"] for row in rows]

    async def buttons(self, user: int = CLIENT) -> dict[str, str]:
        """Of the last delivery: title → data."""
        markup = await self.owner.fetchval(
            "select reply_markup from deliveries where telegram_chat_id = $1 and document is null order by id desc limit 1", user
        )
        return {button["text"]: button["callback_data"] for row in (markup or {"inline_keyboard": []})["inline_keyboard"] for button in row}

    async def turn_states(self, user: int = CLIENT) -> list[str]:
        return [
            row["state"]
            for row in await self.rows(
                "select t.state from turns t join chats c on c.id = t.chat_id where c.telegram_chat_id = $1 order by t.id", user
            )
        ]
