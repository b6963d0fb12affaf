"""Telling the team: requests wait for somebody to name a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.accounts.notice import NoticeKind, raise_notice, resolve_notice
from valera.bookings.telling import queries

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


async def note_requests(tx: AccountTx) -> None:
    """One notice for as long as any request waits."""
    waiting = await queries.list_waiting_requests(tx)
    if waiting:
        await raise_notice(tx, NoticeKind.BOOKING_REQUESTED, details={"number": waiting[0]})
    else:
        await resolve_notice(tx, NoticeKind.BOOKING_REQUESTED)
