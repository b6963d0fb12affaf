"""Erasing: one person out of one shop, in one transaction; what is left is a receipt that tells nothing of them.

Works while a turn is running or an update is waiting: both find that their rows are gone and write nothing. Bookings stay without a name,
so that their numbers stay dense. Limits are told in docs/security.md: backups, Telegram's own copy, logs of model providers.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg
import structlog

from valera.assistant.masking.find import find_personal
from valera.backoffice.personal import erasure_queries as queries
from valera.backoffice.personal import queries as person_queries
from valera.backoffice.personal.person import PersonNotFound
from valera.kit.errors import Conflict, Invalid

if TYPE_CHECKING:
    from valera.kit.db import Database, PlatformTx
    from valera.kit.storage import Storage

log = structlog.get_logger(__name__)

TRIES = 8
PAUSE_SECONDS = 0.3
LONGEST = 300
SHORTEST_SIGN = 6
"""A name of three letters stands in other people's updates, too."""


class ErasureDisturbed(Conflict):
    """Too much is going on in this client's chats."""


@dataclass(frozen=True, slots=True)
class Locked:
    """The person as they stood when everything of theirs was locked. ``id`` is their card, ``client_ids`` all that are part of it;
    ``car_signs``: plates and VINs.
    """

    id: int
    client_ids: list[int]
    telegram_user_ids: list[int]
    names: list[str]
    phones: list[str]
    chat_ids: list[int]
    turn_ids: list[int]
    mailboxes: int
    car_signs: list[str | None]
    booking_ids: list[int]


@dataclass(frozen=True, slots=True)
class Receipt:
    """``counts``: table → rows. ``is_known_elsewhere``: another shop knows the person, so Telegram's name of them stays.
    ``upcoming``: nameless bookings that still hold a bay.
    """

    id: int
    client_id: int
    counts: dict[str, int]
    files: int
    upcoming: int
    is_known_elsewhere: bool

    def tell(self) -> list[str]:
        said = [f"Client {self.client_id} is erased: receipt {self.id}."]
        said += [f"  {table}: {count}" for table, count in sorted(self.counts.items()) if count]
        said += [f"  files: {self.files}"] if self.files else []
        if self.upcoming:
            said.append(f"{self.upcoming} upcoming bookings stay in the calendar without a name: cancel them if nobody will come.")
        if self.is_known_elsewhere:
            said.append("Another shop of this installation knows the person: what Telegram says of them stays for that shop.")
        said.append("Not erased: backups made before, the chat in the client's and the bot's Telegram, logs of model providers.")
        return said


async def erase(db: Database, storage: Storage, client_id: int, *, asked_by: str, reason: str) -> Receipt:
    """Inside `account_scope`. Raises PersonNotFound, Invalid without who asked and why, ErasureDisturbed."""
    if not asked_by.strip() or not reason.strip():
        raise Invalid("Say who asked for it and why: the receipt keeps that.")
    await finish_files(db, storage)
    usernames = await _usernames(db, client_id)
    for attempt in range(TRIES):
        try:
            async with db.platform_tx() as tx:
                receipt = await _erase(tx, client_id, usernames, asked_by=asked_by, reason=reason)
            break
        except (asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError, asyncpg.ForeignKeyViolationError):
            await asyncio.sleep(PAUSE_SECONDS * (attempt + 1))
    else:
        raise ErasureDisturbed("Something of this client is being written all the time. Nothing was erased: try again in a minute.")
    log.info("client_erased", receipt=receipt.id)
    await finish_files(db, storage)
    return receipt


async def finish_files(db: Database, storage: Storage) -> None:
    """Files go after the commit; what a crash left is deleted by the next erasure in the shop."""
    async with db.platform_tx() as tx:
        waiting = await queries.select_files_left(tx)
    for receipt_id, keys in waiting:
        for key in keys:
            await storage.delete(key)
        async with db.platform_tx() as tx:
            await queries.update_files_left(tx, receipt_id)


async def _erase(tx: PlatformTx, client_id: int, usernames: list[str], *, asked_by: str, reason: str) -> Receipt:
    person = await queries.lock_person(tx, Locked, client_id)
    if person is None:
        raise PersonNotFound(f"The shop has no client {client_id}. `valera client find` looks for one.")
    signs = _signs(person, usernames)
    counts: dict[str, int] = {}
    keys = await queries.delete_attachments(tx, person.chat_ids)
    counts["attachments"] = len(keys)
    counts["booking_events"] = await queries.anonymise_events(tx, person.booking_ids, person.chat_ids, person.turn_ids)
    upcoming = await queries.count_upcoming(tx, person.booking_ids)
    held = await queries.delete_held(tx, person.booking_ids)
    counts["bookings"] = held + await queries.anonymise_bookings(tx, person.booking_ids)
    for table in queries.OF_CHATS:
        counts[table] = await queries.erase_of_chats(tx, table, person.chat_ids)
    for table in queries.OF_CLIENT:
        counts[table] = await queries.erase_of_client(tx, table, person.client_ids)
    forms = [form for sign in signs for form in _forms(sign)]
    for table in queries.OF_PEER:
        counts[table] = sum([await queries.erase_of_peer(tx, table, telegram_id, forms) for telegram_id in person.telegram_user_ids])
    counts["analytics_events"] = await queries.scrub_events(tx, person.chat_ids, person.turn_ids, signs)
    files = await queries.select_unused(tx, keys)
    counts["telegram_users"] = sum([await _forget_telegram_user(tx, telegram_id) for telegram_id in person.telegram_user_ids])
    receipt_id = await queries.insert_receipt(
        tx,
        client_id=client_id,
        asked_by=_without(asked_by, signs),
        reason=_without(reason, signs),
        counts={table: count for table, count in counts.items() if count},
        files_left=files,
    )
    is_known_elsewhere = counts["telegram_users"] < len(person.telegram_user_ids)
    return Receipt(receipt_id, client_id, counts, len(files), upcoming, is_known_elsewhere)


async def _forget_telegram_user(tx: PlatformTx, telegram_id: int) -> int:
    """Unless somebody else refers to them: no role sees who that is."""
    try:
        async with tx.savepoint():
            return await queries.delete_telegram_user(tx, telegram_id)
    except asyncpg.ForeignKeyViolationError:
        return 0


async def _usernames(db: Database, client_id: int) -> list[str]:
    async with db.account_tx() as tx:
        _, telegram_ids, _ = await person_queries.select_whereabouts(tx, client_id)
    async with db.identity_tx() as identity:
        users = await person_queries.select_telegram_users(identity, telegram_ids)
    return [user["username"] for user in users if user["username"]]


def _signs(person: Locked, usernames: list[str]) -> list[str]:
    """What tells who it is wherever it stands: full names, phones, plates, VINs, public names."""
    full_names = [name for name in person.names if " " in name.strip()]
    digits = [phone.removeprefix("+")[-10:] for phone in person.phones]
    named = [*full_names, *person.phones, *digits, *usernames, *filter(None, person.car_signs)]
    return [sign for sign in dict.fromkeys(named) if len(sign) >= SHORTEST_SIGN]


def _forms(sign: str) -> list[bytes]:
    """As bytes of a body: as it is, and as JSON may write it."""
    return list(dict.fromkeys([sign.encode(), json.dumps(sign)[1:-1].encode()]))


def _without(text: str, signs: list[str]) -> str:
    """A receipt names nobody, whatever is typed into it."""
    for sign in signs:
        text = text.replace(sign, "…")
    for one in reversed(find_personal(text)):
        text = f"{text[: one.start]}…{text[one.end :]}"
    return text.strip()[:LONGEST] or "…"
