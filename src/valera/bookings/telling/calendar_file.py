"""A booking as a file for the client's calendar (iCalendar, RFC 5545; PUBLISH and CANCEL as RFC 5546 means them).

``UID`` stays the same for the whole life of a booking and ``SEQUENCE`` grows with each change, so a calendar replaces what it has.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from valera.bookings.life.status import Status
from valera.bookings.telling.wording import P, sentence
from valera.telegram.outbox.document import Document, File

if TYPE_CHECKING:
    from datetime import datetime

    from valera.bookings.life.booking import Booking
    from valera.bookings.telling.details import Details

ALARM = timedelta(hours=2)
MEDIA_TYPE = "text/calendar"


def calendar_file(booking: Booking, details: Details, *, rest: timedelta, now: datetime, locale: str) -> Document:
    """``rest``: the minutes after the work for which the bay stays taken are no concern of the client's."""
    is_cancelled = booking.status is Status.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", "-//Valera//bookings//RU")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    calendar.add_component(_event(booking, details, rest=rest, now=now, locale=locale))
    file = File(P.say(locale, "calendar.file", number=booking.number), MEDIA_TYPE, calendar.to_ical().decode())
    return Document(file, P.say(locale, "calendar.caption_cancelled" if is_cancelled else "calendar.caption"))


def _event(booking: Booking, details: Details, *, rest: timedelta, now: datetime, locale: str) -> Event:
    is_cancelled = booking.status is Status.CANCELLED
    event = Event()
    event.add("uid", f"booking-{booking.number}@{details.slug}.valera")
    event.add("sequence", booking.revision)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", booking.starts_at.astimezone(UTC))
    event.add("dtend", max(booking.ends_at - rest, booking.starts_at + timedelta(minutes=5)).astimezone(UTC))
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("summary", P.say(locale, "calendar.title", shop=details.shop, number=booking.number))
    event.add("organizer", _organizer(details))
    if details.address:
        event.add("location", details.address)
    if description := [line for line in (sentence(booking.service), details.phone) if line]:
        event.add("description", "\n".join(description))
    if not is_cancelled:
        event.add_component(_alarm(details, locale))
    return event


def _organizer(details: Details) -> vCalAddress:
    """Both methods want one; a shop's is its bot."""
    organizer = vCalAddress(f"https://t.me/{details.bot}" if details.bot else "https://t.me/")
    organizer.params["cn"] = vText(details.shop)
    return organizer


def _alarm(details: Details, locale: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -ALARM)
    alarm.add("description", P.say(locale, "calendar.alarm", shop=details.shop))
    return alarm
