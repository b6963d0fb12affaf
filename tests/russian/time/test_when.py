"""Everyday time, seen from Sunday, 22 November 2026, 14:05 in Moscow."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.russian.time.when import Question, Unclear, Wish, read_wish

MOSCOW = ZoneInfo("Europe/Moscow")
EARLIEST, LATEST = datetime(2020, 1, 1), datetime(2035, 1, 1)  # noqa: DTZ001 - hypothesis wants them naive
NOW = datetime(2026, 11, 22, 14, 5, tzinfo=MOSCOW)

EXACT = [
    ("завтра в 11", "23 11:00"),
    ("Завтра В 11!", "23 11:00"),
    ("завтра 11", "23 11:00"),
    ("завтра, 11:00", "23 11:00"),
    ("завтра на час дня", "23 13:00"),
    ("в субботу в 11 вместо среды", "28 11:00"),
    ("завтра\u00a0в\u00a011:00", "23 11:00"),
    ("завтра👍в 11", "23 11:00"),
    ("зафтра в 10", "23 10:00"),
    ("ЗАВТРА В ОДИННАДЦАТЬ", "23 11:00"),
    ("за\u0301втра в 11", "23 11:00"),
    ("в 11", "23 11:00"),
    ("в 15", "22 15:00"),
    ("в 19", "22 19:00"),
    ("в 3", "22 15:00"),
    ("в 9 утра", "23 09:00"),
    ("завтра в 08:00", "23 08:00"),
    ("послезавтра часиков в десять", "24 10:00"),
    ("после завтра в 12", "24 12:00"),
    ("28 ноября в 15:30", "28 15:30"),
    ("28.11 в 9", "28 09:00"),
    ("28/11 в 9.30", "28 09:30"),
    ("28.11.2026 в 14.00", "28 14:00"),
    ("2026-11-28 10:00", "28 10:00"),
    ("двадцать восьмого в десять", "28 10:00"),
    ("28-го, часа в 3", "28 15:00"),
    ("завтра в пол одиннадцатого", "23 10:30"),
    ("завтра в полодиннадцатого", "23 10:30"),
    ("завтра в пол-одиннадцатого", "23 10:30"),
    ("завтра в половине десятого", "23 09:30"),
    ("завтра без четверти десять", "23 09:45"),
    ("завтра без 15 десять", "23 09:45"),
    ("в четверть десятого завтра", "23 09:15"),
    ("завтра в 20 минут одиннадцатого", "23 10:20"),
    ("завтра к девяти", "23 09:00"),
    ("завтра около 10", "23 10:00"),
    ("завтра часам к десяти", "23 10:00"),
    ("завтра в час", "23 13:00"),
    ("завтра в три", "23 15:00"),
    ("завтра в 3 часа дня", "23 15:00"),
    ("завтра полдень", "23 12:00"),
    ("завтра в 10-30", "23 10:30"),
    ("завтра в 10 30", "23 10:30"),
    ("завтра в десять тридцать", "23 10:30"),
    ("завтра в 10ч30", "23 10:30"),
    ("завтра в 10 часов 30 минут", "23 10:30"),
    ("завтра вечером в 7", "23 19:00"),
    ("в 7 вечера завтра", "23 19:00"),
    ("пт 18:00", "27 18:00"),
    ("во вт в 10", "24 10:00"),
    ("в среду 25 ноября в 10", "25 10:00"),
    ("в понедельник через неделю в 10", "30 10:00"),
    ("через неделю в понедельник в 10", "30 10:00"),
    ("завтра, ой, послезавтра в 12", "24 12:00"),
    ("завтра в 11, нет, лучше в 12", "23 12:00"),
    ("завтра в 11, нет, послезавтра", "24 11:00"),
    ("Я записан на завтра в 11, перенесите на пятницу на 15:00", "27 15:00"),
    ("с понедельника на среду перенесите, в 15:00", "25 15:00"),
    ("нет, в 14 не могу. можно в 16?", "22 16:00"),
    ("завтра в 11 не могу, в 15", "23 15:00"),
    ("завтра к 12-ти", "23 12:00"),
    ("завтра в 12 бампер покрасить", "23 12:00"),
    ("в понедельник в 11 полировка фар", "23 11:00"),
    ("запишите меня на 25 ноября на 10:30", "25 10:30"),
    ("царапина 10 см, подъеду в субботу к 12", "28 12:00"),
    ("в пятницу, 27-го, в 5 вечера", "27 17:00"),
    ("мазда 3 2015 года, бампер за 20000, завтра в 11", "23 11:00"),
]
STRETCHES = [
    ("завтра", "23 00:00", "24 00:00"),
    ("сегодня", "22 14:05", "23 00:00"),
    ("в субботу после обеда", "28 13:00", "28 18:00"),
    ("через неделю вечером", "29 17:00", "29 22:00"),
    ("28-го", "28 00:00", "29 00:00"),
    ("на двадцать пятое", "25 00:00", "26 00:00"),
    ("25 числа", "25 00:00", "26 00:00"),
    ("на выходных", "28 00:00", "30 00:00"),
    ("в ближайшие выходные", "28 00:00", "30 00:00"),
    ("сегодня до шести", "22 14:05", "22 18:00"),
    ("в понедельник, нет, лучше во вторник", "24 00:00", "25 00:00"),
    ("завтра утром", "23 06:00", "23 12:00"),
    ("завтра с утра", "23 06:00", "23 12:00"),
    ("утром", "23 06:00", "23 12:00"),
    ("днём", "22 14:05", "22 17:00"),
    ("вечером", "22 17:00", "22 22:00"),
    ("через 2 часа", "22 16:05", "22 17:05"),
    ("через полчаса", "22 14:35", "22 15:35"),
    ("часа через два", "22 16:05", "22 17:05"),
    ("через 3 дня", "25 00:00", "26 00:00"),
    ("через пару дней", "24 00:00", "25 00:00"),
    ("после 18", "22 18:00", "23 00:00"),
    ("завтра после шести", "23 18:00", "24 00:00"),
    ("завтра не раньше 12", "23 12:00", "24 00:00"),
    ("завтра не позже 15", "23 00:00", "23 15:00"),
    ("завтра до обеда", "23 06:00", "23 13:00"),
    ("завтра в обед", "23 12:00", "23 14:00"),
    ("завтра с 10 до 12", "23 10:00", "23 12:00"),
    ("завтра 10-12", "23 10:00", "23 12:00"),
    ("завтра часов в 10-11", "23 10:00", "23 11:00"),
    ("завтра с 5 до 8", "23 17:00", "23 20:00"),
    ("завтра между 10 и 12", "23 10:00", "23 12:00"),
    ("завтра во второй половине дня", "23 13:00", "23 22:00"),
    ("ближе к вечеру завтра", "23 16:00", "23 20:00"),
    ("в пятницу после работы", "27 18:00", "27 22:00"),
    ("в следующий вторник", "24 00:00", "25 00:00"),
    ("во вторник на следующей неделе", "24 00:00", "25 00:00"),
    ("в воскресенье", "29 00:00", "30 00:00"),
    ("субота", "28 00:00", "29 00:00"),
    ("во вторнек", "24 00:00", "25 00:00"),
    ("на следующей неделе", "23 00:00", "30 00:00"),
    ("с понедельника по среду", "23 00:00", "26 00:00"),
    ("24-26 ноября", "24 00:00", "27 00:00"),
    ("с 24 по 26 ноября", "24 00:00", "27 00:00"),
    ("до пятницы", "22 14:05", "27 00:00"),
    ("в субботу или воскресенье", "28 00:00", "30 00:00"),
    ("в субботу меня стукнули, можно завтра?", "23 00:00", "24 00:00"),
    ("не в понедельник, а во вторник", "24 00:00", "25 00:00"),
    ("завтра не могу, давайте в среду", "25 00:00", "26 00:00"),
    ("в субботу утром, нет, вечером", "28 17:00", "28 22:00"),
    ("завтра в 11, нет, лучше в субботу вечером", "28 17:00", "28 22:00"),
    ("завтра в любое время", "23 00:00", "24 00:00"),
    ("перенесите с завтра на пятницу", "27 00:00", "28 00:00"),
    ("я вчера звонил, хочу на среду", "25 00:00", "26 00:00"),
    ("Я записан на завтра в 11, перенесите на пятницу", "27 00:00", "28 00:00"),
    ("завтра в 5 классе", "23 00:00", "24 00:00"),
]
NOTHING = [
    "сколько стоит бампер",
    "поменять 4 колеса",
    "от 5 до 7 тысяч",
    "в 2 раза дешевле",
    "вчера попал в аварию",
    "скиньте 8 916 123 45 67",
    "второго класса",
    "на 15 минут",
    "диски на 17 покрасить",
    "на 17 дюймов",
    "",
    "👍",
    "до завтра!",
    "бампер на мазду 3",
    "в 1 класс",
    "скидка до 10%",
    "по 2 слоя",
    "х5",
    "мазда 6 2012 г.",
    "RAV4",
    "был у вас в субботу",
    "приезжал на прошлой неделе",
    "32.13",
    "в 25:61",
    "покрасить в 3 слоя",
    "с 2 сторон",
    "12.5 литров",
    "1/2 бампера",
]


def _local(written: str) -> datetime:
    day, clock = written.split()
    return datetime.combine(date(2026, 11, int(day)), time.fromisoformat(clock), MOSCOW)


@pytest.mark.parametrize(("text", "expected"), EXACT)
def test_one_moment_is_wished(text: str, expected: str) -> None:
    wish = read_wish(text, now=NOW, zone=MOSCOW)
    assert isinstance(wish, Wish), wish
    assert (wish.start, wish.exact) == (_local(expected), True)


@pytest.mark.parametrize(("text", "start", "end"), STRETCHES)
def test_a_stretch_of_time_is_wished(text: str, start: str, end: str) -> None:
    wish = read_wish(text, now=NOW, zone=MOSCOW)
    assert isinstance(wish, Wish), wish
    assert (wish.start, wish.end, wish.exact) == (_local(start), _local(end), False)


@pytest.mark.parametrize("text", NOTHING)
def test_no_time_is_named(text: str) -> None:
    assert read_wish(text, now=NOW, zone=MOSCOW) is None


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("сегодня в 9", Question.TIME_PASSED),
        ("сегодня утром", Question.TIME_PASSED),
        ("20 ноября", Question.DAY_PASSED),
        ("31 ноября", Question.NO_SUCH_DAY),
        ("30.02 в 10", Question.NO_SUCH_DAY),
        ("в среду или пятницу", Question.WHICH_DAY),
        ("в среду, 26 ноября", Question.WHICH_DAY),
        ("через день", Question.WHICH_DAY),
        ("через 999999999 недель", Question.TOO_FAR),
        ("3 января 2030", Question.TOO_FAR),
    ],
)
def test_what_cannot_be_offered_is_asked_back(text: str, question: Question) -> None:
    unclear = read_wish(text, now=NOW, zone=MOSCOW)
    assert isinstance(unclear, Unclear)
    assert unclear.question_key == question


def test_a_passed_hour_offers_its_evening_and_tomorrow() -> None:
    unclear = read_wish("сегодня в 9", now=NOW, zone=MOSCOW)
    assert isinstance(unclear, Unclear)
    assert unclear.options == ("воскресенье, 22 ноября, 21:00", "понедельник, 23 ноября, 09:00")


@pytest.mark.parametrize("text", ["как можно скорее", "в ближайшее время", "срочно!", "можно сейчас подъехать?"])
def test_soonest_begins_now(text: str) -> None:
    wish = read_wish(text, now=NOW, zone=MOSCOW)
    assert isinstance(wish, Wish)
    assert (wish.soonest, wish.start) == (True, NOW)


def test_hours_bind_every_day_of_a_stretch() -> None:
    wish = read_wish("на следующей неделе после 18:00", now=NOW, zone=MOSCOW)
    assert isinstance(wish, Wish)
    assert wish.hours is not None
    assert wish.hours[0].hour == 18
    assert wish.start == _local("23 18:00")


def test_about_softens_an_hour() -> None:
    about, sharp = (read_wish(text, now=NOW, zone=MOSCOW) for text in ("завтра около 10", "завтра ровно в 10"))
    assert isinstance(about, Wish)
    assert isinstance(sharp, Wish)
    assert (about.about, sharp.about) == (True, False)


def test_next_year_is_meant_when_this_one_has_passed_long_ago() -> None:
    wish = read_wish("5 января в 10", now=NOW, zone=MOSCOW)
    assert isinstance(wish, Wish)
    assert wish.start == datetime(2027, 1, 5, 10, tzinfo=MOSCOW)


def test_thirty_first_waits_for_a_month_that_has_it() -> None:
    wish = read_wish("31-го", now=NOW, zone=MOSCOW)
    assert isinstance(wish, Wish)
    assert wish.start.date() == date(2026, 12, 31)


def test_tomorrow_is_the_shops_tomorrow() -> None:
    moment = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    starts = []
    for name in ("Europe/Moscow", "Asia/Vladivostok"):
        wish = read_wish("завтра в 11", now=moment, zone=ZoneInfo(name))
        assert isinstance(wish, Wish)
        starts.append(wish.start.date())
    assert starts == [date(2026, 11, 23), date(2026, 11, 24)]


def test_an_hour_that_summer_time_leaves_out_moves_on() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    wish = read_wish("завтра в 02:30", now=datetime(2026, 3, 28, 12, tzinfo=berlin), zone=berlin)
    assert isinstance(wish, Wish)
    assert wish.start == datetime(2026, 3, 29, 3, 30, tzinfo=berlin)
    assert wish.end.astimezone(UTC) > wish.start.astimezone(UTC)


def test_two_hours_later_counts_real_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 10, 25, 1, 30, tzinfo=berlin)
    wish = read_wish("через 2 часа", now=now, zone=berlin)
    assert isinstance(wish, Wish)
    assert wish.start.astimezone(UTC) - now.astimezone(UTC) == timedelta(hours=2)


WORDS = """
завтра сегодня послезавтра в на к до после с по через или нет лучше не понедельник субботу выходных неделю неделе следующей 5 11 28 31
15:30 28.11 30.02 утра вечером обеда ночью часов полчаса ноября февраля го - , . пол двенадцатого без четверти час дня месяца конце
начале январе 99 2026 кроме бампер
"""


@given(
    st.lists(st.sampled_from(WORDS.split()), max_size=9).map(" ".join) | st.text(max_size=60),
    st.datetimes(EARLIEST, LATEST),
    st.sampled_from(
        ["Europe/Moscow", "Europe/Berlin", "Asia/Vladivostok", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"]
    ),
)
def test_any_wish_is_aware_and_has_a_length(text: str, moment: datetime, zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    now = moment.replace(tzinfo=UTC)
    wish = read_wish(text, now=now, zone=zone)
    if isinstance(wish, Wish):
        assert wish.start.tzinfo is zone
        assert wish.end.tzinfo is zone
        assert wish.end.astimezone(UTC) > wish.start.astimezone(UTC)
        assert wish.start.astimezone(UTC) >= now.replace(second=0, microsecond=0)
