"""The worker process: intake, turns, delivery, acknowledgements and files, each a lane; jobs; a heartbeat; a little housekeeping."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg
import structlog

from valera.assistant.errors import ModelError
from valera.backoffice.prune import Pruner
from valera.bookings.proposals import queries as booking_queries
from valera.bookings.proposals.holds import expire_stale_holds
from valera.chats.chat import get_chat
from valera.clients.client import mark_unreachable
from valera.followup.callbacks.callback import DUE, OVERDUE, due, overdue
from valera.followup.changes import BOOKING_CHANGED, after_booking_change
from valera.followup.feedback.ask import ASK_FEEDBACK, ask_feedback
from valera.followup.outcomes.settle import DIALOGUE_SILENT, settle
from valera.followup.reminders.remind import REMIND, remind
from valera.followup.waitlist.entry import WISH_OVER, wish_over
from valera.followup.waitlist.offering import MATCH, OFFER_OVER, match, over
from valera.kit.db import AccountId, AccountTx, DatabaseUnavailable, account_scope
from valera.kit.jobs.runner import Handler, JobRunner
from valera.kit.lanes import Lane
from valera.kit.liveness import stay_alive
from valera.reception import turn_queries as queries
from valera.reception.intake import Intake, MailboxClaim
from valera.reception.intake import queries as intake_queries
from valera.reception.lease import LeaseLost
from valera.reception.lost_file import tell_lost_file
from valera.reception.turn import LEASE, TurnClaim, Turns
from valera.telegram.files import queries as file_queries
from valera.telegram.files.attachment import Fetcher, FileClaim
from valera.telegram.outbox import queries as telegram_queries
from valera.telegram.outbox.acknowledgement import Press, acknowledge, claim_presses
from valera.telegram.outbox.delivery import Claim, Departure, Sender
from valera.telegram.outbox.presence import Presences
from valera.telegram.outbox.sent import SentMarks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from valera.kit.portions import Portions
    from valera.services import WorkerServices

log = structlog.get_logger(__name__)

BEAT_SECONDS = 0.5
BEAT_LASTS = timedelta(seconds=2)
HOUSEKEEPING_SECONDS = 1.0
BEATS_PER_EXTENSION = 4
LATE_SECONDS = 1.0
DOUBT_SECONDS = 3.0
"""Who has beaten late itself, for an outage of the database or for a machine that has too much to do, buries nobody for so long: everybody
else may be late for the same reason, and without a lock."""

DRAIN_SECONDS = 12
LAST_SENDS_SECONDS = 5
LAST_FILES_SECONDS = 1
"""A download may take minutes. Cut short, it leaves nothing and is begun again by the next worker."""

JOBS: Mapping[str, Handler] = {
    BOOKING_CHANGED: after_booking_change,
    REMIND: remind,
    ASK_FEEDBACK: ask_feedback,
    DUE: due,
    OVERDUE: overdue,
    MATCH: match,
    OFFER_OVER: over,
    WISH_OVER: wish_over,
    DIALOGUE_SILENT: settle,
}
"""Each entrypoint, and what it does."""


@dataclass(slots=True)
class Worker:
    """One process. ``number`` names it in leases and in the advisory lock that dies with it."""

    services: WorkerServices
    concurrent_turns: int
    number: int = field(default_factory=lambda: secrets.randbelow(2**31 - 1) + 1)
    beaten: asyncio.Event = field(default_factory=asyncio.Event)
    _beaten_at: float = 0
    _doubtful_until: float = 0
    _active: set[TurnClaim] = field(default_factory=set[TurnClaim])
    _looking: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _intake: Intake = field(init=False)
    _turns: Turns = field(init=False)
    _mailboxes: Lane[MailboxClaim] = field(init=False)
    _turn_lane: Lane[TurnClaim] = field(init=False)
    _sender: Sender = field(init=False)
    _deliveries: Lane[Claim | Departure] = field(init=False)
    _presses: Lane[Press] = field(init=False)
    _fetcher: Fetcher = field(init=False)
    _files: Lane[FileClaim] = field(init=False)
    _jobs: JobRunner = field(init=False)

    def __post_init__(self) -> None:
        made = self.services
        self._intake = Intake(made.db, made.clock, made.settling)
        presences = Presences(made.db, made.bot_api, made.vault)
        self._turns = Turns(made.db, made.clock, made.models, made.tools, made.caps, presences, made.till, made.is_streaming)
        self._sender = Sender(made.db, made.bot_api, made.vault, SentMarks(made.db), _mark_unreachable, made.storage)
        others = max(1, self.concurrent_turns // 16)
        self._mailboxes = Lane("mailbox", 64, 48, self._claim_mailboxes, self._take_in)
        self._turn_lane = Lane("turn", self.concurrent_turns + others, self.concurrent_turns, self._claim_turns, self._run_turn)
        self._deliveries = Lane("delivery", 256, 192, self._claim_deliveries, self._deliver)
        self._presses = Lane("press", 64, 64, lambda limit, _: claim_presses(made.db, limit), self._acknowledge)
        self._fetcher = Fetcher(made.db, made.bot_api, made.vault, made.storage, tell_lost_file)
        self._files = Lane("file", 16, 12, self._claim_files, self._fetch)
        self._jobs = JobRunner(made.db, made.clock, JOBS)

    async def run(self, stopping: asyncio.Event) -> None:
        """Until ``stopping``: then nothing new is claimed, and what runs may finish within DRAIN_SECONDS."""
        lanes: tuple[Lane[MailboxClaim] | Lane[TurnClaim] | Lane[Claim | Departure] | Lane[Press] | Lane[FileClaim], ...]
        lanes = (self._mailboxes, self._turn_lane, self._deliveries, self._presses, self._files)
        wake = {
            "mailbox": self._mailboxes.wake,
            "turn": self._turn_lane.wake,
            "delivery": self._deliveries.wake,
            "press": self._presses.wake,
            "takeover": self._look_for_takeovers,
        }
        pruner = Pruner(self.services.db, self.services.retention, is_busy=lambda: any(lane.is_busy for lane in lanes))
        alive = asyncio.create_task(stay_alive(self.services.db, self.number, wake))
        beating = asyncio.create_task(self._beat())
        await self.beaten.wait()
        claiming = [asyncio.create_task(work) for work in (*(lane.run() for lane in lanes), self._keep_house(), pruner.run())]
        jobs = asyncio.create_task(self._jobs.run())
        log.info("worker_started", worker=self.number)
        halted = asyncio.create_task(stopping.wait())
        await asyncio.wait([halted, alive, beating, jobs, *claiming], return_when=asyncio.FIRST_COMPLETED)
        for task in (halted, *claiming):
            task.cancel()
        await asyncio.gather(*claiming, return_exceptions=True)
        draining = [lane.drain(DRAIN_SECONDS) for lane in (self._mailboxes, self._turn_lane, self._presses)]
        await asyncio.gather(*draining, self._files.drain(LAST_FILES_SECONDS), self._jobs.drain(jobs, DRAIN_SECONDS))
        await self._deliveries.drain(LAST_SENDS_SECONDS)  # after the turns: what they say at the end is still sent
        for task in (alive, beating):
            task.cancel()
        await asyncio.gather(alive, beating, return_exceptions=True)
        log.info("worker_stopped", worker=self.number)
        for task in (alive, beating, jobs, *claiming):
            if not task.cancelled():
                task.result()  # it ended by itself, which it never should: the process ends with its reason

    # ---- the five kinds of work -----------------------------------------------------------------

    async def _claim_mailboxes(self, limit: int, portions: Portions) -> Sequence[MailboxClaim]:
        return await self._intake.claim(limit, portions, worker=self.number)

    async def _take_in(self, claim: MailboxClaim) -> bool:
        try:
            taken = await self._intake.take_in(claim)
        except LeaseLost:
            return False
        except DatabaseUnavailable:
            await self._intake.give_back(claim)
            raise
        except Exception:  # the job runner: a poison update is counted, and parked in the end
            log.exception("intake_failed", bot=claim.bot_id, failures=claim.failures + 1)
            await self._intake.count_failure(claim)
            return True
        if taken.turn_in is not None:
            self._turn_lane.wake_in(taken.turn_in)
        if taken.has_delivery:
            self._deliveries.wake()
        if taken.has_files:
            self._files.wake()
        return taken.more

    async def _claim_turns(self, limit: int, portions: Portions) -> Sequence[TurnClaim]:
        return await self._turns.claim(worker=self.number, limit=limit, portions=portions)

    async def _run_turn(self, claim: TurnClaim) -> bool:
        self._active.add(claim)
        try:
            ended = await self._turns.run_turn(claim, sender=self.number if self._deliveries.has_room(claim.account_id) else None)
        except LeaseLost:
            log.info("turn_lost", turn=claim.id)
            return False
        except (ModelError, DatabaseUnavailable) as error:
            log.warning("turn_interrupted", turn=claim.id, error=type(error).__name__)
            self._turn_lane.wake_in(await self._turns.release(claim, is_failure=isinstance(error, ModelError)))
            return False
        except Exception:  # the job runner: the third failure apologises and calls a person
            log.exception("turn_interrupted", turn=claim.id)
            self._turn_lane.wake_in(await self._turns.release(claim))
            return False
        finally:
            self._active.discard(claim)
        if ended.departure is None:
            self._deliveries.wake()
        else:
            self._deliveries.begin(ended.departure)
        return ended.is_more_due

    def _look_for_takeovers(self) -> None:
        """Somebody has taken a chat over: if its turn runs here, it stops."""
        if self._active:
            looking = asyncio.create_task(self._stop_taken())
            self._looking.add(looking)
            looking.add_done_callback(self._looking.discard)

    async def _stop_taken(self) -> None:
        try:
            async with self.services.db.queue() as tx:
                self._turns.running.stop(await queries.select_taken(tx, [claim.id for claim in self._active]))
        except (DatabaseUnavailable, asyncpg.PostgresError) as error:
            log.warning("takeover_unseen", error=type(error).__name__)  # the turn finds out when it ends

    async def _claim_deliveries(self, limit: int, portions: Portions) -> Sequence[Claim]:
        return await self._sender.claim(worker=self.number, limit=limit, portions=portions)

    async def _deliver(self, piece: Claim | Departure) -> bool:
        if isinstance(piece, Departure):
            await self._sender.depart(piece)
            return piece.claim.has_followers
        await self._sender.deliver(piece)
        return piece.has_followers

    async def _acknowledge(self, press: Press) -> bool:
        await acknowledge(self.services.db, self.services.bot_api, self.services.vault, press)
        return False

    async def _claim_files(self, limit: int, portions: Portions) -> Sequence[FileClaim]:
        return await self._fetcher.claim(worker=self.number, limit=limit, portions=portions)

    async def _fetch(self, claim: FileClaim) -> bool:
        await self._fetcher.fetch(claim)
        return False

    # ---- life and housekeeping ------------------------------------------------------------------

    async def _beat(self) -> None:
        beats = 0
        while True:
            try:
                async with self.services.db.queue() as tx:
                    await queries.beat(tx, worker=self.number, lasts=BEAT_LASTS)
                    if self._active and beats % BEATS_PER_EXTENSION == 0:
                        active = [claim.id for claim in self._active]
                        await queries.extend_leases(tx, worker=self.number, turn_ids=active, lease=LEASE)
                now = asyncio.get_running_loop().time()
                if self.beaten.is_set() and now > self._beaten_at + LATE_SECONDS:
                    self._doubtful_until = now + DOUBT_SECONDS
                self._beaten_at = now
                self.beaten.set()
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                log.warning("heartbeat_failed", error=type(error).__name__)
                self._doubtful_until = asyncio.get_running_loop().time() + DOUBT_SECONDS
            beats += 1
            await asyncio.sleep(BEAT_SECONDS)

    async def _keep_house(self) -> None:
        """What a dead or stuck worker left is freed; holds that nobody confirmed are let go."""
        while True:
            await asyncio.sleep(HOUSEKEEPING_SECONDS)
            try:
                now = asyncio.get_running_loop().time()
                if now >= self._doubtful_until and now <= self._beaten_at + LATE_SECONDS:
                    await self._bury_the_dead()
                async with self.services.db.queue() as tx:
                    stale = await booking_queries.accounts_with_stale_holds(tx)
                for account_id in stale:
                    await self._expire_holds(account_id)
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                log.warning("housekeeping_failed", error=type(error).__name__)

    async def _bury_the_dead(self) -> None:
        async with self.services.db.queue() as tx:
            buried = await queries.bury_dead_turns(tx)
            buried_mailboxes = await intake_queries.bury_dead_mailboxes(tx)
            buried_deliveries = await telegram_queries.bury_dead_deliveries(tx)
            buried_files = await file_queries.bury_dead_attachments(tx)
        if buried:
            self._turn_lane.catch_up()
        if buried_mailboxes:
            self._mailboxes.catch_up()
        if buried_deliveries:
            self._deliveries.catch_up()
        if buried_files:
            self._files.catch_up()

    async def _expire_holds(self, account_id: AccountId) -> None:
        with account_scope(account_id):
            async with self.services.db.account_tx() as tx:
                await expire_stale_holds(tx, self.services.clock.now())


async def _mark_unreachable(tx: AccountTx, chat_id: int) -> None:
    chat = await get_chat(tx, chat_id)
    await mark_unreachable(tx, chat.client_id, telegram_user_id=chat.telegram_chat_id)
