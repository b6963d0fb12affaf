"""The file for the client's calendar, read back by the library that calendars are read with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from tests.bookings.conftest import NOW, at
from tests.bookings.test_card import BOOKING, DETAILS
from valera.bookings.life.booking import Booking
from valera.bookings.life.status import Status
from valera.bookings.telling.calendar_file import calendar_file


def read(booking: Booking, *, locale: str = "ru", shop: str = "Гараж") -> tuple[Calendar, Any]:
    document = calendar_file(booking, replace(DETAILS, shop=shop), rest=timedelta(minutes=15), now=NOW, locale=locale)
    calendar = Calendar.from_ical(document.file.text)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_it_says_what_the_card_says_in_utc_without_the_bays_rest() -> None:
    calendar, event = read(BOOKING)
    assert (str(calendar["METHOD"]), str(event["STATUS"])) == ("PUBLISH", "CONFIRMED")
    assert event.decoded("DTSTART") == at(23, 11)
    assert event.decoded("DTSTART").utcoffset() == timedelta(0)
    assert event.decoded("DTEND") == at(23, 12) - timedelta(minutes=15)
    assert str(event["SUMMARY"]) == "Гараж: запись № 12"
    assert str(event["LOCATION"]) == "ул. Вымышленная, 1"
    assert str(event["DESCRIPTION"]) == "Покраска бампера\n+7 916 000-00-00"
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("TRIGGER") == -timedelta(hours=2)


def test_a_move_replaces_what_the_calendar_has() -> None:
    _, before = read(BOOKING)
    _, after = read(replace(BOOKING, starts_at=at(24, 15), ends_at=at(24, 16), revision=BOOKING.revision + 1))
    assert before["UID"] == after["UID"] == "booking-12@garage.valera"
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_a_cancellation_takes_it_out() -> None:
    calendar, event = read(replace(BOOKING, status=Status.CANCELLED, revision=3))
    assert (str(calendar["METHOD"]), str(event["STATUS"]), event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 3)
    assert str(event["UID"]) == "booking-12@garage.valera"
    assert str(event["ORGANIZER"]) == "https://t.me/garage_bot"
    assert event.walk("VALARM") == []


@pytest.mark.parametrize("shop", ["A, B; C", 'Сервис "У дороги"', "Строка\nдругая", "BEGIN:VEVENT\r\nSUMMARY:чужое", "я" * 300])
def test_a_name_of_any_kind_stays_one_value_in_folded_lines(shop: str) -> None:
    text = calendar_file(BOOKING, replace(DETAILS, shop=shop), rest=timedelta(0), now=NOW, locale="en").file.text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    assert str(event["SUMMARY"]).replace("\r\n", "\n") == f"{shop}: booking No. 12".replace("\r\n", "\n")
