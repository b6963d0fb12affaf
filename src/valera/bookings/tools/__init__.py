"""What the assistant may do about time."""

from __future__ import annotations

from valera.bookings.tools.looking import FIND_SLOTS, MY_BOOKINGS
from valera.bookings.tools.proposing import CANCEL_BOOKING, HOLD_SLOT, MOVE_BOOKING, REQUEST_BOOKING

TOOLS = (FIND_SLOTS, HOLD_SLOT, REQUEST_BOOKING, MY_BOOKINGS, MOVE_BOOKING, CANCEL_BOOKING)
