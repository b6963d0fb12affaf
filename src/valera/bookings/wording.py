"""Moments, durations and refusals in the words of a shop's locale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_datetime, format_timedelta

from valera.bookings.proposal import BookingUnclear, BookingUnknown, ProposalExpired, ProposalUnknown, SlotTaken, SlotUnknown
from valera.bookings.slots import Refusal
from valera.kit.phrases import Phrases
from valera.russian.when import format_moment, format_moment_short

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from valera.bookings.slots import Diary
    from valera.bookings.proposal import Booking
    from valera.kit.errors import ValeraError
    from valera.russian.when import Wish

P = Phrases.load("valera.bookings")
RUSSIAN = "ru"


def say_moment(moment: datetime, zone: ZoneInfo, locale: str) -> str:
    """«понедельник, 23 ноября, 11:00»"""
    if locale == RUSSIAN:
        return format_moment(moment, zone)
    return format_datetime(moment.astimezone(zone), "EEEE, d MMMM, HH:mm", locale=locale)


def say_moment_short(moment: datetime, zone: ZoneInfo, locale: str) -> str:
    """«пн 23.11, 11:00»: fits on a button."""
    if locale == RUSSIAN:
        return format_moment_short(moment, zone)
    return format_datetime(moment.astimezone(zone), "EEE d MMM, HH:mm", locale=locale)


def say_duration(duration: timedelta, locale: str) -> str:
    return format_timedelta(duration, locale=locale, threshold=1.5)


def say_bookings(bookings: list[Booking], zone: ZoneInfo, locale: str) -> str:
    """«№ 3 (пн 23.11, 11:00), № 5 (…)»"""
    return ", ".join(f"№ {booking.number} ({say_moment_short(booking.starts_at, zone, locale)})" for booking in bookings)
