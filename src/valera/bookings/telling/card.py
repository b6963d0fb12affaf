"""The booking card and the buttons under a proposal or a booking, rendered by code from committed rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from valera.bookings.life.booking import Booking
from valera.bookings.life.status import Status
from valera.bookings.proposals.proposal import ProposalKind
from valera.bookings.telling.wording import P, say_moment, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from valera.bookings.life.booking import Entry
    from valera.bookings.proposals.proposal import Accepted, Proposal
    from valera.bookings.telling.details import Details

    Rows = list[list[dict[str, str]]]

YES, NO, SLOT, INSTEAD, MOVE, CANCEL = "yes", "no", "slot", "instead", "move", "cancel"
"""What stands before the colon in a button's data: the first three and INSTEAD are about a proposal or an offer, the others about a
booking's number."""

MOST_BUTTONS = 5
"""Bookings that get buttons of their own: nobody has more coming."""


def card(accepted: Accepted, details: Details, *, zone: ZoneInfo, locale: str) -> str:
    """The row as it stands now, so that an old yes said again tells no old news."""
    is_moved = accepted.kind is ProposalKind.MOVE
    previous = say_moment(accepted.previous_start, zone, locale) if accepted.previous_start is not None else ""
    return card_of(accepted.booking, details, zone=zone, locale=locale, is_moved=is_moved, previous=previous)


def card_of(
    entry: Entry, details: Details, *, zone: ZoneInfo, locale: str, is_moved: bool = False, previous: str = "", reason: str = ""
) -> str:
    """Number, weekday, date, time, service, car, price, address, phone: what is not known is left out."""
    lines = [P.say(locale, f"card.{_title(entry, is_moved=is_moved)}", number=entry.number)]
    if isinstance(entry, Booking):
        lines.append(sentence(say_moment(entry.starts_at, zone, locale)))
    if previous and entry.status.is_coming:
        lines.append(P.say(locale, "card.previous", moment=previous))
    if entry.service:
        lines.append(sentence(entry.service))
    if reason:
        lines.append(P.say(locale, "card.reason", reason=reason))
    if entry.status.is_coming:
        lines += _invitation(entry, details, locale)
    return "\n".join(lines)


def _invitation(entry: Entry, details: Details, locale: str) -> list[str]:
    """What somebody needs who is going to come."""
    wish = "" if isinstance(entry, Booking) else entry.description
    said = {"wish": wish, "car": details.car, "price": details.price(), "address": details.address, "phone": details.phone}
    lines = [P.say(locale, f"card.{key}", **{key: text, "sum": text}) for key, text in said.items() if text]
    return lines if isinstance(entry, Booking) else [P.say(locale, "card.time_follows"), *lines]


def _title(entry: Entry, *, is_moved: bool) -> str:
    is_request = not isinstance(entry, Booking)
    match entry.status:
        case Status.CANCELLED:
            return "requested_cancelled" if is_request else "cancelled"
        case Status.DONE | Status.NO_SHOW | Status.EXPIRED:
            return "over"
        case Status.HELD | Status.REQUESTED | Status.CONFIRMED | Status.ARRIVED | Status.IN_WORK:
            return "requested" if is_request else "moved" if is_moved else "booked"
        case _:
            assert_never(entry.status)


def buttons_for(proposal: Proposal, locale: str, *, others: Iterable[Booking] = ()) -> Rows:
    """Yes and no to one proposal, as rows of a Telegram keyboard. Beside ``others`` the yes says that it is one more, and each of them may
    be moved instead.
    """
    beside = [other for other in others if other.number is not None]
    yes = "another_yes" if beside else "request_yes" if _is_request(proposal) else f"{proposal.kind.value}_yes"
    rows = [
        [
            {"text": P.say(locale, f"button.{yes}"), "callback_data": f"{YES}:{proposal.key}"},
            {"text": P.say(locale, f"button.{proposal.kind.value}_no"), "callback_data": f"{NO}:{proposal.key}"},
        ]
    ]
    if proposal.starts_at is not None:
        rows += [
            [{"text": P.say(locale, "button.instead", number=other.number), "callback_data": f"{INSTEAD}:{proposal.key}-{other.number}"}]
            for other in beside[:MOST_BUTTONS]
        ]
    return rows


def _is_request(proposal: Proposal) -> bool:
    return proposal.kind is ProposalKind.BOOK and proposal.starts_at is None


def buttons_of_bookings(entries: Iterable[Entry], locale: str) -> Rows:
    """Move and cancel for each; a request has no time to be moved."""
    return [
        [
            {"text": P.say(locale, f"button.{verb}", number=entry.number), "callback_data": f"{verb}:{entry.number}"}
            for verb in ((MOVE, CANCEL) if isinstance(entry, Booking) else (CANCEL,))
        ]
        for entry in list(entries)[:MOST_BUTTONS]
    ]
