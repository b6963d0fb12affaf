"""Hop 3: one turn answers everything that a client said since the last answer.

Two short transactions around the model, none open while it thinks. Between them the chat may change hands (then nothing is sent) or the
client may write again (then the turn begins a new round, twice at most).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from pydantic_ai.messages import ModelRequest

from valera.accounts.account import get_account
from valera.analytics.event import EventType, tell_failures, track
from valera.assistant.journal import Step, StepKind
from valera.assistant.loop import Caps, Reply, Respond
from valera.assistant.tools import Tool, ToolContext
from valera.chats import queries as chat_queries
from valera.chats.chat import Message, Status, call_human, say
from valera.kit.db import AccountId, AccountTx, Database, account_scope
from valera.kit.phrases import Phrases
from valera.kit.portions import EVERYTHING, Portions
from valera.reception import turn_queries as queries
from valera.reception.buttons import keyboard_for
from valera.reception.evidence import Evidence
from valera.reception.gates import review
from valera.reception.history import MESSAGES, Dialogue, client_words, tool_calls
from valera.reception.journal import TurnJournal, hold
from valera.reception.lease import LeaseLost
from valera.reception.prompt import HeldChat, describe_shop, instructions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_ai.models import Model

    from valera.kit.clock import Clock
    from valera.reception.shop import Shop
    from valera.telegram.outbox.delivery import Departure

log = structlog.get_logger(__name__)

PHRASES = Phrases.load("valera.reception")

LEASE = timedelta(seconds=10)
"""Extended while it is worked on. A dead or stuck worker is found sooner, by its lock and its heartbeat, within two seconds."""

MAX_ROUNDS = 3
MAX_FAILURES = 3
MAX_CLAIMS = 12
"""A turn that is never heard of again may be what kills its workers; one that is unlucky gets more tries than one that fails."""


@dataclass(frozen=True, slots=True)
class TurnClaim:
    account_id: AccountId
    id: int
    chat_id: int
    fence: int
    attempts: int
    failures: int
    round: int


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a round is decided on, read in one transaction."""

    shop: Shop
    dialogue: Dialogue
    instructions: str
    journal: TurnJournal
    upto: int


@dataclass(frozen=True, slots=True)
class Ending:
    """The turn and its chat, held for the last transaction."""

    round: int
    chat_id: int
    status: Status
    last: int | None


@dataclass(frozen=True, slots=True)
class Ended:
    """``is_more_due``: the chat's next turn was waiting for this one; ``departure``: the answer, claimed for the worker that asked."""

    is_more_due: bool = False
    departure: Departure | None = None


