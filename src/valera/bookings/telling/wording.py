"""What bookings say to people, in the words of a locale: moments, questions, obstacles, problems."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, assert_never

from babel.dates import format_date, format_datetime
from babel.units import format_unit

from valera.bookings.life.booking import Booking, BookingUnclear, BookingUnknown
from valera.bookings.life.change import SlotTaken
from valera.bookings.proposals.proposal import (
    Proposal,
    ProposalExpired,
    ProposalKind,
    ProposalUnknown,
    SecondWish,
    SlotUnknown,
)
from valera.bookings.schedule.refusal import Obstacle, Refusal
from valera.kit.phrases import Phrases
from valera.russian.time.when import format_day, format_moment, format_moment_short

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from valera.bookings.life.booking import Entry
    from valera.bookings.schedule.calendar import Window
    from valera.russian.time.when import Wish

    Problem = SlotTaken | SlotUnknown | ProposalExpired | ProposalUnknown | SecondWish | BookingUnknown | BookingUnclear

P = Phrases.load("valera.bookings")
RUSSIAN = "ru"
MIDNIGHT = time(0)
PROBLEMS = (SlotTaken, SlotUnknown, ProposalExpired, ProposalUnknown, SecondWish, BookingUnknown, BookingUnclear)


def say_moment(moment: datetime, zone: ZoneInfo, locale: str) -> str:
    """«понедельник, 23 ноября, 11:00»."""
    if locale == RUSSIAN:
        return format_moment(moment, zone)
    return format_datetime(moment.astimezone(zone), "EEEE, d MMMM, HH:mm", locale=locale)


def say_day(day: date, locale: str) -> str:
    """«понедельник, 23 ноября»."""
    return format_day(day) if locale == RUSSIAN else format_date(day, "EEEE, d MMMM", locale=locale)


def say_wish(wish: Wish, zone: ZoneInfo, locale: str) -> str:
    """What was understood: «понедельник, 23 ноября, 11:00», «…, 12:00–18:00», «суббота, 28 ноября – воскресенье, 29 ноября»."""
    if wish.exact:
        return say_moment(wish.start, zone, locale)
    said = _say_stretch(wish, zone, locale)
    if wish.besides:
        said = P.say(locale, "wish.besides", wish=said, days=", ".join(say_day(day, locale) for day in sorted(wish.besides)))
    return P.say(locale, f"wish.{wish.edge.value}", wish=said) if wish.edge else said


def _say_stretch(wish: Wish, zone: ZoneInfo, locale: str) -> str:
    first, last = wish.start.astimezone(zone), (wish.end - timedelta(microseconds=1)).astimezone(zone)
    if first.date() != last.date():
        days = f"{say_day(first.date(), locale)} – {say_day(last.date(), locale)}"
        return f"{days}, {_say_clocks(*wish.hours)}" if wish.hours else days
    is_whole_day = first.time() == MIDNIGHT and wish.end.astimezone(zone).time() == MIDNIGHT
    day = say_day(first.date(), locale)
    return day if is_whole_day else f"{day}, {_say_clocks(first.time(), wish.end.astimezone(zone).time())}"


def say_moment_short(moment: datetime, zone: ZoneInfo, locale: str) -> str:
    """«пн 23.11, 11:00»: fits on a button."""
    if locale == RUSSIAN:
        return format_moment_short(moment, zone)
    return format_datetime(moment.astimezone(zone), "EEE d MMM, HH:mm", locale=locale)


def say_duration(duration: timedelta, locale: str) -> str:
    """«1 час 30 минут»."""
    hours, minutes = divmod(round(duration / timedelta(minutes=1)), 60)
    days, hours = divmod(hours, 24)
    parts = (("day", days), ("hour", hours), ("minute", minutes))
    return " ".join(format_unit(n, f"duration-{unit}", "long", locale=locale) for unit, n in parts if n)


def say_bookings(bookings: Iterable[Entry], zone: ZoneInfo, locale: str) -> str:
    """«№ 3 (пн 23.11, 11:00), № 5 (…)»; of a request its number alone."""
    return ", ".join(
        f"№ {entry.number} ({say_moment_short(entry.starts_at, zone, locale)})" if isinstance(entry, Booking) else f"№ {entry.number}"
        for entry in bookings
    )


def say_another(others: Iterable[Booking], zone: ZoneInfo, locale: str) -> str:
    """What stands before the question for one more booking."""
    return P.say(locale, "question.another", bookings=say_bookings(others, zone, locale))


def ask(proposal: Proposal, zone: ZoneInfo, locale: str, *, others: Iterable[Booking] = ()) -> str:
    """The question that a plain «да» answers. ``others`` are the client's bookings that a new one would stand beside."""
    beside, question = list(others), _ask(proposal, zone, locale)
    return f"{say_another(beside, zone, locale)} {question}" if beside else question


