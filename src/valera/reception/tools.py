"""Everything that the assistant may do, in the order in which a model reads it."""

from __future__ import annotations

from valera.bookings.tools import TOOLS as BOOKING_TOOLS
from valera.chats.tools import CALL_HUMAN
from valera.clients.tools import SAVE_CLIENT
from valera.followup.callbacks.tools import REQUEST_CALLBACK
from valera.followup.waitlist.tools import JOIN_WAITLIST, LEAVE_WAITLIST
from valera.pricing.tools import find_prices

TOOLS = (find_prices, *BOOKING_TOOLS, JOIN_WAITLIST, LEAVE_WAITLIST, SAVE_CLIENT, REQUEST_CALLBACK, CALL_HUMAN)
