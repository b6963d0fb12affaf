"""Lists for the tests, indexed: the real one, and a mechanic's, written by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from valera.pricing.price_import import read_price_list
from valera.pricing.price_list import Price, PriceItem, PriceItemId
from valera.pricing.reading.draft import Draft
from valera.pricing.search.item_index import ItemIndex
from valera.pricing.search.lexicon import lexicon

BODY_SHOP = Path(__file__).parent / "fixtures" / "body-shop.csv"

MECHANICS = (
    (1, "ТО", "Замена масла в двигателе"),
    (2, "ТО", "Замена масла в АКПП"),
    (3, "ТОРМОЗА", "Замена передних колодок"),
    (4, "ТОРМОЗА", "Замена задних колодок"),
    (5, "ПОКРАСКА", "Снятие/установка бампера"),
    (6, "КОЛЕСА", "Шиномонтаж R15"),
    (7, "КОЛЕСА", "Шиномонтаж R16"),
    (8, "КОЛЕСА", "Развал-схождение"),
    (9, "САЛОН", "Шумоизоляция дверей"),
    (10, "МОЙКА", "Мойка двигателя"),
    (11, "КЛИМАТ", "Заправка кондиционера"),
    (12, "ДИАГНОСТИКА", "Ходовая часть"),
)


def body_shop() -> Draft:
    return read_price_list(BODY_SHOP.read_bytes(), source=BODY_SHOP.name)


def items_of(draft: Draft) -> list[PriceItem]:
    return [PriceItem(PriceItemId(1000 + row.row_no), row.row_no, row.section, row.name, row.prices) for row in draft.rows]


def index_of(items: list[PriceItem]) -> ItemIndex:
    return ItemIndex.build(items, lexicon())


def mechanics() -> list[PriceItem]:
    return [PriceItem(PriceItemId(no), no, section, name, (Price(Decimal(1000 + no)),)) for no, section, name in MECHANICS]
