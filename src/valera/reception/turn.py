"""Hop 3: one turn answers everything that a client said since the last answer.

Two short transactions around the model, none open while it thinks. Between them the chat may change hands (then nothing is sent) or the
client may write again (then the turn begins a new round, twice at most).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from pydantic_ai.messages import ModelRequest

from valera.accounts.account import get_account
from valera.analytics.event import EventType, tell_failures, track
from valera.assistant.errors import ModelError
from valera.assistant.journal import Step, StepKind
from valera.assistant.loop import Caps, Reply, Respond
from valera.assistant.masking.known import Known, tell
from valera.assistant.models.chains import tell_team
from valera.assistant.stopping import Stopped
from valera.assistant.tools import Tool, ToolContext
from valera.billing.limits import SETTING
from valera.chats.chat import Status, call_human, say
from valera.chats.drafting import find_hint
from valera.kit.db import AccountId, AccountTx, Database, account_scope
from valera.kit.phrases import Phrases
from valera.kit.portions import EVERYTHING, Portions
from valera.reception import turn_queries as queries
from valera.reception.autonomy import allowed, read_autonomy
from valera.reception.briefing.hinted import of_autonomy
from valera.reception.briefing.prompt import HeldChat, describe_shop, instruct
from valera.reception.briefing.summary.recall import recall
from valera.reception.buttons import keyboard_for
from valera.reception.confirmed import with_confirmations
from valera.reception.gates import Gate
from valera.reception.journal import TurnJournal, hold
from valera.reception.lease import LeaseLost
from valera.reception.paying import Till, end_turn
from valera.reception.proposing import origin_of, propose_refused, propose_reply
from valera.reception.running import Running
from valera.reception.showing import showing
from valera.reception.situation import Situation

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping, Sequence

    from valera.assistant.chain.link import Chain, Models
    from valera.kit.clock import Clock
    from valera.telegram.outbox.delivery import Departure
    from valera.telegram.outbox.presence import Presences

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
class Ending:
    """The turn and its chat, held for the last transaction."""

    round: int
    chat_id: int
    client_id: int
    status: Status
    last: int | None
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """``is_more_due``: the chat's next turn was waiting for this one; ``departure``: the answer, claimed for the worker that asked."""

    is_more_due: bool = False
    departure: Departure | None = None


