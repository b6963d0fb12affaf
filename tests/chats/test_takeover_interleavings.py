"""Takeovers against a turn that runs: real database, real turns, sender and presence; a model and a Telegram that pause at random.

A message of the assistant begins when a sender claims it in a transaction; a draft of one, when the presence looks whether the assistant
still answers. Both must come before the takeover: what is claimed is on the wire, and the takeover counts it as said.
`VALERA_TAKEOVERS=1000` plays all; CI plays a part.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from tests.reception.stage import Stage
from tests.same_models import SameModels
from tests.telegram.post_office import open_post_office
from valera.assistant.loop import Caps
from valera.chats.chat import ChatHeld, answer, take_over
from valera.kit.db import account_scope, execute, value
from valera.kit.secrets import Secret, Vault
from valera.kit.storage import FolderStorage
from valera.reception import turn_queries
from valera.reception.tools import TOOLS
from valera.reception.turn import Turns
from valera.telegram.api.client import BotApi
from valera.telegram.outbox.delivery import Sender
from valera.telegram.outbox.pacing import Pacing
from valera.telegram.outbox.presence import Address, Pace, Presences
from valera.telegram.outbox.sent import SentMarks

ALL = 1000
MINE = "Отвечаю я."
PLAYED = int(os.environ.get("VALERA_TAKEOVERS", "50"))


class Wire(BotApi):
    """Telegram, at whose door it is noted what comes."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__("http://127.0.0.1:9")
        self.chance = chance
        self.texts: list[str] = []
        self.looks: list[float] = []
        self.drafts: list[float] = []
        """When the presence looked before it sent one."""

    async def send_message(self, token: Secret, message: dict[str, Any]) -> int:
        self.texts.append(message["text"])
        await pause(self.chance)
        return len(self.texts)

    async def send_message_draft(self, token: Secret, *, chat_id: int, draft_id: int, text: str, entities: Any = ()) -> None:
        self.drafts.append(self.looks[-1])
        await pause(self.chance)

    async def send_chat_action(self, token: Secret, *, chat_id: int, action: str) -> None:
        self.drafts.append(self.looks[-1])
        await pause(self.chance)


@dataclass(slots=True)
class Watched(Presences):
    """Notes when it looks."""

    looks: list[float] = field(default_factory=list[float])

    async def find(self, chat_id: int) -> Address | None:
        self.looks.append(time.monotonic())
        return await Presences.find(self, chat_id)


async def pause(chance: random.Random) -> None:
    await asyncio.sleep(chance.choice((0, 0, 0.001, 0.002, 0.004, 0.008)))


