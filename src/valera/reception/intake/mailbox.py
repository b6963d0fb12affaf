"""Mailboxes: claimed, taken in update by update, given back; an update that cannot be taken in is parked.

A lease of milliseconds and no network inside: a new message is in the inbox while a turn still runs.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg
import structlog

from valera.kit.db import AccountId, AccountTx, Database, DatabaseUnavailable, account_scope
from valera.kit.portions import EVERYTHING, Portions
from valera.reception.intake import queries
from valera.reception.intake.meaning import take_update
from valera.reception.intake.room import RawUpdate, Room, Settling, TakenIn
from valera.reception.lease import LeaseLost
from valera.telegram.queries import upsert_telegram_user
from valera.telegram.update import Update, User, read_update

if TYPE_CHECKING:
    from valera.kit.clock import Clock

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)
"""Long enough to wait for a connection; a dead or stuck worker is found sooner, by its lock and its heartbeat."""

BATCH = 50
POISON_AFTER = 3
"""Tries that ended with an error: the update cannot be taken in."""

DEADLY_AFTER = 4
"""Tries of which nobody lived to tell, all but the first made with no other suspect beside it. `valera up` would bear one more."""

RETRY_SECONDS = 0.5

KNOWN_PEOPLE = 20_000


@dataclass(frozen=True, slots=True)
class MailboxClaim:
    account_id: AccountId
    bot_id: int
    peer_id: int
    lease: int
    marks: int
    failures: int


class Intake:
    """Takes in mailboxes. Remembers whose names are written down already, and nothing else."""

    def __init__(self, db: Database, clock: Clock, settling: Settling) -> None:
        self._db = db
        self._clock = clock
        self._settling = settling
        self._known: OrderedDict[User, None] = OrderedDict()
        self._suspects = asyncio.Lock()

    async def claim(self, limit: int, portions: Portions = EVERYTHING, *, worker: int | None = None) -> list[MailboxClaim]:
        async with self._db.queue() as tx:
            return await queries.claim_mailboxes(tx, MailboxClaim, worker=worker, limit=limit, lease=LEASE, portions=portions)

    async def take_in(self, claim: MailboxClaim) -> TakenIn:
        """Everything that waits in one mailbox, at most BATCH at a time; one by one after a failure, to find the update that fails,
        and with no other suspect beside it: who is killed then was killed by this one. Raises LeaseLost when another worker has it.
        """
        with account_scope(claim.account_id):
            if not claim.failures:
                return await self._take_in(claim, limit=BATCH)
            async with self._suspects:
                if claim.failures >= DEADLY_AFTER:
                    await self._park(claim)  # whoever tried last did not live to do it
                    return TakenIn(more=True)
                await self._count_try(claim)
                return await self._take_in(claim, limit=1)

    async def count_failure(self, claim: MailboxClaim) -> None:
        """An update that cannot be taken in is tried three times, then parked in quarantine, and the chat goes on without it. Tries of
        which nobody told count, too: one that ends with an error after them is no innocent one.
        """
        failures = claim.failures + 1
        with account_scope(claim.account_id):
            if failures >= POISON_AFTER:
                await self._park(claim)
                return
            async with self._db.account_tx() as tx:
                await queries.count_intake_failure(tx, bot_id=claim.bot_id, peer_id=claim.peer_id, lease=claim.lease, failures=failures)

    async def give_back(self, claim: MailboxClaim) -> None:
        """The database was away, and not because of this update: as if it had not been tried, as soon as that can be written."""
        while True:
            try:
                async with self._db.queue() as tx:
                    await queries.give_back(
                        tx,
                        account_id=claim.account_id,
                        bot_id=claim.bot_id,
                        peer_id=claim.peer_id,
                        lease=claim.lease,
                        failures=claim.failures,
                    )
            except DatabaseUnavailable:
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def _park(self, claim: MailboxClaim) -> None:
        async with self._db.account_tx() as tx:
            await queries.park_first_update(tx, bot_id=claim.bot_id, peer_id=claim.peer_id, lease=claim.lease)
        log.error("update_parked", bot=claim.bot_id, failures=claim.failures)

    async def _count_try(self, claim: MailboxClaim) -> None:
        async with self._db.queue() as tx:
            is_ours = await queries.count_try(
                tx,
                account_id=claim.account_id,
                bot_id=claim.bot_id,
                peer_id=claim.peer_id,
                lease=claim.lease,
                failures=claim.failures + 1,
            )
        if not is_ours:
            raise LeaseLost("Another worker took this mailbox.")

    async def _take_in(self, claim: MailboxClaim, limit: int) -> TakenIn:
        """In one transaction where everybody is known; a newcomer's name is written before it. Somebody who was erased meanwhile is one
        again: what refers to them is refused, once.
        """
        is_forgiven = False
        while True:
            updates: list[Update | None] = []
            try:
                async with self._db.account_tx() as tx:
                    waiting = await queries.select_waiting_updates(tx, RawUpdate, bot_id=claim.bot_id, peer_id=claim.peer_id, limit=limit)
                    updates = [read_update(raw.body) for raw in waiting]
                    if not (newcomers := self._newcomers(updates)):
                        return await self._apply_all(tx, claim, waiting, updates, limit)
            except asyncpg.ForeignKeyViolationError:
                if is_forgiven or not (newcomers := self._forget(updates)):
                    raise
                is_forgiven = True
            await self._remember(newcomers)

    async def _apply_all(
        self, tx: AccountTx, claim: MailboxClaim, waiting: list[RawUpdate], updates: list[Update | None], limit: int
    ) -> TakenIn:
        effects: list[TakenIn] = []
        room = Room(tx, claim.bot_id, self._clock, self._settling, waiting[0].chat if waiting else None)
        for raw, update in zip(waiting, updates, strict=True):
            if update is None:
                log.warning("update_unreadable", bot=claim.bot_id, update=raw.update_id)
            else:
                effects.append(await take_update(room, raw, update))
        more = await queries.finish_intake(
            tx,
            bot_id=claim.bot_id,
            peer_id=claim.peer_id,
            lease=claim.lease,
            marks=claim.marks,
            done=[raw.update_id for raw in waiting if not raw.is_conflict],
            done_conflicts=[raw.body_hash for raw in waiting if raw.is_conflict],
            is_full=len(waiting) == limit,
        )
        if more is None:
            raise LeaseLost("Another worker took this mailbox.")
        waits = [effect.turn_in for effect in effects if effect.turn_in is not None]
        return TakenIn(
            more,
            min(waits, default=None),
            has_delivery=any(effect.has_delivery for effect in effects),
            has_files=any(effect.has_files for effect in effects),
        )

    def _newcomers(self, updates: list[Update | None]) -> set[User]:
        people = {person for update in updates if update is not None and (person := update.client) is not None}
        return {person for person in people if person not in self._known}

    def _forget(self, updates: list[Update | None]) -> set[User]:
        """People of these updates, who may be written down no longer."""
        people = {person for update in updates if update is not None and (person := update.client) is not None}
        for person in people:
            self._known.pop(person, None)
        return people

    async def _remember(self, newcomers: set[User]) -> None:
        """telegram_users is closed to the shop's role: names are written by the identity role, before the shop refers to them."""
        for person in newcomers:
            async with self._db.identity_tx() as tx:
                await upsert_telegram_user(tx, person)
            self._known[person] = None
            if len(self._known) > KNOWN_PEOPLE:
                self._known.popitem(last=False)
