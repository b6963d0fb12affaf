"""Every fault of a provider over every wire, through the whole path: in front of the scripted receptionist stands a model that fails.

All cells are chats of one shop, and all of them are answered at the same time. Whatever the model does, each client has exactly one answer,
nothing in it is made up, and no two models have acted for him.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

import pytest

from tests.reception.stage import Stage
from tests.reception.webhook import encoded, message_update
from tests.stub_models import KEY, serving
from valera.assistant.errors import ModelError
from valera.assistant.loop import Caps
from valera.assistant.models.chains import Installation, Models
from valera.assistant.models.choice import ModelChoice
from valera.assistant.models.clients import Clients
from valera.assistant.models.providers import Address
from valera.kit.db import DatabaseUnavailable
from valera.kit.secrets import Secret, Vault
from valera.reception.ingest_queries import store_updates
from valera.reception.receptionist import ScriptedReceptionist
from valera.reception.tools import TOOLS
from valera.reception.turn import TurnClaim, Turns
from valera.simulator.models.fault import Fault
from valera.simulator.models.provider import Provider
from valera.simulator.models.script import Rule, Step
from valera.simulator.models.spoiled import FOREIGN
from valera.simulator.models.switch import Setting, WireName
from valera.simulator.models.wire import Call
from valera.telegram.update import read_envelope

CAPS = Caps(answers=4, seconds=8, fallback_seconds=3)
TRIES = 4
"""Three failures and the apology after them."""

AT_ONCE = 32
MOST_ROUNDS = 20
"""Of trying whatever waits: the database may be the one that is late."""

PATHS = {WireName.OPENAI: "/openai/v1", WireName.ANTHROPIC: "/anthropic", WireName.GOOGLE: "/google"}
HOLD = Step(calls=(Call("hold_slot", {"slot_id": "$find_slots.slots.0.slot_id"}),))
MADE_UP = re.compile(r"7\s?431|[Зз]аписал|⟦|⟧|[\x00-\x08\u200b\u202a-\u202e\ud800-\udfff]")
MOST_CHARACTERS = 3 * 4096
QUESTION = "Добрый день, вы красите бамперы на старых машинах"


class Moment(StrEnum):
    """``ONCE``: the first answer; ``ALWAYS``: each; ``AFTER_HOLD``: each that follows the model's own proposal to the client."""

    ONCE = "once"
    ALWAYS = "always"
    AFTER_HOLD = "after_hold"


@dataclass(frozen=True, slots=True)
class Cell:
    """``number`` makes its client, and the hour of his booking."""

    number: int
    wire: WireName
    moment: Moment
    fault: Fault

    @property
    def model(self) -> str:
        return f"{self.moment}-{self.fault}"

    @property
    def client(self) -> int:
        return 700_000 + self.number

    @property
    def words(self) -> str:
        return f"запишите на {self.when}" if self.moment is Moment.AFTER_HOLD else QUESTION

    @property
    def when(self) -> str:
        return f"{1 + self.number // 10} декабря в {9 + self.number % 10}:00"

    @property
    def setting(self) -> Setting:
        find = Step(calls=(Call("find_slots", {"when": self.when, "service": "Бампер"}),))
        rules = (Rule("запишите", (find, HOLD, Step(say="$hold_slot.question"))),)
        match self.moment:
            case Moment.ONCE:
                return Setting(rules=rules, next_faults=(self.fault,), slow_seconds=60)
            case Moment.ALWAYS:
                return Setting(rules=rules, faults={self.fault: 1}, slow_seconds=60)
            case Moment.AFTER_HOLD:
                return Setting(rules=rules, next_faults=(None, None), faults={self.fault: 1}, slow_seconds=60)


ALWAYS = (Fault.FALSE_SUM, Fault.FALSE_BOOKING, Fault.WRONG_LANGUAGE, Fault.UNKNOWN_TOOL, Fault.CALL_WITHOUT_TEXT)
"""What the same model is asked again for, once or without an end."""

AFTER_HOLD = (
    Fault.OVERLOADED, Fault.CUT, Fault.ENDED_EARLY, Fault.SILENT, Fault.EMPTY, Fault.REFUSAL, Fault.UNKNOWN_TOOL, Fault.DUPLICATE_IDS,
    Fault.BAD_CHARACTERS, Fault.FALSE_BOOKING,
)  # fmt: skip
"""One of each kind: what matters there is who has acted."""

PLAYED = (
    *((Moment.ONCE, fault) for fault in Fault),
    *((Moment.ALWAYS, fault) for fault in ALWAYS),
    *((Moment.AFTER_HOLD, fault) for fault in AFTER_HOLD),
)
CELLS = tuple(Cell(number, wire, *played) for number, (wire, played) in enumerate(product(WireName, PLAYED)))


@dataclass(frozen=True, slots=True)
class Matrix:
    stage: Stage
    provider: Provider
    url: str
    clients: Clients
    at_once: asyncio.Semaphore

    def turns(self, cell: Cell) -> Turns:
        """As a worker composes it, with this one model before the receptionist."""
        choices = (ModelChoice(cell.wire, cell.model), ModelChoice("scripted"))
        installation = Installation(choices, {cell.wire: Address(self.url + PATHS[cell.wire], Secret(KEY))})
        vault = Vault(Secret(b64encode(bytes(32)).decode()))
        models = Models(installation, self.clients, ScriptedReceptionist(), self.stage.db, vault)
        return Turns(self.stage.db, self.stage.clock, models, TOOLS, CAPS)

    async def claim(self) -> dict[int, TurnClaim]:
        """By the client's number, whatever waits."""
        await self.stage.owner.execute(DUE)
        claims = [claim async for claim in self._claim_all()]
        rows = await self.stage.rows("select id, telegram_chat_id from chats")
        clients = {row["id"]: row["telegram_chat_id"] for row in rows}
        return {clients[claim.chat_id]: claim for claim in claims}

    async def _claim_all(self) -> AsyncIterator[TurnClaim]:
        while claims := await self.stage.claim_turns():
            for claim in claims:
                yield claim

    async def run(self, cell: Cell, turns: Turns, claim: TurnClaim) -> None:
        """As a worker's lane does it: a model's failure leaves the turn to be tried again, anything else is a bug."""
        try:
            async with self.at_once, asyncio.timeout(120):
                await turns.run_turn(claim)
        except (ModelError, DatabaseUnavailable) as error:
            with suppress(DatabaseUnavailable):
                await turns.release(claim, is_failure=isinstance(error, ModelError))
        except Exception as error:
            error.add_note(f"{cell}")
            raise