@dataclass(slots=True)
class Slow:
    """A model that thinks, calls a tool or two, and answers."""

    chance: random.Random

    async def __call__(self, messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
        await pause(self.chance)
        last = messages[-1]
        has_looked = isinstance(last, ModelRequest) and any(isinstance(part, ToolReturnPart) for part in last.parts)
        if not has_looked and self.chance.random() < 0.6:
            return ModelResponse(parts=[ToolCallPart("my_bookings", {}, tool_call_id=f"call-{self.chance.random()}")])
        await pause(self.chance)
        return ModelResponse(parts=[TextPart("Записей пока нет.")])


@dataclass(frozen=True, slots=True)
class Outcome:
    """``begun``: the assistant's messages that a sender claimed; ``late``: what began after the takeover; ``takers``: who got the chat."""

    begun: int
    late: int
    takers: int
    texts: list[str]


@dataclass(slots=True)
class Play:
    """One chat, one turn, and somebody who takes it over at some moment of it."""

    stage: Stage
    vault: Vault
    storage: FolderStorage
    seed: int

    async def run(self) -> Outcome:
        chance = random.Random(self.seed)
        wire = Wire(chance)
        chat_id = await self._chat()
        db, clock = self.stage.db, self.stage.clock
        presences = Watched(db, wire, self.vault, Pace(first=0.001, between=0.001, typing=0.002), looks=wire.looks)
        turns = Turns(db, clock, SameModels(FunctionModel(Slow(chance))), TOOLS, Caps(), presences)
        sender = Sender(db, wire, self.vault, SentMarks(db), _nobody, self.storage, Pacing())
        [claim] = await turns.claim(worker=1, limit=1)
        taken: list[float] = []
        members = [self.stage.shop.member_id, await self._colleague()]

        async def work() -> None:
            ended = await turns.run_turn(claim, sender=1 if chance.random() < 0.7 else None)
            if ended.departure is not None:
                await sender.depart(ended.departure)
            else:
                for parcel in await sender.claim(worker=1, limit=10):
                    await sender.deliver(parcel)

        async def person(member_id: int, waits: float) -> None:
            await asyncio.sleep(waits)
            with account_scope(self.stage.shop.account_id), suppress(ChatHeld):
                async with db.account_tx() as tx:
                    if chance.random() < 0.5:
                        await take_over(tx, chat_id, by=member_id)
                    else:
                        await answer(tx, chat_id, by=member_id, text=MINE)
                taken.append(time.monotonic())
                async with db.queue() as queue:  # as the worker does when it is woken
                    turns.running.stop(await turn_queries.select_taken(queue, [claim.id]))

        waits = chance.uniform(0, 0.06)
        await asyncio.gather(work(), person(members[0], waits), *([person(members[1], waits)] if chance.random() < 0.3 else []))
        for parcel in await sender.claim(worker=1, limit=10):
            await sender.deliver(parcel)
        late_drafts = sum(at > min(taken) for at in wire.drafts)
        return Outcome(await self._sent(chat_id), await self._sent(chat_id, after_takeover=True) + late_drafts, len(taken), wire.texts)

    async def _sent(self, chat_id: int, *, after_takeover: bool = False) -> int:
        """Messages of the assistant that were claimed and not withdrawn unseen; those that were written after the takeover alone."""
        with account_scope(self.stage.shop.account_id):
            async with self.stage.db.account_tx() as tx:
                return await value(
                    tx,
                    "select count(*) from deliveries d join messages m on m.id = d.message_id where d.chat_id = $1 and m.role = 'assistant'"
                    " and d.attempts > 0 and (not $2 or m.id >"
                    "   (select min(id) from messages where chat_id = $1 and content = 'taken_over'))",
                    chat_id,
                    after_takeover,
                )

    async def _chat(self) -> int:
        with account_scope(self.stage.shop.account_id):
            async with self.stage.db.account_tx() as tx:
                await execute(tx, "update turns set state = 'withdrawn' where state in ('waiting', 'running')")
                await execute(tx, "update deliveries set state = 'withdrawn' where state in ('ready', 'sending')")
                chat_id = await value(
                    tx,
                    "insert into chats (bot_id, telegram_chat_id, client_id) values ($1, $2, $3) returning id",
                    self.stage.shop.bot_id,
                    5_000_000 + self.seed,
                    self.stage.shop.client_id,
                )
                await execute(
                    tx,
                    "insert into messages (chat_id, role, content, bot_id, update_id, telegram_message_id)"
                    " values ($1, 'user', $2, $3, $4, $4)",
                    chat_id,
                    "есть записи?",
                    self.stage.shop.bot_id,
                    5_000_000 + self.seed,
                )
                await execute(tx, "insert into turns (chat_id) values ($1)", chat_id)
        return chat_id

    async def _colleague(self) -> int:
        with account_scope(self.stage.shop.account_id):
            async with self.stage.db.account_tx() as tx:
                return await value(
                    tx,
                    "with made as (insert into memberships (name, role) select 'Игорь', 'support'"
                    "   where not exists (select from memberships where name = 'Игорь') returning id)"
                    " select id from made union all select id from memberships where name = 'Игорь' limit 1",
                )


async def _nobody(*_: object) -> None:
    raise AssertionError("nobody blocks the bot here")


@pytest.mark.timeout(60 + PLAYED)
async def test_nothing_of_the_assistant_begins_after_a_takeover(stage: Stage, tmp_path: Path) -> None:
    late: dict[int, int] = {}
    said = stopped = 0
    async with open_post_office(stage.db, stage.shop) as office:
        for seed in range(0, ALL, max(1, ALL // PLAYED)):
            outcome = await Play(stage, office.vault, FolderStorage(tmp_path), seed).run()
            assert outcome.takers == 1, f"{seed}: two members had the same chat"
            assert sum(text != MINE for text in outcome.texts) <= outcome.begun, f"{seed}: sent without being claimed"
            if outcome.late:
                late[seed] = outcome.late
            said, stopped = said + bool(outcome.begun), stopped + (not outcome.begun)
    sys.stdout.write(f"{said + stopped} takeovers: {said} came after the answer had begun, {stopped} stopped it; late: {len(late)}\n")
    assert late == {}
    assert said, "some takeovers come too late to stop the answer"
    assert stopped, "and some do stop it"
