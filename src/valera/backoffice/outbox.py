"""The outbox of each shop: what waits to be sent. After a restore it waits until an operator says what becomes of it.

A backup holds work whose answers its original may have sent since. So a restored shop is held: it takes in and answers as ever, but sends
nothing. What answers only messages of the backup is *old*; the operator drops or sends it, and everything newer goes out in order.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.accounts.account import AccountName, get_account_by_slug, list_accounts
from valera.accounts.notice import NoticeKind, resolve_notice
from valera.backoffice import outbox_queries as queries
from valera.kit.db import account_scope
from valera.kit.errors import Conflict
from valera.telegram.outbox.queries import wake

if TYPE_CHECKING:
    from valera.kit.db import AccountTx, Database, Tx


class OldWorkUnfinished(Conflict):
    """Messages of the backup are still being taken in or answered: what they lead to is not known yet."""


class Old(enum.Enum):
    """What becomes of deliveries that the original installation may have sent."""

    DROP = "drop"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Outbox:
    """``restored_at`` None: the shop sends as ever. ``unfinished``: pieces of the backup's work that are still being done."""

    backed_up_at: datetime | None
    restored_at: datetime | None
    old: int
    old_since: datetime | None
    new: int
    new_since: datetime | None
    unfinished: int

    def tell(self) -> str:
        if self.restored_at is None or self.backed_up_at is None:
            return f"sends; {_count(self.new, self.new_since)}"
        words = [
            f"HELD since it was restored at {_moment(self.restored_at)} from the backup of {_moment(self.backed_up_at)}",
            f"from the backup {_count(self.old, self.old_since)}",
            f"since then {_count(self.new, self.new_since)}",
        ]
        return "; ".join(words + [f"{self.unfinished} of the backup's still in work"] * bool(self.unfinished))


@dataclass(frozen=True, slots=True)
class OpenRestore:
    id: int
    unfinished: int


@dataclass(frozen=True, slots=True)
class Released:
    """How many old deliveries were dropped, or will be sent again, and how many are due now."""

    old: int
    due: int


async def hold(tx: Tx, *, backed_up_at: datetime) -> None:
    """All shops, as valera_owner, right after a restore and before anything has run on it."""
    await queries.insert_restores(tx, backed_up_at=backed_up_at)
    await queries.hold_bots(tx)
    await queries.insert_notices(tx, NoticeKind.RESTORED)


async def look(db: Database, *, slug: str | None = None) -> list[tuple[AccountName, Outbox]]:
    """Of this shop, or of all."""
    found: list[tuple[AccountName, Outbox]] = []
    for account in await _accounts(db, slug):
        with account_scope(account.id):
            async with db.account_tx() as tx:
                found.append((account, await queries.select_outbox(tx, Outbox)))
    return found


async def release(db: Database, old: Old, *, slug: str | None = None) -> list[tuple[AccountName, Released]]:
    """Every held shop, or this one. Raises OldWorkUnfinished: nothing of that shop was changed."""
    released: list[tuple[AccountName, Released]] = []
    for account in await _accounts(db, slug):
        with account_scope(account.id):
            async with db.account_tx() as tx:
                if (outcome := await _release(tx, account, old)) is not None:
                    released.append((account, outcome))
    return released


async def _release(tx: AccountTx, account: AccountName, old: Old) -> Released | None:
    restore = await queries.lock_restore(tx, OpenRestore)
    if restore is None:
        return None
    if restore.unfinished:
        raise OldWorkUnfinished(
            f"{account.slug}: {restore.unfinished} messages of the backup are still being taken in or answered. Let a worker run "
            "(nothing is sent meanwhile) and say it again; `valera outbox` shows how far it is."
        )
    handled = await (queries.withdraw_old(tx) if old is Old.DROP else queries.mark_old_unsure(tx))
    due = await queries.activate_held_bots(tx)
    await queries.close_restore(tx, restore.id)
    await resolve_notice(tx, NoticeKind.RESTORED)
    await wake(tx)
    return Released(handled, due)


async def _accounts(db: Database, slug: str | None) -> list[AccountName]:
    async with db.identity_tx() as tx:
        return await list_accounts(tx) if slug is None else [await get_account_by_slug(tx, slug)]


def _count(number: int, since: datetime | None) -> str:
    return f"{number} waiting, the oldest since {_moment(since)}" if since is not None else "none waiting"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
