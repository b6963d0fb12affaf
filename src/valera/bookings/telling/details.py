"""Details: what a card and a calendar file say beside the booking itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from valera.bookings.proposals.quoted import Quoted
from valera.bookings.telling import queries
from valera.russian.money.sums import format_sum

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Details:
    """What is not known is empty; ``bot`` is the username of the bot in which it was booked."""

    slug: str = ""
    shop: str = ""
    address: str = ""
    phone: str = ""
    car: str = ""
    bot: str = ""
    quoted: Quoted | None = None

    def price(self) -> str:
        """The sum of what was quoted, made by code; empty if nothing was."""
        if self.quoted is None or not self.quoted.items:
            return ""
        items = self.quoted.items
        amount = sum((item.amount for item in items), Decimal())
        upto = sum((item.upto or item.amount for item in items), Decimal()) if any(item.upto for item in items) else None
        return format_sum(amount, upto, any(item.is_from for item in items), self.quoted.currency)


async def load_details(tx: AccountTx, booking_id: int) -> Details:
    return await queries.select_details(tx, Details, booking_id)
