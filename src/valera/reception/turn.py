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
from valera.analytics.event import EventType, track
from valera.assistant.journal import Step, StepKind
from valera.assistant.loop import Caps, Reply, Respond
from valera.assistant.tools import Tool, ToolContext
from valera.chats import queries as chat_queries
from valera.chats.chat import Chat, Message, Status, call_human, get_chat, say
from valera.kit.db import AccountId, AccountTx, Database, account_scope
from valera.kit.phrases import Phrases
from valera.reception import queries
from valera.reception.buttons import keyboard_for
from valera.reception.evidence import Evidence
from valera.reception.gates import review
from valera.reception.history import MESSAGES, Dialogue, client_words, tool_calls
from valera.reception.journal import TurnJournal, hold
from valera.reception.prompt import describe_shop, instructions, load_prompt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_ai.models import Model

    from valera.kit.clock import Clock
    from valera.reception.shop import Shop

log = structlog.get_logger(__name__)

PHRASES = Phrases.load("valera.reception")

LEASE = timedelta(seconds=60)
"""Extended while the worker lives; a dead or stuck worker is found by its lock and its heartbeat, within two seconds."""
MAX_ROUNDS = 3
MAX_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class TurnClaim:
    account_id: AccountId
    id: int
    chat_id: int
    fence: int
    attempts: int
    round: int


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a round is decided on, read in one transaction."""

    chat: Chat
    shop: Shop
    dialogue: Dialogue
    instructions: str
    journal: TurnJournal
    upto: int


@dataclass(frozen=True, slots=True)
class Turns:
    """Runs turns: the model, the tools it is given, and where everything stands."""

    db: Database
    clock: Clock
    model: Model
    tools: Sequence[Tool]
    caps: Caps

    async def claim(self, *, worker: int, limit: int) -> list[TurnClaim]:
        async with self.db.queue_tx() as tx:
            return await queries.claim_turns(tx, TurnClaim, worker=worker, limit=limit, lease=LEASE)

    async def run_turn(self, claim: TurnClaim) -> None:
        """Answer, or find out that nothing is to be answered. Raises LeaseLost when another worker took over; ModelError and
        DatabaseUnavailable leave the turn to be tried again."""
        with account_scope(claim.account_id), structlog.contextvars.bound_contextvars(account=claim.account_id, turn=claim.id):
            if claim.attempts > MAX_ATTEMPTS:
                return await self.give_up(claim)
            while (situation := await self._begin(claim)) is not None:
                since = time.perf_counter()
                reply = await self._respond(situation)
                if await self._finish(claim, situation, reply, ms=round((time.perf_counter() - since) * 1000)):
                    return None
        return None

    async def give_up(self, claim: TurnClaim) -> None:
        """Three tries failed: an apology, and a person is called. An answer that fails is always visible to a human."""
        async with self.db.account_tx() as tx:
            await hold(tx, turn_id=claim.id, fence=claim.fence)
            chat = await get_chat(tx, claim.chat_id)
            locale = (await get_account(tx)).locale
            await call_human(tx, claim.chat_id, reason=PHRASES.say(locale, "failure_reason"))
            if chat.status == Status.ASSISTANT:
                await say(tx, claim.chat_id, PHRASES.say(locale, "apology"), turn_id=claim.id, origin={"model": "code"})
            upto = await queries.last_unanswered(tx, claim.chat_id)
            await queries.finish_turn(tx, turn_id=claim.id, state="failed", upto_message_id=upto or 0)
            await track(tx, EventType.FAILED, {"chat": claim.chat_id, "turn": claim.id, "attempts": claim.attempts})
        log.error("turn_failed", attempts=claim.attempts)

    async def release(self, claim: TurnClaim) -> None:
        """It failed and may work later: after 1, then 4 seconds."""
        with account_scope(claim.account_id):
            async with self.db.account_tx() as tx:
                await queries.release_turn(tx, turn_id=claim.id, fence=claim.fence, wait=timedelta(seconds=claim.attempts**2))

    async def _begin(self, claim: TurnClaim) -> Situation | None:
        """The first transaction. None: a person answers this chat, or nothing is left to answer."""
        async with self.db.account_tx() as tx:
            held = await hold(tx, turn_id=claim.id, fence=claim.fence)
            chat = await get_chat(tx, held.chat_id)
            last = await queries.last_unanswered(tx, chat.id)
            if chat.status != Status.ASSISTANT or last is None:
                await queries.finish_turn(tx, turn_id=claim.id, state="withdrawn", upto_message_id=0)
                return None
            await queries.start_turn(tx, claim.id)
            now = self.clock.now()
            shop = await describe_shop(tx, chat, now=now)
            dialogue = await _load_dialogue(tx, chat, claim.id, shop.locale)
            told = instructions(await load_prompt(tx, shop.locale), shop)
        own = dialogue.steps.get(claim.id, ())
        steps = [step for step in own if step.round == held.round]
        earlier = tuple(step for step in own if step.round < held.round)
        context = ToolContext(chat.id, chat.client_id, claim.id, now, shop.zone, shop.locale)
        journal = TurnJournal(self.db, context, claim.fence, held.round, earlier, steps)
        upto = next((step.content["upto"] for step in steps if step.kind == StepKind.MODEL), last)
        return Situation(chat, shop, replace(dialogue, steps={**dialogue.steps, claim.id: earlier}), told, journal, upto)

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

    async def _finish(self, claim: TurnClaim, situation: Situation, reply: Reply, *, ms: int) -> bool:
        """The last transaction. False: the client wrote again, and a new round begins."""
        async with self.db.account_tx() as tx:
            held = await hold(tx, turn_id=claim.id, fence=claim.fence)
            chat = await chat_queries.lock_chat(tx, Chat, held.chat_id)
            if chat is None or chat.status != Status.ASSISTANT:
                await queries.finish_turn(tx, turn_id=claim.id, state="withdrawn", upto_message_id=0)
                return True
            if (await queries.last_unanswered(tx, chat.id) or 0) > situation.upto and held.round < MAX_ROUNDS:
                await queries.restart_turn(tx, claim.id)
                return False
            await self._say(tx, situation, reply, ms=ms)
            await queries.finish_turn(tx, turn_id=claim.id, state="done", upto_message_id=situation.upto)
            await track(
                tx,
                EventType.ANSWERED,
                {"chat": chat.id, "turn": claim.id, "ms": ms, "steps": len(situation.journal.steps), "round": held.round},
            )
        log.info("turn_finished", ms=ms, steps=len(situation.journal.steps), round=held.round)
        return True

    async def _say(self, tx: AccountTx, situation: Situation, reply: Reply, *, ms: int) -> None:
        text, locale = reply.text, situation.shop.locale
        if text is None:
            await call_human(tx, situation.chat.id, reason=PHRASES.say(locale, "gate_reason"))
            await track(tx, EventType.HUMAN_CALLED, {"chat": situation.chat.id, "turn": situation.journal.context.turn_id, "by": "gate"})
            text = PHRASES.say(locale, "handover")
        origin = {
            "model": reply.model,
            "tokens": reply.tokens,
            "cost": None if reply.cost is None else str(reply.cost),
            "ms": ms,
            "gates": list(reply.violations),
        }
        steps = [*situation.journal.earlier, *situation.journal.steps]
        keyboard = await keyboard_for(tx, situation.chat.id, steps, now=situation.journal.context.now, locale=locale)
        await say(tx, situation.chat.id, text, turn_id=situation.journal.context.turn_id, keyboard=keyboard, origin=origin)


async def _load_dialogue(tx: AccountTx, chat: Chat, turn_id: int, locale: str) -> Dialogue:
    messages = await chat_queries.select_messages(tx, Message, chat.id, MESSAGES)
    turn_ids = {message.turn_id for message in messages if message.turn_id is not None} | {turn_id}
    steps: dict[int, tuple[Step, ...]] = {}
    for step in await queries.select_steps(tx, Step, sorted(turn_ids)):
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