@dataclass(frozen=True, slots=True)
class Turns:
    """Runs turns: the models, the tools they are given, and where everything stands.

    ``presences``: through whom the work is shown; ``is_streaming``: and the answer itself, as far as it has passed the gates.
    """

    db: Database
    clock: Clock
    models: Models
    tools: Sequence[Tool]
    caps: Caps
    presences: Presences | None = None
    till: Till = field(default_factory=Till)
    is_streaming: bool = False
    running: Running = field(default_factory=Running)

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
            with self.running.turn(claim.id) as stop:
                return await self._run_rounds(claim, stop, sender=sender)

    async def _run_rounds(self, claim: TurnClaim, stop: asyncio.Event, *, sender: int | None) -> Ended:
        chain = await self.models.of(claim.account_id)
        while (situation := await self._begin(claim, chain)) is not None:
            since = time.perf_counter()
            try:
                reply = await self._respond(situation, stop)
            except Stopped:
                await self._stop(claim, situation)
                return Ended(is_more_due=True)
            except ModelError:
                await situation.journal.write_off()
                raise
            ended = await self._finish(claim, situation, reply, ms=round((time.perf_counter() - since) * 1000), sender=sender)
            if ended is not None:
                return ended
        return Ended()

    async def _stop(self, claim: TurnClaim, situation: Situation) -> None:
        """A person took the chat over while it ran. Handed back since, the chat has another turn for what is still to be answered."""
        await situation.journal.write_off()
        async with self.db.account_tx() as tx:
            if await queries.hold_to_finish(tx, Ending, turn_id=claim.id, fence=claim.fence) is None:
                raise LeaseLost("Another worker took this turn.")
            await end_turn(tx, situation.purse, state="withdrawn", made=situation.journal.made)
        log.info("turn_stopped", steps=len(situation.journal.steps), round=situation.journal.round)

    async def give_up(self, claim: TurnClaim) -> None:
        """Three tries failed: an apology, and a person is called. An answer that fails is always visible to a human."""
        async with self.db.account_tx() as tx:
            held = await queries.hold_to_finish(tx, Ending, turn_id=claim.id, fence=claim.fence)
            if held is None:
                raise LeaseLost("Another worker took this turn.")
            account = await get_account(tx)
            today, own = self.clock.now().astimezone(account.zone).date(), account.settings.get(SETTING)
            purse = self.till.purse(claim.id, claim.fence, held.chat_id, held.client_id, today=today, own=own)
            made = await queries.select_steps(tx, Step, [claim.id])
            if held.status != Status.ASSISTANT or held.last is None:
                await end_turn(tx, purse, state="withdrawn", made=made)
                return
            locale = account.locale
            await call_human(tx, claim.chat_id, reason=PHRASES.say(locale, "failure_reason"))
            await say(tx, claim.chat_id, PHRASES.say(locale, "apology"), turn_id=claim.id, origin={"model": "code"})
            await track(tx, EventType.FAILED, {"chat": claim.chat_id, "turn": claim.id, "attempts": claim.attempts})
            await end_turn(tx, purse, state="failed", made=made, upto_message_id=held.last)
        log.error("turn_failed", attempts=claim.attempts)

    async def release(self, claim: TurnClaim, *, is_failure: bool = True) -> float:
        """It may work later; returns in how many seconds: 1, 4, and 9 until it is given up. The database's absence is no failure of it."""
        failures = claim.failures + is_failure
        seconds = float(max(1, failures) ** 2)
        with account_scope(claim.account_id):
            async with self.db.account_tx() as tx:
                await queries.release_turn(tx, turn_id=claim.id, fence=claim.fence, wait=timedelta(seconds=seconds), failures=failures)
        return seconds

    async def _begin(self, claim: TurnClaim, chain: Chain) -> Situation | None:
        """The first transaction. None: a person answers this chat, or nothing is left to answer."""
        async with self.db.account_tx() as tx:
            held = await queries.find_held_turn(tx, HeldChat, turn_id=claim.id, fence=claim.fence)
            if held is None:
                raise LeaseLost("Another worker took this turn.")
            now = self.clock.now()
            shop = await describe_shop(tx, held, now=now)
            is_first_try = claim.attempts == 1 and held.round == 1
            dialogue, summary = await recall(
                tx,
                chat_id=held.chat_id,
                client_id=held.client_id,
                summary=held.summary,
                turn_id=None if is_first_try else claim.id,
                locale=held.locale,
            )
            own, today = dialogue.steps.get(claim.id, ()), now.astimezone(shop.zone).date()
            purse = self.till.purse(claim.id, claim.fence, held.chat_id, held.client_id, today=today, own=held.budgets)
            is_for_member = held.status == Status.HUMAN and held.is_hinted
            if not (held.status == Status.ASSISTANT or is_for_member) or not dialogue.unanswered:
                await hold(tx, turn_id=claim.id, fence=claim.fence)
                await end_turn(tx, purse, state="withdrawn", made=own)
                return None
            hint = await find_hint(tx, held.chat_id) if held.is_hinted else None
            over = await self.till.afford(tx, purse, chain, self.caps, round_no=held.round)
        steps = [step for step in own if step.round == held.round]
        earlier = tuple(step for step in own if step.round < held.round)
        context = ToolContext(held.chat_id, held.client_id, claim.id, now, shop.zone, shop.locale)
        journal = TurnJournal(self.db, context, claim.fence, held.round, held.prompt_version, earlier, steps)
        upto = next((step.content["upto"] for step in steps if step.kind == StepKind.MODEL), dialogue.unanswered[-1].id)
        dialogue = replace(dialogue, steps={**dialogue.steps, claim.id: earlier})
        autonomy = read_autonomy(held.autonomy)
        instructions = of_autonomy(instruct(held, shop, summary), autonomy, hint, locale=shop.locale)
        known = [] if summary is None else summary.evidence(held.list_version)
        asked = chain if over is None else self.models.scripted
        return Situation(asked, purse, over, shop, dialogue, instructions, journal, upto, known, autonomy, is_for_member=is_for_member)

    async def _respond(self, situation: Situation, stop: asyncio.Event) -> Reply:
        """No transaction is open here."""
        context = situation.journal.context
        turn_id, is_proposing = context.turn_id, situation.is_proposing
        told = [*situation.dialogue.before(turn_id), *situation.dialogue.now(turn_id, upto=situation.upto)]
        if isinstance(told[-1], ModelRequest):
            known = Known((situation.shop.client_name,), situation.shop.texts())
            told[-1] = tell(replace(told[-1], instructions=situation.instructions.text), known)
        async with showing(
            None if is_proposing else self.presences,
            chat_id=context.chat_id,
            turn_id=turn_id,
            locale=context.locale,
            wants_text=self.is_streaming,
        ) as watcher:
            respond = Respond(
                chain=situation.chain,
                tools=allowed(self.tools, situation.autonomy, only_looks=situation.is_for_member),
                journal=situation.journal,
                review=situation.review,
                caps=self.caps,
                upto=situation.upto,
                prefix=situation.instructions.stable,
                prices=self.till.prices,
                watcher=watcher,
                is_understood=situation.is_understood,
                stop=stop,
            )
            return await respond(told)

    async def _finish(self, claim: TurnClaim, situation: Situation, reply: Reply, *, ms: int, sender: int | None) -> Ended | None:
        """The last transaction. None: the client wrote on or corrected something before it was answered, and a new round begins."""
        async with self.db.account_tx() as tx:
            held = await queries.hold_to_finish(tx, Ending, turn_id=claim.id, fence=claim.fence)
            if held is None:
                raise LeaseLost("Another worker took this turn.")
            await tell_team(tx, situation.chain)
            unwritten, purse, made = situation.journal.take_unwritten(), situation.purse, situation.journal.made
            may_speak = held.status == Status.ASSISTANT or (situation.is_for_member and held.status == Status.HUMAN)
            if not may_speak or held.last is None:  # a person answers, or the client asked to forget it
                await end_turn(tx, purse, state="withdrawn", made=made, unwritten=unwritten)
                return Ended()
            is_more = held.last > situation.upto
            if (is_more or held.is_stale) and held.round < MAX_ROUNDS:
                await queries.restart_turn(tx, claim.id, steps=unwritten)
                return None
            if situation.is_proposing:
                await propose_reply(tx, situation, reply, origin=origin_of(situation, reply, ms=ms))
                await end_turn(tx, purse, state="withdrawn", made=made, unwritten=unwritten)
                return Ended(is_more)
            departure = await self._say(tx, situation, reply, ms=ms, sender=sender)
            events = situation.events(ms=ms)
            failed = await end_turn(tx, purse, state="done", made=made, unwritten=unwritten, upto_message_id=situation.upto, events=events)
            tell_failures(failed)
        log.info("turn_finished", ms=ms, steps=len(situation.journal.steps), round=held.round)
        return Ended(is_more, departure)

    async def _say(self, tx: AccountTx, situation: Situation, reply: Reply, *, ms: int, sender: int | None) -> Departure | None:
        locale = situation.shop.locale
        origin, context = origin_of(situation, reply, ms=ms), situation.journal.context
        text = await self._hold_back(tx, situation, reply, origin) if reply.text is None else reply.text
        text = with_confirmations(text, situation.journal.made)
        keyboard = await keyboard_for(
            tx, context.chat_id, situation.journal.made, client_id=context.client_id, now=context.now, locale=locale
        )
        return await say(tx, context.chat_id, text, turn_id=context.turn_id, keyboard=keyboard, origin=origin, sender=sender)

    async def _hold_back(self, tx: AccountTx, situation: Situation, reply: Reply, origin: Mapping[str, Any]) -> str:
        """Instead of a draft that twice did not pass: foreign topics are declined, for anything else a person is called."""
        locale, context = situation.shop.locale, situation.journal.context
        if Gate.CONTENT in situation.kinds(reply.draft):
            return PHRASES.say(locale, "declined_topic")
        await call_human(tx, context.chat_id, reason=PHRASES.say(locale, "gate_reason"))
        await track(tx, EventType.HUMAN_CALLED, {"chat": context.chat_id, "turn": context.turn_id, "by": "gate"})
        await propose_refused(tx, situation, reply, origin=origin)
        return PHRASES.say(locale, "handover")
