"""How a client's words become terms: sizes, Latin letters, slips, several works in one breath, and texts of attackers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.pricing.shop_lists import index_of
from valera.pricing.price_list import Price, PriceItem, PriceItemId
from valera.pricing.quote import Request, find_quote
from valera.pricing.search.lexicon import lexicon
from valera.pricing.search.sizes import Size, contradict
from valera.pricing.search.works import find_works
from valera.russian.keyboard import readings

ROWS = (
    ("ПОКРАСКА", "Дверь"),
    ("ПОКРАСКА", "Крыло переднее"),
    ("ПОКРАСКА", "Крыло заднее"),
    ("ПОКРАСКА", "Порог"),
    ("PDR", "Вмятина до 3 см"),
    ("PDR", "Вмятина от 3 до 10 см"),
    ("ПОЛИРОВКА", "Полировка одной детали"),
    ("РАЗНОЕ", "Замена подшипника ступицы"),
    ("РАЗНОЕ", "Снятие генератора"),
    ("РАЗНОЕ", "Замена лампы ближнего света"),
    ("РАЗНОЕ", "Пыльник ШРУСа, замена"),
    ("ШУМОИЗОЛЯЦИЯ", "Потолок"),
    ("ТОНИРОВКА", "Снятие старой тонировки"),
)
INDEX = index_of([PriceItem(PriceItemId(no), no, section, name, (Price(Decimal(no)),)) for no, (section, name) in enumerate(ROWS, 1)])


def sure(text: str) -> list[int | None]:
    return [answer.match.sure.row_no if answer.match.sure else None for answer in find_works(INDEX, text)]


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("вмятина 7 см", [Size("см", 7, 7)]),
        ("сантиметров 7", [Size("см", 7, 7)]),
        ("до 3 см", [Size("см", 0, 3)]),
        ("от 3 до 10 см", [Size("см", 3, 10)]),
        ("5-6 см", [Size("см", 5, 6)]),
        ("50 мм", [Size("см", 5, 5)]),
        ("свыше 30%", [Size("%", 30, float("inf"))]),
        ("в два слоя", [Size("слой", 2, 2)]),
        ("двухслойная керамика", [Size("слой", 2, 2)]),
        ("16кл", [Size("клапан", 16, 16)]),
        ("8-клапанный", [Size("клапан", 8, 8)]),
        ("на обе оси", [Size("ось", 2, 2)]),
        ("две двери", []),
        ("R16", []),
    ],
)
def test_sizes_are_read(text: str, sizes: list[Size]) -> None:
    assert list(lexicon().read(text)[1]) == sizes


def test_ranges_that_only_touch_are_different_sizes() -> None:
    assert not contradict([Size("см", 3, 3)], [Size("см", 3, 10)])
    assert contradict([Size("см", 0, 3)], [Size("см", 3, 10)])
    assert not contradict([Size("см", 3, 3)], [Size("слой", 2, 2)])


@pytest.mark.parametrize(
    ("word", "meant"), [("pokraska", "покраска"), ("peredniy", "передний"), ("gjrhfcrf", "покраска"), ("ab", None), ("капот", None)]
)
def test_russian_in_latin_letters_is_read(word: str, meant: str | None) -> None:
    assert (meant in readings(word)) if meant else readings(word) == ()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("дверь заднее крыло порог покрасить", [1, 3, 4]),
        ("покрасить дверь переднее крыло", [1, 2]),
        ("pokrasit dver", [1]),
        ("покрасить двреь", [1]),
        ("вмятина на двери 2 см, пдр", [5]),
        ("вмятина 5 сантиметров без покраски", [6]),
        ("отполировать дверь", [7]),
        ("три детали покрасить: дверь, порог, переднее крыло", [1, 4, 2]),
        ("тонировку старую снять", [13]),
    ],
)
def test_certain_rows(text: str, rows: list[int]) -> None:
    assert sure(text) == rows


@pytest.mark.parametrize(
    "text",
    [
        "замена подшипника генератора",
        "замена лампы дальнего света",
        "замена шруса",
        "потолок",
        "вмятина 3 см",
        "крыло покрасить",
        "полировка двери в три пасты",
    ],
)
def test_what_only_comes_near_is_never_certain(text: str) -> None:
    assert not any(sure(text))


def test_what_for_all_is_no_work_and_no_count() -> None:
    quote = find_quote(INDEX, (), Request(("покрасить дверь и порог, сколько за всё?", "сколько всего")))

    assert [found.item.row_no for found in quote.found] == [1, 4]
    assert quote.total is not None


@pytest.mark.parametrize(
    "text",
    [
        "а" * 1000,
        "(а+)+$" * 150,
        "перепере" * 125,
        "от 3 до 10 см до " * 50,
        "٣ ² ½ ７ Ⅷ " * 80,
        "\u202eкапот\u200b " * 120,
        "е\u0301" * 500,
        "\x00дверь\x00 " * 100,
        "\ud800дверь",
        "gjrhf " * 160,
        "абвгд жзикл мнопр " * 55,
        "'; drop table price_items; -- " * 30,
    ],
)
def test_text_of_an_attacker_is_answered(text: str) -> None:
    quote = find_quote(INDEX, (), Request((text[:1000],) * 30))

    assert quote.found or quote.choose or quote.missing