@asynccontextmanager
async def matrix(stage: Stage) -> AsyncIterator[Matrix]:
    provider, clients = Provider(), Clients(connections=len(CELLS), seconds=CAPS.seconds)
    for cell in CELLS:
        provider.switches.turn(cell.setting, [cell.wire], cell.model)
    async with serving(provider) as url:
        try:
            yield Matrix(stage, provider, url, clients, asyncio.Semaphore(AT_ONCE))
        finally:
            await clients.close()


@pytest.mark.timeout(240)
async def test_whatever_a_model_does_every_client_has_one_honest_answer(stage: Stage) -> None:
    await everybody_writes(stage)

    async with matrix(stage) as played:
        turns = {cell.client: (cell, played.turns(cell)) for cell in CELLS}
        for _ in range(MOST_ROUNDS):
            if not (claims := await played.claim()):
                break
            done = await asyncio.gather(*(played.run(*turns[client], claim) for client, claim in claims.items()), return_exceptions=True)
            assert [error for error in done if error is not None] == []

    found = await read_outcomes(stage)
    assert [trouble for cell in CELLS for trouble in troubles(cell, found[cell.client], played.provider)] == []
    asked = [cell for cell in CELLS if played.provider.switches.of(cell.wire, cell.model).requests]
    assert len(asked) > len(CELLS) / 2, "the machine is too slow for this to mean anything"


async def everybody_writes(stage: Stage) -> None:
    connection = await stage.db.connect(role="valera_ingest")
    bodies = [(cell, encoded(message_update(cell.words, user=cell.client))) for cell in CELLS]
    envelopes = [(read_envelope(body), body) for _, body in bodies]
    shop = stage.shop
    rows: list[tuple[object, ...]] = [
        (shop.account_id, shop.bot_id, found.update_id, found.peer_id, found.kind, body, None) for found, body in envelopes
    ]
    await store_updates(connection, rows)
    await connection.close()
    await stage.take_in()


@dataclass(slots=True)
class Outcome:
    """What became of one client."""

    said: list[str] = field(default_factory=list[str])
    turns: list[str] = field(default_factory=list[str])
    bookings: list[str] = field(default_factory=list[str])
    acted: list[str] = field(default_factory=list[str])


async def read_outcomes(stage: Stage) -> dict[int, Outcome]:
    found: dict[int, Outcome] = defaultdict(Outcome)
    for row in await stage.rows(SAID):
        found[row["client"]].said.append(row["text"])
    for row in await stage.rows(TURNS):
        found[row["client"]].turns.append(row["state"])
    for row in await stage.rows(BOOKED):
        found[row["client"]].bookings.append(row["status"])
    for row in await stage.rows(ACTED):
        found[row["client"]].acted.append(row["link"])
    return found


def troubles(cell: Cell, found: Outcome, provider: Provider) -> list[str]:
    """What is wrong with it."""
    switch, good = provider.switches.of(cell.wire, cell.model), f"Вы пишете: {cell.words}"
    checks = {
        f"{len(found.said)} answers": len(found.said) != 1,
        f"turns {found.turns}": found.turns not in (["done"], ["failed"]),
        f"made up: {found.said}": any(MADE_UP.search(text) for text in found.said),
        f"half an answer: {found.said}": any(good.startswith(end := text.rpartition("\n\n")[2]) and end != good for text in found.said),
        f"foreign: {found.said}": FOREIGN in found.said,
        f"{sum(map(len, found.said))} characters": sum(map(len, found.said)) > MOST_CHARACTERS,
        f"bookings {found.bookings}": found.bookings.count("held") > 1 or "confirmed" in found.bookings,
        f"acted: {found.acted}": len(found.acted) > 1,
        f"{switch.requests} requests": switch.requests > CAPS.answers * TRIES,
        f"{switch.refused} refused": switch.refused > 0,
    }
    return [f"{cell.wire} {cell.moment} {cell.fault}: {trouble}" for trouble, is_there in checks.items() if is_there]


DUE = "update turns set leased_until = now() - interval '1 second' where state = 'running'"
SAID = "select telegram_chat_id as client, text from deliveries where state <> 'withdrawn' order by id"
TURNS = "select c.telegram_chat_id as client, t.state from turns t join chats c on c.id = t.chat_id order by t.id"
BOOKED = "select c.telegram_chat_id as client, b.status from bookings b join chats c on c.id = b.chat_id order by b.id"
ACTED = """
select distinct chats.telegram_chat_id as client, answers.content ->> 'link' as link
  from turn_steps effects
  join turns on turns.id = effects.turn_id
  join chats on chats.id = turns.chat_id
  join turn_steps answers on answers.turn_id = effects.turn_id and answers.round = effects.round and answers.kind = 'model'
       and answers.step_no = (select max(step_no) from turn_steps before
                               where before.turn_id = effects.turn_id and before.kind = 'model' and before.step_no < effects.step_no)
 where effects.effect_key is not null
"""
