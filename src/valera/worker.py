"""The worker process: intake, turns, delivery and acknowledgements, each a lane; a heartbeat; a little housekeeping."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg
import structlog

from valera.assistant.errors import ModelError
from valera.bookings import queries as booking_queries
from valera.bookings.booking import expire_stale_holds
from valera.chats.chat import get_chat
from valera.clients.client import mark_unreachable
from valera.kit.db import AccountId, AccountTx, DatabaseUnavailable, account_scope
from valera.kit.lanes import Lane
from valera.kit.liveness import stay_alive
from valera.reception import turn_queries as queries
from valera.reception.intake import Intake, MailboxClaim
from valera.reception.lease import LeaseLost
from valera.reception.turn import LEASE, TurnClaim, Turns
from valera.telegram import queries as telegram_queries
from valera.telegram.acknowledgement import Press, acknowledge, claim_presses
from valera.telegram.delivery import Claim, claim_deliveries, deliver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.services import WorkerServices

log = structlog.get_logger(__name__)

BEAT_SECONDS = 0.5
BEAT_LASTS = timedelta(seconds=2)
HOUSEKEEPING_SECONDS = 1.0
BEATS_PER_EXTENSION = 4
DRAIN_SECONDS = 15


@dataclass(slots=True)
class Worker:
    """One process. ``number`` names it in leases and in the advisory lock that dies with it."""

    services: WorkerServices
    concurrent_turns: int
    number: int = field(default_factory=lambda: secrets.randbelow(2**31 - 1) + 1)
    beaten: asyncio.Event = field(default_factory=asyncio.Event)
    _active: set[TurnClaim] = field(default_factory=set[TurnClaim])
    _intake: Intake = field(init=False)
    _turns: Turns = field(init=False)
    _mailboxes: Lane[MailboxClaim] = field(init=False)
    _turn_lane: Lane[TurnClaim] = field(init=False)
    _deliveries: Lane[Claim] = field(init=False)
    _presses: Lane[Press] = field(init=False)

    def __post_init__(self) -> None:
        made = self.services
        self._intake = Intake(made.db, made.clock, made.settling)
        self._turns = Turns(made.db, made.clock, made.model, made.tools, made.caps)
        self._mailboxes = Lane("mailbox", 64, self._intake.claim, self._take_in)
        self._turn_lane = Lane("turn", self.concurrent_turns, self._claim_turns, self._run_turn)
        self._deliveries = Lane("delivery", 256, self._claim_deliveries, self._deliver)
        self._presses = Lane("press", 64, lambda limit: claim_presses(made.db, limit), self._acknowledge)

    async def run(self, stopping: asyncio.Event) -> None:
        """Until ``stopping``: then nothing new is claimed, and what runs may finish within DRAIN_SECONDS."""
        lanes: tuple[Lane[MailboxClaim] | Lane[TurnClaim] | Lane[Claim] | Lane[Press], ...]
        lanes = (self._mailboxes, self._turn_lane, self._deliveries, self._presses)
        wake = {
            "mailbox": self._mailboxes.wake,
            "turn": self._turn_lane.wake,
            "delivery": self._deliveries.wake,
            "press": self._presses.wake,
        }
        alive = asyncio.create_task(stay_alive(self.services.db, self.number, wake))
        beating = asyncio.create_task(self._beat())
        await self.beaten.wait()
        claiming = [asyncio.create_task(lane.run()) for lane in lanes] + [asyncio.create_task(self._keep_house())]
        log.info("worker_started", worker=self.number)
        halted = asyncio.create_task(stopping.wait())
        await asyncio.wait([halted, alive, beating, *claiming], return_when=asyncio.FIRST_COMPLETED)
        for task in (halted, *claiming):
            task.cancel()
        await asyncio.gather(*claiming, return_exceptions=True)
        await asyncio.gather(*(lane.drain(DRAIN_SECONDS) for lane in lanes))
        for task in (alive, beating):
            task.cancel()
        await asyncio.gather(alive, beating, return_exceptions=True)
        log.info("worker_stopped", worker=self.number)
        for task in (alive, beating, *claiming):
            if not task.cancelled():
                task.result()  # it ended by itself, which it never should: the process ends with its reason

    # ---- the four kinds of work -----------------------------------------------------------------

    async def _take_in(self, claim: MailboxClaim) -> bool:
        try:
            taken = await self._intake.take_in(claim)
        except LeaseLost:
            return False
        except DatabaseUnavailable:
            raise
        except Exception:  # the job runner: a poison update is counted, and parked in the end
            log.exception("intake_failed", bot=claim.bot_id, failures=claim.failures + 1)
            await self._intake.count_failure(claim)
            return True
        if taken.turn_in is not None:
            self._turn_lane.wake_in(taken.turn_in)
        if taken.has_delivery:
            self._deliveries.wake()
        return taken.more

    async def _claim_turns(self, limit: int) -> Sequence[TurnClaim]:
        return await self._turns.claim(worker=self.number, limit=limit)

    async def _run_turn(self, claim: TurnClaim) -> bool:
        self._active.add(claim)
        try:
            return await self._turns.run_turn(claim)
        except LeaseLost:
            log.info("turn_lost", turn=claim.id)
        except (ModelError, DatabaseUnavailable) as error:
            log.warning("turn_interrupted", turn=claim.id, error=type(error).__name__)
            self._turn_lane.wake_in(await self._turns.release(claim))
        except Exception:  # the job runner: the third failure apologises and calls a person
            log.exception("turn_interrupted", turn=claim.id)
            self._turn_lane.wake_in(await self._turns.release(claim))
        finally:
            self._active.discard(claim)
            self._deliveries.wake()
        return False

    async def _claim_deliveries(self, limit: int) -> Sequence[Claim]:
        return await claim_deliveries(self.services.db, worker=self.number, limit=limit)

    async def _deliver(self, claim: Claim) -> bool:
        made = self.services
        await deliver(made.db, made.bot_api, made.vault, claim, unreachable=_mark_unreachable)
        return claim.has_followers

    async def _acknowledge(self, press: Press) -> bool:
        await acknowledge(self.services.db, self.services.bot_api, self.services.vault, press)
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
                self.beaten.set()
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                log.warning("heartbeat_failed", error=type(error).__name__)
            beats += 1
            await asyncio.sleep(BEAT_SECONDS)

    async def _keep_house(self) -> None:
        """What a dead or stuck worker left is freed; holds that nobody confirmed are let go."""
        while True:
            await asyncio.sleep(HOUSEKEEPING_SECONDS)
            try:
                async with self.services.db.queue() as tx:
                    buried = await queries.bury_dead_turns(tx)
                    buried_deliveries = await telegram_queries.bury_dead_deliveries(tx)
                    stale = await booking_queries.accounts_with_stale_holds(tx)
                if buried:
                    self._turn_lane.wake()
                if buried_deliveries:
                    self._deliveries.wake()
                for account_id in stale:
                    await self._expire_holds(account_id)
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                log.warning("housekeeping_failed", error=type(error).__name__)

    async def _expire_holds(self, account_id: AccountId) -> None:
        with account_scope(account_id):
            async with self.services.db.account_tx() as tx:
                await expire_stale_holds(tx, self.services.clock.now())


async def _mark_unreachable(tx: AccountTx, chat_id: int) -> None:
    await mark_unreachable(tx, (await get_chat(tx, chat_id)).client_id)
