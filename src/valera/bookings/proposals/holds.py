"""Holds: under the shop's lock what waited too long is let go, before anybody looks for a free bay.

All changes of one shop wait for each other under one advisory lock (measured: no deadlock, no retry); the exclusion constraint stands
behind them for every other writer. Whoever takes ``tx`` may hold it with row locks of ``for no key update`` at most: proposals refer to
the chat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.bookings.life.booking import get_entry
from valera.bookings.life.change import by_system, step
from valera.bookings.life.queries import lock_bookings
from valera.bookings.life.status import Status
from valera.bookings.proposals import queries
from valera.bookings.proposals.proposal import ProposalState

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx


async def expire_stale_holds(tx: AccountTx, now: datetime) -> list[int]:
    """Take the shop's lock and end what waited too long: first lines of every change, and a sweeper's whole work. The ids of the holds."""
    await lock_bookings(tx)
    await queries.expire_stale_proposals(tx, now)
    stale = await queries.list_stale_holds(tx, now)
    for booking_id in stale:
        await step(tx, await get_entry(tx, booking_id), Status.EXPIRED, by_system())
    return stale


async def close_open_proposal(tx: AccountTx, chat_id: int, state: ProposalState, now: datetime) -> None:
    """The chat's open proposal, if any, ends without a yes; a hold behind it frees its bay at once."""
    held = await queries.close_open_proposal(tx, chat_id, state, now)
    if held is not None:
        await step(tx, await get_entry(tx, held), Status.EXPIRED, by_system(proposal=state.value))
