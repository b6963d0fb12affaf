"""What a card and a calendar file need beside the booking."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import one, value

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_details(tx: AccountTx, row: type[Row], booking_id: int) -> Row:
    """The car of the booking, else the client's latest one."""
    return await one(
        tx,
        row,
        "select a.slug, a.name as shop, b.quote as quoted,"
        "  coalesce((select f.text from facts f where f.topic = 'address'), '') as address,"
        "  coalesce((select f.text from facts f where f.topic = 'phone'), '') as phone,"
        "  coalesce((select concat_ws(' ', nullif(v.make, ''), nullif(v.model, '')) from vehicles v"
        "             where v.client_id = b.client_id order by (v.id = b.vehicle_id) desc nulls last, v.created_at desc, v.id desc"
        "             limit 1), '') as car,"
        "  coalesce((select t.username from chats c join bots t on t.id = c.bot_id where c.id = b.chat_id), '') as bot"
        " from bookings b join accounts a on a.id = b.account_id where b.id = $1",
        booking_id,
    )


async def list_waiting_requests(tx: AccountTx) -> list[int]:
    """Their numbers, the oldest first."""
    return await value(tx, "select coalesce(array_agg(number order by number), '{}') from bookings where status = 'requested'")