@dataclass(frozen=True, slots=True)
class Turns:
    """Runs turns: the model, the tools it is given, and where everything stands."""

    db: Database
    clock: Clock
    model: Model
    tools: Sequence[Tool]
    caps: Caps

    async def claim(self, *, worker: int, limit: int, portions: Portions = EVERYTHING) -> list[TurnClaim]:
        async with self.db.queue() as tx:
            return await queries.claim_turns(tx, TurnClaim, worker=worker, limit=limit, lease=LEASE, portions=portions)

    async def run_turn(self, claim: TurnClaim, *, sender: int | None = None) -> Ended:
        """Answer, or find out that nothing is to be answered. Raises LeaseLost when another worker took over; ModelError and
        DatabaseUnavailable leave the turn to be tried again. ``sender``: the worker that can send the answer at once.
        """
        with account_scope(claim.account_id), structlog.contextvars.bound_contextvars(account=claim.account_id, turn=claim.id):
            if claim.failures >= MAX_FAILURES or claim.attempts > MAX_CLAIMS:
                await self.give_up(claim)
                return Ended(is_more_due=True)
            while (situation := await self._begin(claim)) is not None:
                since = time.perf_counter()
                reply = await self._respond(situation)
                ended = await self._finish(claim, situation, reply, ms=round((time.perf_counter() - since) * 1000), sender=sender)
                if ended is not None:
                    return ended
        return Ended()

    async def give_up(self, claim: TurnClaim) -> None:
        """Three tries failed: an apology, and a person is called. An answer that fails is always visible to a human."""
        async with self.db.account_tx() as tx:
            held = await queries.hold_to_finish(tx, Ending, turn_id=claim.id, fence=claim.fence)
            if held is None:
                raise LeaseLost("Another worker took this turn.")
            if held.status != Status.ASSISTANT:
                await queries.finish_turn(tx, turn_id=claim.id, state="withdrawn")
                return
            locale = (await get_account(tx)).locale
            await call_human(tx, claim.chat_id, reason=PHRASES.say(locale, "failure_reason"))
            await say(tx, claim.chat_id, PHRASES.say(locale, "apology"), turn_id=claim.id, origin={"model": "code"})
            await queries.finish_turn(tx, turn_id=claim.id, state="failed", upto_message_id=held.last or 0)
            await track(tx, EventType.FAILED, {"chat": claim.chat_id, "turn": claim.id, "attempts": claim.attempts})
        log.error("turn_failed", attempts=claim.attempts)

    async def release(self, claim: TurnClaim, *, is_failure: bool = True) -> float:
        """It may work later; returns in how many seconds: 1, 4, and 9 until it is given up. The database's absence is no failure of it."""
        failures = claim.failures + is_failure
        seconds = float(max(1, failures) ** 2)
        with account_scope(claim.account_id):
            async with self.db.account_tx() as tx:
                await queries.release_turn(tx, turn_id=claim.id, fence=claim.fence, wait=timedelta(seconds=seconds), failures=failures)
        return seconds

    async def _begin(self, claim: TurnClaim) -> Situation | None:
        """The first transaction. None: a person answers this chat, or nothing is left to answer."""
        async with self.db.account_tx() as tx:
            held = await queries.find_held_turn(tx, HeldChat, turn_id=claim.id, fence=claim.fence)
            if held is None:
                raise LeaseLost("Another worker took this turn.")
            now = self.clock.now()
            shop, prompt = await describe_shop(tx, held, now=now)
            is_first_try = claim.attempts == 1 and held.round == 1
            dialogue = await _load_dialogue(tx, held.chat_id, None if is_first_try else claim.id, shop.locale)
            if held.status != Status.ASSISTANT or not dialogue.unanswered:
                await hold(tx, turn_id=claim.id, fence=claim.fence)
                await queries.finish_turn(tx, turn_id=claim.id, state="withdrawn")
                return None
        own = dialogue.steps.get(claim.id, ())
        steps = [step for step in own if step.round == held.round]
        earlier = tuple(step for step in own if step.round < held.round)
        context = ToolContext(held.chat_id, held.client_id, claim.id, now, shop.zone, shop.locale)
        journal = TurnJournal(self.db, context, claim.fence, held.round, earlier, steps)
        upto = next((step.content["upto"] for step in steps if step.kind == StepKind.MODEL), dialogue.unanswered[-1].id)
        dialogue = replace(dialogue, steps={**dialogue.steps, claim.id: earlier})
        return Situation(shop, dialogue, instructions(prompt, shop), journal, upto)

    async def _respond(self, situation: Situation) -> Reply:
        """No transaction is open here."""
        turn_id = situation.journal.context.turn_id
        told = [*situation.dialogue.before(turn_id), *situation.dialogue.now(turn_id, upto=situation.upto)]
        if isinstance(told[-1], ModelRequest):
            told[-1] = replace(told[-1], instructions=situation.instructions)
        respond = Respond(
            model=self.model,
            tools=self.tools,
            journal=situation.journal,
            review=lambda text, steps: _review(text, steps, situation),
            caps=self.caps,
            upto=situation.upto,
        )
        return await respond(told)

    async def _finish(self, claim: TurnClaim, situation: Situation, reply: Reply, *, ms: int, sender: int | None) -> Ended | None:
        """The last transaction. None: the client wrote on before anything was sent, and a new round begins."""
        async with self.db.account_tx() as tx:
            held = await queries.hold_to_finish(tx, Ending, turn_id=claim.id, fence=claim.fence)
            if held is None:
                raise LeaseLost("Another worker took this turn.")
            unwritten = situation.journal.take_unwritten()
            if held.status != Status.ASSISTANT:
                await queries.finish_turn(tx, turn_id=claim.id, state="withdrawn", steps=unwritten)
                return Ended()
            is_more = (held.last or 0) > situation.upto
            if is_more and held.round < MAX_ROUNDS:
                await queries.restart_turn(tx, claim.id, steps=unwritten)
                return None
            departure = await self._say(tx, situation, reply, ms=ms, sender=sender)
            failed = await queries.finish_turn(
                tx,
                turn_id=claim.id,
                state="done",
                upto_message_id=situation.upto,
                steps=unwritten,
                events=_events(situation, ms=ms),
            )
            tell_failures(failed)
        log.info("turn_finished", ms=ms, steps=len(situation.journal.steps), round=held.round)
        return Ended(is_more, departure)

    async def _say(self, tx: AccountTx, situation: Situation, reply: Reply, *, ms: int, sender: int | None) -> Departure | None:
        text, locale = reply.text, situation.shop.locale
        if text is None:
            await call_human(tx, situation.journal.context.chat_id, reason=PHRASES.say(locale, "gate_reason"))
            await track(
                tx,
                EventType.HUMAN_CALLED,
                {"chat": situation.journal.context.chat_id, "turn": situation.journal.context.turn_id, "by": "gate"},
            )
            text = PHRASES.say(locale, "handover")
        origin = {
            "model": reply.model,
            "tokens": reply.tokens,
            "cost": None if reply.cost is None else str(reply.cost),
            "ms": ms,
            "gates": list(reply.violations),
        }
        steps = [*situation.journal.earlier, *situation.journal.steps]
        keyboard = await keyboard_for(tx, situation.journal.context.chat_id, steps, now=situation.journal.context.now, locale=locale)
        context = situation.journal.context
        return await say(tx, context.chat_id, text, turn_id=context.turn_id, keyboard=keyboard, origin=origin, sender=sender)


