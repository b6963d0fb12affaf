"""One price cell at a time: every spelling that lists were seen to use, and what must not become a price."""

from __future__ import annotations

from decimal import Decimal

import pytest

from valera.pricing.price_list import Price
from valera.pricing.reading.draft import DoubtKind
from valera.pricing.reading.price_cell import find_currencies, find_decimal_mark, read_cell


def exactly(amount: str) -> Price:
    return Price(Decimal(amount))


def at_least(amount: str) -> Price:
    return Price(Decimal(amount), is_from=True)


def between(amount: str, upto: str) -> Price:
    return Price(Decimal(amount), Decimal(upto))


def at_most(amount: str) -> Price:
    return Price(Decimal(amount), Decimal(amount))


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("22000", exactly("22000")),
        ("22 000", exactly("22000")),
        ("22\u00a0000", exactly("22000")),
        ("22\u202f000", exactly("22000")),
        ("22'000", exactly("22000")),
        ("22 000,000", exactly("22000")),
        ("1 250 000", exactly("1250000")),
        ("1.500,00", exactly("1500")),
        ("1,500.00", exactly("1500")),
        ("1.250.000", exactly("1250000")),
        ("1500,50", exactly("1500.5")),
        ("0,500", exactly("0.5")),
        ("16 000 руб.", exactly("16000")),
        ("16000р", exactly("16000")),
        ("16 000 ₽", exactly("16000")),
        ("$ 150", exactly("150")),
        ("1500-00", exactly("1500")),
        ("1500=", exactly("1500")),
        ("1500-", exactly("1500")),
        ("7 т.р.", exactly("7000")),
        ("22к", exactly("22000")),
        ("1,5 тыс. руб.", exactly("1500")),
        ("от 5000", at_least("5000")),
        ("От 16 000", at_least("16000")),
        ("от5000", at_least("5000")),
        ("from 300", at_least("300")),
        ("5000+", at_least("5000")),
        ("5 000 руб +", at_least("5000")),
        ("3000-5000", between("3000", "5000")),
        ("3000 – 5000 руб.", between("3000", "5000")),
        ("от 3000 до 5000", between("3000", "5000")),
        ("3-5 тыс.", between("3000", "5000")),
        ("3 т.р. - 5 т.р.", between("3000", "5000")),
        ("3000…5000", between("3000", "5000")),
        ("5000-5000", exactly("5000")),
        ("до 7000", at_most("7000")),
        ("до 7 т.р.", at_most("7000")),
        ("1200 руб/час", exactly("1200")),
        ("1200/м2", exactly("1200")),
        ("500 за элемент", exactly("500")),
        ("99999999", exactly("99999999")),
    ],
)
def test_price_is_read(text: str, price: Price) -> None:
    cell = read_cell(text)

    assert cell.price == price
    assert cell.doubt is None


@pytest.mark.parametrize("text", ["", "  ", "-", "—", "\u200b", "x", "нет"])
def test_blank_means_not_for_this_class(text: str) -> None:
    assert read_cell(text).is_blank


@pytest.mark.parametrize("text", ["договорная", "По запросу", "бесплатно", "цена после осмотра", "уточняйте", "звоните"])
def test_words_instead_of_a_price_are_on_request(text: str) -> None:
    cell = read_cell(text)

    assert cell.price is None
    assert cell.is_on_request


OTHER_NUMBERS = (
    "2 класс|1 день|2 ч|1,5 часа|15%|10:00|9-20 ч|5 шт|№ 5|R16|300 мл|15 000 / 20 000|12 34|5000 или 7000|около 5000"
    "|8 (916) 123-45-67|1.2.3|Тонировка 5%|2 (малые)"
)


@pytest.mark.parametrize("text", OTHER_NUMBERS.split("|"))
def test_other_numbers_are_doubted_not_guessed(text: str) -> None:
    cell = read_cell(text)

    assert cell.price is None
    assert cell.doubt is DoubtKind.NOT_A_PRICE


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("10.12.2024", DoubtKind.DATE),
        ("1/2/25", DoubtKind.DATE),
        ("2024-12-10 00:00:00", DoubtKind.DATE),
        ("=B2*2", DoubtKind.FORMULA),
        ("=cmd|' /C calc'!A0", DoubtKind.FORMULA),
        ("0", DoubtKind.NOMINAL),
        ("1,00 руб.", DoubtKind.NOMINAL),
        ("5000 " + "с пояснением " * 20, DoubtKind.NOT_A_PRICE),
        ("1." * 1000, DoubtKind.NOT_A_PRICE),
    ],
)
def test_what_is_no_price_is_told_by_its_kind(text: str, doubt: DoubtKind) -> None:
    cell = read_cell(text)

    assert cell.price is None
    assert cell.doubt is doubt


@pytest.mark.parametrize("text", ["0", "100000000", "от 0", "0,001"])
def test_amounts_out_of_bounds_are_no_prices(text: str) -> None:
    assert read_cell(text).price is None


def test_remark_in_brackets_keeps_the_price_and_is_doubted() -> None:
    cell = read_cell("3 000 руб. (без материала)")

    assert cell.price == exactly("3000")
    assert cell.doubt is DoubtKind.REMARK


def test_material_on_top_makes_it_the_least_price() -> None:
    cell = read_cell("5000 + материалы")

    assert cell.price == at_least("5000")
    assert cell.doubt is DoubtKind.REMARK


def test_reversed_range_is_turned_and_doubted() -> None:
    cell = read_cell("5000-3000")

    assert cell.price == between("3000", "5000")
    assert cell.doubt is DoubtKind.REVERSED


def test_lone_mark_before_three_digits_groups_thousands_and_is_doubted() -> None:
    cell = read_cell("18.000")

    assert cell.price == exactly("18000")
    assert cell.doubt is DoubtKind.AMBIGUOUS_NUMBER


def test_the_rest_of_the_list_decides_what_the_mark_means() -> None:
    assert find_decimal_mark(["22 000,000", "500,000"]) == ","
    assert read_cell("500,000", ",").price == exactly("500")
    assert read_cell("18.000", ",").price == exactly("18000")
    assert read_cell("18.000", ",").doubt is None


def test_marks_that_disagree_tell_nothing() -> None:
    assert find_decimal_mark(["1500,50", "1500.50"]) is None


@pytest.mark.parametrize(
    ("text", "currencies"), [("Цена, руб.", {"RUB"}), ("150 $", {"USD"}), ("5000₸", {"KZT"}), ("Ремонт", set()), ("Грунтовка", set())]
)
def test_currencies_are_seen_only_as_signs(text: str, currencies: set[str]) -> None:
    assert find_currencies(text) == currencies