def _ask(proposal: Proposal, zone: ZoneInfo, locale: str) -> str:
    service = f"{sentence(proposal.service)}. " if proposal.service else ""
    if proposal.starts_at is None:
        wish = P.say(locale, "question.wish", wish=proposal.wish) + " " if proposal.wish else ""
        key = "request" if proposal.kind is ProposalKind.BOOK else "cancel_request"
        return P.say(locale, f"question.{key}", service=service, wish=wish, number=proposal.number)
    values = {"number": proposal.number, "moment": say_moment(proposal.starts_at, zone, locale), "service": service}
    match proposal.kind:
        case ProposalKind.BOOK | ProposalKind.CANCEL:
            return P.say(locale, f"question.{proposal.kind.value}", **values)
        case ProposalKind.MOVE:
            previous = proposal.previous_start or proposal.starts_at
            return P.say(locale, "question.move", **values, previous=say_moment(previous, zone, locale))
        case _:
            assert_never(proposal.kind)


def explain_obstacle(obstacle: Obstacle, zone: ZoneInfo, locale: str) -> str:
    """Why the wished time cannot be had, truthfully."""
    day = sentence(say_day(obstacle.first_day, locale))
    match obstacle.refusal:
        case Refusal.CLOSED_DAY:
            return P.say(locale, "refusal.closed_day" if obstacle.first_day == obstacle.last_day else "refusal.closed_days", day=day)
        case Refusal.CLOSED_HOURS if obstacle.openings:
            return P.say(locale, "refusal.closed_hours", day=day, hours=_say_openings(obstacle.openings, zone))
        case Refusal.CLOSED_HOURS:
            return P.say(locale, "refusal.closed_now")
        case Refusal.NO_TIME_LEFT if obstacle.is_overnight or not obstacle.openings:
            return P.say(locale, "refusal.overnight", duration=say_duration(obstacle.duration, locale))
        case Refusal.NO_TIME_LEFT:
            closes = obstacle.openings[-1].closes.astimezone(zone)
            return P.say(locale, "refusal.no_time_left", closes=f"{closes:%H:%M}", duration=say_duration(obstacle.duration, locale))
        case Refusal.TAKEN | Refusal.NEVER | Refusal.PAST | Refusal.TOO_SOON | Refusal.TOO_FAR:
            return P.say(locale, f"refusal.{obstacle.refusal.value}")
        case _:
            assert_never(obstacle.refusal)


def explain_problem(problem: Problem, zone: ZoneInfo, locale: str) -> str:
    """A refused change as a sentence for the client; ``PROBLEMS`` is what there is to catch."""
    number, bookings = None, ""
    match problem:
        case SlotTaken():
            key = "slot_taken"
        case SlotUnknown():
            key = "slot_unknown"
        case ProposalExpired():
            key = "proposal_expired"
        case ProposalUnknown():
            key = "proposal_unknown"
        case SecondWish():
            key, bookings = "second_wish", say_bookings(problem.others, zone, locale)
        case BookingUnknown():
            key, number = "no_bookings" if problem.number is None else "booking_unknown", problem.number
        case BookingUnclear():
            key, bookings = "booking_unclear", say_bookings(problem.bookings, zone, locale)
        case _:
            assert_never(problem)
    return P.say(locale, f"problem.{key}", number=number, bookings=bookings)


def sentence(text: str) -> str:
    """With a capital, and otherwise as it is."""
    return text[:1].upper() + text[1:]


def _say_openings(openings: Iterable[Window], zone: ZoneInfo) -> str:
    return ", ".join(_say_clocks(window.opens.astimezone(zone).time(), window.closes.astimezone(zone).time()) for window in openings)


def _say_clocks(start: time, end: time) -> str:
    return f"{start:%H:%M}–{end:%H:%M}" if MIDNIGHT < end < time.max else f"{start:%H:%M}–24:00"
