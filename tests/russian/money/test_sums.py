"""Money, and what only looks like it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.russian.money.sums import find_percents, find_sums, format_sum

MONEY = [
    ("22 000 ₽", "22000 RUB"),
    ("22\u00a0000\u00a0₽", "22000 RUB"),
    ("22к", "22000"),
    ("22К", "22000"),
    ("22 к руб", "22000 RUB"),
    ("22 т.р.", "22000 RUB"),
    ("22т.р", "22000 RUB"),
    ("22 тр", "22000 RUB"),
    ("22 тыр", "22000 RUB"),
    ("двадцать две тысячи", "22000"),
    ("ДВАДЦАТЬ ДВЕ ТЫСЯЧИ РУБЛЕЙ", "22000 RUB"),
    ("от 5000 до 7000 руб", "5000-7000 RUB"),
    ("от 5 до 7 тысяч", "5000-7000"),
    ("от пяти до семи тысяч", "5000-7000"),
    ("3-5 тысяч", "3000-5000"),
    ("3–5 тыс. руб.", "3000-5000 RUB"),
    ("3—5к", "3000-5000"),
    ("пять-семь тысяч", "5000-7000"),
    ("18.000р", "18000 RUB"),
    ("18,000 руб", "18000 RUB"),
    ("18'000 руб", "18000 RUB"),
    ("1,5 тыс", "1500"),
    ("1.5к", "1500"),
    ("полторы тысячи", "1500"),
    ("полтора ляма", "1500000"),
    ("полтысячи", "500"),
    ("две с половиной тысячи", "2500"),
    ("2 с половиной тыс рублей", "2500 RUB"),
    ("от 18 000 ₽", "от 18000 RUB"),
    ("от\u00a018\u00a0000\u00a0₽", "от 18000 RUB"),
    ("22 тысячи 500 рублей", "22500 RUB"),
    ("двадцать две тысячи пятьсот рублей", "22500 RUB"),
    ("500 руб 50 коп", "500.5 RUB"),
    ("500 р", "500 RUB"),
    ("800р.", "800 RUB"),
    ("$500", "500 USD"),
    ("500 баксов", "500 USD"),
    ("100 евро", "100 EUR"),
    ("25000", "25000"),
    ("2000", "2000"),
    ("за 1500 сделаете?", "1500"),
    ("косарь", "1000"),
    ("пять косарей", "5000"),
    ("5 тыщ", "5000"),
    ("пара тысяч", "2000"),
    ("тысячу рублей", "1000 RUB"),
    ("тысяча двести", "1200"),
    ("1 200 000 руб", "1200000 RUB"),
    ("2 млн", "2000000"),
    ("10 000,000", "10000"),
    ("22000,50 руб", "22000.5 RUB"),
    ("500-1000р", "500-1000 RUB"),
    ("5000 руб/час", "5000 RUB"),
    ("20000р/элемент", "20000 RUB"),
    ("выйдет в 30000.", "30000"),
    ("(25 000)", "25000"),
    ("итого: 45 000", "45000"),
    ("2015 рублей", "2015 RUB"),
    ("от 5000", "от 5000"),
    ("двести рублей", "200 RUB"),
    ("тридцать пять тыщ", "35000"),
    ("пятнадцать тысяч", "15000"),
    ("скинь до 15к", "15000"),
]
NOT_MONEY = [
    "№ 218",
    "№ 4512",
    "заказ № 21800",
    "номер 4512",
    "150 тыс км",
    "пробег 150000",
    "пробег около 90 тысяч",
    "100 000 км",
    "15 тысяч километров",
    "2015 года",
    "2015",
    "в 2021 г.",
    "5 литров",
    "4000 мл",
    "1500 мм",
    "10%",
    "10 процентов",
    "30 минут",
    "5000 оборотов",
    "10 лет",
    "8 916 123 45 67",
    "89161234567",
    "+7 (916) 123-45-67",
    "28.11.2026",
    "28.11",
    "в 10:30",
    "А123ВС777",
    "XTA21099043576543",
    "4276 1234 5678 9012",
    "2114",
    "на ваз 2110",
    "RAV4",
    "мазда 3",
    "5W40",
    "тысяча мелочей",
    "тысячу раз",
    "1500 кг",
    "3 элемента",
    "дом 1500",
    "индекс 420111",
    "220 вольт",
    "https://example.org/price/25000",
    "a5000@example.org",
    "ГОСТ 12345",
    "",
    "бампер",
    "две двери",
    "в пять вечера",
    "2000 года выпуска",
    "паспорт 4509 123456",
    "10000 отзывов",
    "3-5 дней",
    "24/7",
    "приеду в 11 к вам",
    "миллион извинений",
    "1.6 литра",
    "2 двери и 4 колеса",
    "код 5512",
]


def _written(text: str) -> list[str]:
    written: list[str] = []
    for found in find_sums(text):
        upto = f"-{found.upto}" if found.upto is not None else ""
        currency = f" {found.currency}" if found.currency else ""
        written.append(f"{'от ' if found.is_from else ''}{found.amount}{upto}{currency}")
    return written


@pytest.mark.parametrize(("text", "expected"), MONEY)
def test_money(text: str, expected: str) -> None:
    assert _written(text) == [expected]


@pytest.mark.parametrize(("text", "expected"), MONEY)
def test_money_inside_a_sentence(text: str, expected: str) -> None:
    around = f"Бампер: {text}, а завтра в 11:00 посмотрим"
    assert _written(around) == [expected]


@pytest.mark.parametrize("text", NOT_MONEY)
def test_not_money(text: str) -> None:
    assert _written(text) == []


def test_every_sum_of_a_list_is_found_with_its_place() -> None:
    text = "Капот 25 000 ₽, крыло — от 18к, итого 43 000 руб. Телефон 8 916 123-45-67"
    assert [text[found.start : found.end] for found in find_sums(text)] == ["25 000 ₽", "от 18к", "43 000 руб"]


@pytest.mark.parametrize(
    ("text", "value", "upto"),
    [
        ("скидка 10%", 10, None),
        ("5-10 %", 5, 10),
        ("десять процентов", 10, None),
        ("от пяти до десяти процентов", 5, 10),
        ("12,5%", Decimal("12.5"), None),
    ],
)
def test_percents(text: str, value: Decimal, upto: Decimal | None) -> None:
    (found,) = find_percents(text)
    assert (found.value, found.upto) == (value, upto)


def test_how_sums_are_written() -> None:
    assert format_sum(Decimal(18000), is_from=True) == "от\u00a018\u00a0000\u00a0₽"
    assert format_sum(Decimal(3000), Decimal(5000)) == "3\u00a0000–5\u00a0000\u00a0₽"
    assert format_sum(Decimal("99.5"), currency="EUR") == "99,50\u00a0€"


@given(
    st.decimals(1, 9_999_999, places=2),
    st.none() | st.decimals(1, 9_999_999, places=2),
    st.booleans(),
    st.sampled_from(["RUB", "USD", "EUR", "KZT"]),
)
def test_what_is_written_is_read_back(amount: Decimal, more: Decimal | None, is_from: bool, currency: str) -> None:
    upto = amount + more if more is not None else None
    (found,) = find_sums(f"Бампер: {format_sum(amount, upto, is_from and upto is None, currency)}.")
    assert (found.amount, found.upto, found.is_from, found.currency) == (amount, upto, is_from and upto is None, currency)


@given(st.text(max_size=300) | st.text("0123456789 .,-–кКтр₽%руб:", max_size=120))
def test_any_text_is_survived(text: str) -> None:
    for found in (*find_sums(text), *find_percents(text)):
        assert 0 <= found.start < found.end <= len(text)


@pytest.mark.timeout(10)
def test_a_hundred_pages_are_read_to_the_end() -> None:
    """Twenty times the longest message: whatever grows faster than the text would not come back in time."""
    piece = "Бампер 22 000 руб., капот 25к, двери от 18 до 20 тысяч, звоните 8 916 123-45-67. "

    assert len(find_sums(piece * 1000)) == 3 * 1000
