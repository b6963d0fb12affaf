"""The booking card and the buttons under a proposal, rendered by code from committed rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from valera.bookings.proposal import Accepted, Booking, Proposal, ProposalKind
from valera.bookings.status import Status
from valera.bookings.wording import P, say_moment, sentence

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    Rows = list[list[dict[str, str]]]

YES, NO, SLOT = "yes", "no", "slot"


def card(accepted: Accepted, *, zone: ZoneInfo, address: str | None, locale: str) -> str:
    """Number, weekday, date, time, service, address: the row as it stands now, so that an old yes said again tells no old news."""
    booking = accepted.booking
    lines = [P.say(locale, f"card.{_title(accepted)}", number=booking.number), sentence(say_moment(booking.starts_at, zone, locale))]
    if accepted.previous_start is not None and _is_coming(booking):
        lines.append(P.say(locale, "card.previous", moment=say_moment(accepted.previous_start, zone, locale)))
    if booking.service:
        lines.append(sentence(booking.service))
    if address and _is_coming(booking):
        lines.append(P.say(locale, "card.address", address=address))
    return "\n".join(lines)


def _title(accepted: Accepted) -> str:
    match accepted.booking.status:
        case Status.CANCELLED:
            return "cancelled"
        case Status.DONE | Status.NO_SHOW | Status.EXPIRED:
            return "over"
        case Status.HELD | Status.REQUESTED | Status.CONFIRMED | Status.ARRIVED | Status.IN_WORK:
            return "moved" if accepted.kind is ProposalKind.MOVE else "booked"
        case _:
            assert_never(accepted.booking.status)


def _is_coming(booking: Booking) -> bool:
    return booking.status in (Status.REQUESTED, Status.CONFIRMED, Status.ARRIVED, Status.IN_WORK)


def buttons_for(proposal: Proposal, locale: str) -> Rows:
    """Yes and no to one proposal, as rows of a Telegram keyboard."""
    return [
        [
            {"text": P.say(locale, f"button.{proposal.kind.value}_yes"), "callback_data": f"{YES}:{proposal.key}"},
            {"text": P.say(locale, f"button.{proposal.kind.value}_no"), "callback_data": f"{NO}:{proposal.key}"},
        ]
    ]