def _events(situation: Situation, *, ms: int) -> list[tuple[EventType, dict[str, object]]]:
    """What the owner's numbers count: the answer, and whether it named a price."""
    journal = situation.journal
    common: dict[str, object] = {"chat": journal.context.chat_id, "turn": journal.context.turn_id}
    answered = (EventType.ANSWERED, {**common, "duration_ms": ms, "steps": len(journal.steps), "round": journal.round})
    found = [content for tool, _, content in tool_calls(journal.steps) if tool == "find_prices" and isinstance(content, dict)]
    is_priced = any(content.get("found") or content.get("by_class") for content in found)
    return [answered, (EventType.PRICE_NAMED, common)] if is_priced else [answered]


async def _load_dialogue(tx: AccountTx, chat_id: int, turn_id: int | None, locale: str) -> Dialogue:
    """``turn_id``: the turn that begins, if it may have steps already."""
    messages = await chat_queries.select_messages(tx, Message, chat_id, MESSAGES)
    turn_ids = {message.turn_id for message in messages} | {turn_id}
    steps: dict[int, tuple[Step, ...]] = {}
    if known := sorted(id_ for id_ in turn_ids if id_ is not None):
        for step in await queries.select_steps(tx, Step, known):
            steps[step.turn_id] = (*steps.get(step.turn_id, ()), step)
    return Dialogue(tuple(messages), steps, locale)


def _review(text: str, steps: Sequence[Step], situation: Situation) -> tuple[str, ...]:
    """What the gates find in a draft, in sentences for the model."""
    dialogue, turn_id = situation.dialogue, situation.journal.context.turn_id
    past = [step for of, made in dialogue.steps.items() if of != turn_id for step in made]
    evidence = Evidence.from_journal(
        tool_calls([*situation.journal.earlier, *steps]),
        situation.shop,
        client_words(dialogue.messages),
        earlier=tool_calls(past),
    )
    return tuple(violation.sentence for violation in review(text, evidence))
