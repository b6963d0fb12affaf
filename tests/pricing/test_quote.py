"""Quotes: the class of the car, totals by code, and everything that must stay open."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.pricing.shop_lists import body_shop, index_of, items_of, mechanics
from valera.pricing.price_import import read_price_list
from valera.pricing.price_list import Price
from valera.pricing.quote import Quote, Request, Total, find_quote, total_of

DRAFT = body_shop()
INDEX = index_of(items_of(DRAFT))


def ask(*works: str, car: str | None = None, car_class: str | None = None) -> Quote:
    return find_quote(INDEX, DRAFT.classes, Request(works, car, car_class))


def prices(quote: Quote) -> list[tuple[str, str | None, int]]:
    return [(found.item.name, found.car_class.name if found.car_class else None, int(found.price.amount)) for found in quote.found]


@pytest.mark.parametrize(
    "request_",
    [
        Request(("покрасить бампер",), car="Камри"),
        Request(("покрасить бампер на тайоте камрюхе",)),
        Request(("покрасить бампер",), car_class="второй"),
        Request(("покрасить бампер",), car="кроссовер"),
        Request(("покрасить бампер, 2 класс",)),
        Request(("покрасить бампер",), car="Camry", car_class="2 класс"),
    ],
)
def test_class_comes_from_the_car_or_the_words(request_: Request) -> None:
    assert prices(find_quote(INDEX, DRAFT.classes, request_)) == [("Бампер", "2 класс", 20000)]


def test_unknown_class_leaves_the_row_open_by_class() -> None:
    quote = ask("покрасить бампер", "покрасить капот")

    assert [item.name for _, item in quote.by_class] == ["Бампер", "Капот"]
    assert quote.found == []
    assert quote.total is None


def test_same_price_for_every_class_needs_no_class() -> None:
    assert prices(ask("антихром решетки")) == [("Решетка радиатора", None, 5000)]


def test_car_and_class_that_disagree_leave_the_class_open() -> None:
    quote = ask("покрасить капот", car="Камри", car_class="1 класс")

    assert quote.car_class is None
    assert len(quote.by_class) == 1


def test_number_of_a_model_is_no_number_of_a_class() -> None:
    assert prices(ask("покрасить капот", car="Камри 3.5")) == [("Капот", "2 класс", 25000)]


def test_two_different_cars_leave_the_class_open() -> None:
    quote = ask("покрасить капот на камри", "покрасить дверь на солярисе")

    assert quote.car is None
    assert len(quote.by_class) == 2


def test_row_without_a_price_for_the_class_names_no_other_price() -> None:
    quote = ask("антикор рамного авто с пробегом", car="Камри")

    assert [(item.name, car_class.name) for item, car_class in quote.not_for_class] == [("Комплекс РАМНЫЕ АВТО с пробегом", "2 класс")]
    assert quote.found == []


def test_total_of_certain_prices() -> None:
    quote = ask("покрасить капот и дверь", "порог покрасить", car="Камри")

    assert quote.total == Total(Price(Decimal(60000)), 3)


def test_total_with_a_least_price_is_a_least_total() -> None:
    assert ask("покрасить капот", "антихром решетки", car="Камри").total == Total(Price(Decimal(30000), is_from=True), 2)


@pytest.mark.parametrize(
    "works",
    [
        ("покрасить капот",),
        ("покрасить капот", "замена масла"),
        ("покрасить капот", "крыло"),
        ("покрасить капот", "антикор рамного авто с пробегом"),
        ("покрасить две двери", "покрасить капот"),
        ("покрасить 4 двери и капот",),
        ("покрасить капот", "покраска капота", "покрасить дверь"),
        ("покрасить бампер передний и задний",),
    ],
)
def test_no_total_when_anything_is_open_counted_or_doubled(works: tuple[str, ...]) -> None:
    assert ask(*works, car="Камри").total is None


@pytest.mark.parametrize(
    ("parts", "total"),
    [
        ([], None),
        ([Price(Decimal(100))], None),
        ([Price(Decimal(100)), Price(Decimal("50.5"))], Price(Decimal("150.5"))),
        ([Price(Decimal(100), Decimal(200)), Price(Decimal(50))], Price(Decimal(150), Decimal(250))),
        ([Price(Decimal(100), Decimal(200)), Price(Decimal(50), is_from=True)], Price(Decimal(150), is_from=True)),
        ([Price(Decimal(100), Decimal(100)), Price(Decimal(50))], Price(Decimal(150), Decimal(150))),
        ([Price(Decimal(100), Decimal(100)), Price(Decimal(50), Decimal(70))], Price(Decimal(170), Decimal(170))),
        ([Price(Decimal(100), Decimal(100)), Price(Decimal(50), is_from=True)], None),
    ],
)
def test_totals_never_promise_more_than_their_parts(parts: list[Price], total: Price | None) -> None:
    made = total_of(parts)

    assert (made.amount if made else None) == total


def test_section_with_classes_of_its_own_goes_by_them() -> None:
    draft = read_price_list((Path(__file__).parent / "fixtures" / "classes-by-section.csv").read_bytes(), source="classes-by-section.csv")

    quote = find_quote(
        index_of(items_of(draft)),
        draft.classes,
        Request(("покрасить бампер", "балансировка", "компьютерная диагностика"), car_class="2 класс"),
    )

    assert prices(quote) == [("Бампер", "2 класс", 20000), ("Компьютерная диагностика", None, 1500)]
    assert [item.name for _, item in quote.by_class] == ["Балансировка"]
    assert quote.not_for_class == []


def test_list_without_classes_needs_none() -> None:
    quote = find_quote(index_of(mechanics()), (), Request(("поменять масло в двигателе",), car="Камри"))

    assert prices(quote) == [("Замена масла в двигателе", None, 1001)]
    assert quote.car_class is None
