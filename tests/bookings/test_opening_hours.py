"""Opening hours as owners write them."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.bookings.schedule.hours_grammar import HoursUnreadable
from valera.bookings.schedule.opening_hours import OpeningHours, format_hours, parse_hours

READ = {
    "пн-пт 9-20, сб 9-18; вс выходной": "пн–пт 9:00–20:00, сб 9:00–18:00, вс выходной",
    "ежедневно 9:00-21:00": "ежедневно 9:00–21:00",
    "пн–сб с 9 до 20": "пн–сб 9:00–20:00, вс выходной",
    "круглосуточно": "круглосуточно",
    "mon-fri 9-18": "пн–пт 9:00–18:00, сб–вс выходной",
    "9-20": "ежедневно 9:00–20:00",
    "9-20 вс выходной": "пн–сб 9:00–20:00, вс выходной",
    "9-20, вс выходной": "пн–сб 9:00–20:00, вс выходной",
    "с 9-00 до 20-00 без выходных": "ежедневно 9:00–20:00",
    "9-00 - 20-00": "ежедневно 9:00–20:00",
    "Пн.-Пт.: 9.00 – 20.00. Сб: 10.00 – 16.00. Вс — выходной": "пн–пт 9:00–20:00, сб 10:00–16:00, вс выходной",
    "пн-пт 9-18 (обед 13-14), сб, вс выходные": "пн–пт 9:00–13:00, 14:00–18:00, сб–вс выходной",
    "пн-пт с 8:30 до 17:30, перерыв на обед с 12 до 13": "пн–пт 8:30–12:00, 13:00–17:30, сб–вс выходной",
    "пн-пт 9-18 без обеда": "пн–пт 9:00–18:00, сб–вс выходной",
    "будни 8-20, выходные 10-18": "пн–пт 8:00–20:00, сб–вс 10:00–18:00",
    "по будням с 8 до 20, в субботу с 10 до 16": "пн–пт 8:00–20:00, сб 10:00–16:00, вс выходной",
    "Mon-Fri 9am-6pm, Sat 10am - 4pm": "пн–пт 9:00–18:00, сб 10:00–16:00, вс выходной",
    "weekdays from 8 to 20, weekends 10-18": "пн–пт 8:00–20:00, сб–вс 10:00–18:00",
    "с понедельника по пятницу с 9 утра до 8 вечера": "пн–пт 9:00–20:00, сб–вс выходной",
    "9-17 mon-fri": "пн–пт 9:00–17:00, сб–вс выходной",
    "9-20 пн-пт, 10-18 сб-вс": "пн–пт 9:00–20:00, сб–вс 10:00–18:00",
    "пн, ср и пт 10-19": "пн 10:00–19:00, вт выходной, ср 10:00–19:00, чт выходной, пт 10:00–19:00, сб–вс выходной",
    "вс-вт 10-20": "пн–вт 10:00–20:00, ср–сб выходной, вс 10:00–20:00",
    "пт 18-24, сб 0-2": "пн–чт выходной, пт 18:00–24:00, сб 0:00–2:00, вс выходной",
    "24/7": "круглосуточно",
    "пн-вс круглосуточно": "круглосуточно",
    "круглосуточно, без выходных": "круглосуточно",
    "пн 0-0": "пн круглосуточно, вт–вс выходной",
    "00:00-24:00": "круглосуточно",
    "пн-пт 9-13, 14-18": "пн–пт 9:00–13:00, 14:00–18:00, сб–вс выходной",
    "пн 9-13, пн 14-18": "пн 9:00–13:00, 14:00–18:00, вт–вс выходной",
    "ежедневно 9-21, вс 10-18": "пн–сб 9:00–21:00, вс 10:00–18:00",
    "ежедневно 9-21, вс выходной": "пн–сб 9:00–21:00, вс выходной",
    "с 8 до 24 часов": "ежедневно 8:00–24:00",
    "7 дней в неделю с 9ч до 21ч": "ежедневно 9:00–21:00",
    "с 10 утра до 12 ночи": "ежедневно 10:00–24:00",
    "с 10 утра до 12 вечера": "ежедневно 10:00–24:00",
    "Пн—Пт 09:00—20:00\nСб 10:00—16:00": "пн–пт 9:00–20:00, сб 10:00–16:00, вс выходной",
    "Часы работы: каждый день с 9 до 21": "ежедневно 9:00–21:00",
    "ПОНЕДЕЛЬНИК - ПЯТНИЦА 9.30-18.30": "пн–пт 9:30–18:30, сб–вс выходной",
    "вторник и четверг с 12 до 20": "пн выходной, вт 12:00–20:00, ср выходной, чт 12:00–20:00, пт–вс выходной",
}

REFUSED = {
    "": "не указаны",
    "   \n": "не указаны",
    "пн-пт 9-26": "«26»",
    "25:00-26:00": "«25:00»",
    "пн 9:75-18": "«9:75»",
    "9-9": "совпадают",
    "18-2": "раньше открытия",
    "пн-пт 20-9": "«пн - пт 20 - 9»",
    "пн 9-18, пн 12-20": "«пн 12 - 20»",
    "9-13, 12-18": "накладываются",
    "пн 9-18, пн выходной": "уже сказано другое",
    "ежедневно 9-18, ежедневно 10-12": "уже сказано другое",
    "когда-нибудь": "«когда-нибудь»",
    "пн-пт 9-20, а там посмотрим": "«а»",
    "пн-пт": "начало и конец",
    "9": "начало и конец",
    "9-": "начало и конец",
    "9--18": "начало и конец",
    "с 9": "начало и конец",
    "выходной": "никогда",
    "пн-вс выходной": "никогда",
    "9-18 сб 10-12": "к каким дням",
    "пн-пт 9-18 перерыв 8-9": "внутри рабочих часов",
    "15 вечера - 20": "такого времени нет",
    "пн-пт 900-1800": "«900",
    "9:00:00-18:00": "«9:00:00",
    "😀": "«😀»",
    "пн-пт 9-18 <b>": "«<b>»",
    "\u202eпн 9-18": "Не понимаю",
}


@pytest.mark.parametrize(("text", "week"), READ.items())
def test_hours_are_read_as_owners_write_them(text: str, week: str) -> None:
    assert format_hours(parse_hours(text), "ru") == week


@pytest.mark.parametrize(("text", "told"), REFUSED.items())
def test_hours_that_make_no_sense_are_refused_by_name(text: str, told: str) -> None:
    with pytest.raises(HoursUnreadable) as refused:
        parse_hours(text)
    assert told in refused.value.detail


def test_a_refusal_speaks_the_language_of_the_shop() -> None:
    with pytest.raises(HoursUnreadable, match="no such time"):
        parse_hours("mon 9-30", "en")


def test_midnight_closes_the_day_that_it_ends() -> None:
    assert parse_hours("пт 18-24") == (OpeningHours(5, time(18), time(0)),)


moments = st.integers(0, 24 * 12).map(lambda fives: fives * 5)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[OpeningHours, ...]:
    """One or two stretches on some days, never touching."""
    week: list[OpeningHours] = []
    for weekday in draw(st.sets(st.integers(1, 7), min_size=1)):
        edges = sorted(draw(st.sets(moments, min_size=2, max_size=4)))
        pairs = zip(edges[::2], edges[1::2], strict=False)
        week += [OpeningHours(weekday, time(a // 60, a % 60), time(b // 60 % 24, b % 60)) for a, b in pairs]
    return tuple(sorted(week, key=lambda stretch: (stretch.weekday, stretch.opens)))


@given(weeks(), st.sampled_from(["ru", "en"]))
def test_every_week_is_read_back_from_its_own_words(week: tuple[OpeningHours, ...], locale: str) -> None:
    assert parse_hours(format_hours(week, locale), locale) == week


@given(st.text(alphabet="пнвтсрчбидо 0123456789-:,;.–\n()", max_size=40))
def test_any_text_is_a_week_or_a_refusal(text: str) -> None:
    refused = ""
    week: tuple[OpeningHours, ...] = ()
    try:
        week = parse_hours(text)
    except HoursUnreadable as refusal:
        refused = refusal.detail
    assert bool(refused) != bool(week)
    assert week == tuple(sorted(week, key=lambda stretch: (stretch.weekday, stretch.opens)))
