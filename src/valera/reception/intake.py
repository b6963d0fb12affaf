"""Hop 2: the updates of one chat become messages, in order, and it is decided whether a turn is due.

A lease of milliseconds and no network inside: a new message is in the inbox while a turn still runs.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from valera.accounts.account import get_account
from valera.analytics.event import EventType, track
from valera.chats import queries as chat_queries
from valera.chats.chat import Chat, Status, open_chat
from valera.clients.client import mark_reachable, mark_unreachable, meet
from valera.kit.db import AccountId, AccountTx, Database, DatabaseUnavailable, account_scope
from valera.kit.portions import EVERYTHING, Portions
from valera.reception import confirmation
from valera.reception import intake_queries as queries
from valera.reception.lease import LeaseLost
from valera.telegram.queries import upsert_telegram_user
from valera.telegram.update import CallbackQuery, ChatMemberUpdated, Message, Update, User, read_update

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


@dataclass(frozen=True, slots=True)
class RawUpdate:
    update_id: int
    body: bytes
    body_hash: bytes
    is_conflict: bool
    received_at: datetime
    chat: Chat | None


@dataclass(frozen=True, slots=True)
class Settling:
    """A burst is one turn: it waits this long after its last piece, and no longer than ``most`` in all."""

    quiet: timedelta = timedelta(seconds=1.5)
    most: timedelta = timedelta(seconds=8)


AT_ONCE = Settling(timedelta(0), timedelta(0))
"""Button presses and /start do not wait."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """``more``: updates are still waiting in the mailbox; ``turn_in``: seconds until a turn is due; ``has_delivery``: something to send."""

    more: bool = False
    turn_in: float | None = None
    has_delivery: bool = False


@dataclass(frozen=True, slots=True)
class TakenMessage:
    """``due_in``: seconds until its turn is due; None: it made none."""

    id: int
    due_in: float | None


@dataclass(slots=True)
class Room:
    """One mailbox being taken in: everything in it belongs to this chat, once that is open."""

    tx: AccountTx
    bot_id: int
    chat: Chat | None


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
        """In one transaction where everybody is known; a newcomer's name is written before it."""
        while True:
            async with self._db.account_tx() as tx:
                waiting = await queries.select_waiting_updates(tx, RawUpdate, bot_id=claim.bot_id, peer_id=claim.peer_id, limit=limit)
                updates = [read_update(raw.body) for raw in waiting]
                if not (newcomers := self._newcomers(updates)):
                    return await self._apply_all(tx, claim, waiting, updates, limit)
            await self._remember(newcomers)

    async def _apply_all(
        self, tx: AccountTx, claim: MailboxClaim, waiting: list[RawUpdate], updates: list[Update | None], limit: int
    ) -> TakenIn:
        effects: list[TakenIn] = []
        room = Room(tx, claim.bot_id, waiting[0].chat if waiting else None)
        for raw, update in zip(waiting, updates, strict=True):
            if update is None:
                log.warning("update_unreadable", bot=claim.bot_id, update=raw.update_id)
            else:
                effects.append(await self._apply(room, update, raw.received_at))
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
        return TakenIn(more, min(waits, default=None), any(effect.has_delivery for effect in effects))

    def _newcomers(self, updates: list[Update | None]) -> set[User]:
        people = {person for update in updates if update is not None and (person := _sender(update)) is not None}
        return {person for person in people if person not in self._known}

    async def _remember(self, newcomers: set[User]) -> None:
        """telegram_users is closed to the shop's role: names are written by the identity role, before the shop refers to them."""
        for person in newcomers:
            async with self._db.identity_tx() as tx:
                await upsert_telegram_user(tx, person)
            self._known[person] = None
            if len(self._known) > KNOWN_PEOPLE:
                self._known.popitem(last=False)

    async def _apply(self, room: Room, update: Update, received_at: datetime) -> TakenIn:
        """What one update means. Kinds that are not named here are kept and left alone; groups are never treated as clients."""
        if update.message is not None and update.message.chat.type == "private" and update.message.sender is not None:
            return await self._take_message(room, update.update_id, update.message, received_at=received_at)
        if update.callback_query is not None:
            return await self._take_press(room, update.update_id, update.callback_query)
        if update.edited_message is not None:
            await self._take_edit(room, update.edited_message)
        if update.my_chat_member is not None and update.my_chat_member.chat.type == "private":
            await self._take_membership(room.tx, update.my_chat_member)
        return TakenIn()

    async def _take_message(self, room: Room, update_id: int, message: Message, *, received_at: datetime) -> TakenIn:
        tx, sender = room.tx, message.sender
        assert sender is not None
        is_start = message.words.startswith("/start")
        chat = await self._chat(room, message.chat.id, sender, source=_source(message.words) if is_start else None)
        own_contact = message.contact is not None and message.contact.user_id == sender.id
        words = message.contact.phone_number if own_contact and message.contact is not None else message.words
        waits = AT_ONCE if is_start else self._settling
        trigger = "start" if is_start else "message"
        may_decide = chat.status != Status.HUMAN and confirmation.may_be_word(words)
        taken = await chat_queries.insert_client_message(
            tx,
            TakenMessage,
            chat_id=chat.id,
            content=words,
            attachments=message.attachments(),
            bot_id=room.bot_id,
            update_id=update_id,
            telegram_message_id=message.message_id,
            trigger=None if may_decide or chat.status == Status.HUMAN else trigger,
            received_at=received_at,
            quiet=waits.quiet,
            most=waits.most,
        )
        if taken is None:
            return TakenIn()
        if not may_decide:
            return TakenIn(turn_in=taken.due_in)
        if await confirmation.take_word(tx, chat, message_id=taken.id, text=words, now=self._clock.now()):
            return TakenIn(has_delivery=True)
        due_in = await queries.make_turn_due(
            tx, chat_id=chat.id, trigger=trigger, received_at=received_at, quiet=waits.quiet, most=waits.most
        )
        return TakenIn(turn_in=due_in)

    async def _take_press(self, room: Room, update_id: int, press: CallbackQuery) -> TakenIn:
        """A button takes effect here, by code; whoever is answering the chat."""
        if press.data is None or press.message is None or press.message.chat.type != "private":
            return TakenIn()
        tx = room.tx
        account = await get_account(tx)
        chat = await self._chat(room, press.message.chat.id, press.sender, source=None)
        now = self._clock.now()
        taken = await chat_queries.insert_client_message(
            tx,
            TakenMessage,
            chat_id=chat.id,
            content=confirmation.label(press.data, account.locale),
            attachments=[],
            bot_id=room.bot_id,
            update_id=update_id,
            telegram_message_id=None,
            trigger=None,
            received_at=now,
            quiet=AT_ONCE.quiet,
            most=AT_ONCE.most,
        )
        if taken is None:
            return TakenIn()
        await confirmation.take_press(tx, account, chat, message_id=taken.id, data=press.data, now=now)
        return TakenIn(has_delivery=True)

    async def _take_edit(self, room: Room, message: Message) -> None:
        if room.chat is not None:
            await chat_queries.update_edited(room.tx, chat_id=room.chat.id, telegram_message_id=message.message_id, content=message.words)

    async def _take_membership(self, tx: AccountTx, change: ChatMemberUpdated) -> None:
        client_id = await meet(tx, telegram_user_id=change.sender.id, name=change.sender.full_name, source=None)
        if change.new_chat_member.status == "kicked":
            await mark_unreachable(tx, client_id)
        else:
            await mark_reachable(tx, client_id)

    async def _chat(self, room: Room, telegram_chat_id: int, sender: User, *, source: str | None) -> Chat:
        if source is None and room.chat is not None:
            return room.chat
        client_id = await meet(room.tx, telegram_user_id=sender.id, name=sender.full_name, source=source)
        room.chat, is_new = await open_chat(
            room.tx, bot_id=room.bot_id, telegram_chat_id=telegram_chat_id, telegram_user_id=sender.id, client_id=client_id
        )
        if is_new:
            await track(room.tx, EventType.DIALOGUE_STARTED, {"chat": room.chat.id})
        return room.chat


def _sender(update: Update) -> User | None:
    event = update.message or update.callback_query or update.my_chat_member
    return event.sender if event is not None else None


def _source(text: str) -> str | None:
    """``/start utm_avito`` → ``utm_avito``: where the client came from."""
    _, _, payload = text.partition(" ")
    return payload.strip()[:64] or None
