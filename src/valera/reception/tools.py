"""Everything that the assistant may do, in the order in which a model reads it."""

from __future__ import annotations

from valera.bookings.tools import TOOLS as BOOKING_TOOLS
from valera.chats.tools import CALL_HUMAN
from valera.clients.tools import SAVE_CLIENT
from valera.pricing.tools import find_prices

TOOLS = (find_prices, *BOOKING_TOOLS, SAVE_CLIENT, CALL_HUMAN)
