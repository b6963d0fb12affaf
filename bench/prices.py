"""How long `find_prices` takes in a shop whose list has 5,000 rows: the whole tool on a database, the search alone, building the index."""

from __future__ import annotations

import itertools
import random
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from bench.figures import milliseconds
from valera.assistant.tools import ToolContext
from valera.kit.db import AccountId, Database, account_scope
from valera.pricing.price_list import CarClass, Price, PriceItem, PriceItemId
from valera.pricing.queries import insert_price_items, insert_price_list
from valera.pricing.quote import Request, find_quote
from valera.pricing.reading.draft import DraftRow
from valera.pricing.search.item_index import ItemIndex
from valera.pricing.search.lexicon import lexicon
from valera.pricing.tools import FindPrices, find_prices
from valera.reception.readiness import warm_up

if TYPE_CHECKING:
    from bench.cluster import Cluster

ITEMS = 5000
CLASSES = (
    CarClass("1 класс", "малые и средние авто"),
    CarClass("2 класс", "бизнес-класс и кроссоверы"),
    CarClass("3 класс", "внедорожники"),
)
WORKS = (
    "Замена", "Ремонт", "Диагностика", "Снятие/установка", "Покраска", "Полировка", "Чистка", "Регулировка", "Оклейка", "Рихтовка",
)  # fmt: skip
PARTS = (
    "капота", "двери", "крыла", "бампера", "порога", "крыши", "крышки багажника", "зеркала", "фары", "фонаря", "колодок",
    "тормозного диска", "суппорта",
    "амортизатора", "стойки стабилизатора", "сайлентблока рычага", "шаровой опоры", "рулевой тяги", "ступицы", "ШРУСа",
    "ремня генератора", "помпы", "термостата", "радиатора", "форсунок", "свечей зажигания", "масла в двигателе", "масла в АКПП",
    "воздушного фильтра", "салонного фильтра", "аккумулятора", "стартера", "генератора", "компрессора кондиционера", "лобового стекла",
    "бокового стекла", "ручки двери", "молдинга", "решётки радиатора", "диска колеса",
)  # fmt: skip
MODELS = ("", "Toyota", "BMW", "Kia", "LADA", "Renault", "Ford", "Skoda", "Haval", "Mazda", "Audi", "Nissan", "Opel")
ASKED = (
    "сколько стоит {work} {part}", "{part} {work} на камри", "здравствуйте! {work} {part} и {other}, сколько за всё?",
    "{part} {other} {work} рио сколько", "пакраска капота и {work} {part} рав4", "skolko stoit zamena masla", "вмятина 5 см пдр и {part}",
    "{work} {part} передний левый, ещё {other} посмотреть, стучит на кочках",
)  # fmt: skip


async def measure(cluster: Cluster, calls: int) -> dict[str, Any]:
    """``calls`` questions, each with another answer; the first call of a version, which builds the index, is measured by itself."""
    questions = _questions(calls)
    async with cluster.database("bench_prices") as name:
        [hook] = await cluster.open_shops(name, 1)
        db = Database(cluster.url(name), max_size=2)
        await db.open()
        try:
            with account_scope(AccountId(hook.account_id)):
                tool, first = await _measure_tool(db, questions)
        finally:
            await db.close()
    search, build = _measure_search(questions)
    return {"items": ITEMS, "calls": len(questions), "tool": tool, "search": search, "first_call_ms": first, "index_build_ms": build}


async def _measure_tool(db: Database, questions: list[str]) -> tuple[dict[str, Any], float]:
    """Milliseconds of each call inside a transaction of its own, and of the first."""
    async with db.account_tx() as tx:
        price_list = await insert_price_list(tx, source="bench", currency="RUB", classes=CLASSES)
        await insert_price_items(tx, price_list.id, [DraftRow(no, section, work, prices) for no, section, work, prices in _rows()])
    warm_up()
    context = ToolContext(0, 0, 0, datetime.now(UTC), ZoneInfo("Europe/Moscow"), "ru")
    times: list[float] = []
    for question in [questions[0], *questions]:
        since = time.perf_counter()
        async with db.account_tx() as tx:
            await find_prices.run(tx, context, msgspec.convert({"works": [question]}, FindPrices))
        times.append((time.perf_counter() - since) * 1000)
    return _spread(times[1:]), round(times[0], 1)


def _measure_search(questions: list[str]) -> tuple[dict[str, Any], float]:
    items = [PriceItem(PriceItemId(no), no, section, work, prices) for no, section, work, prices in _rows()]
    since = time.perf_counter()
    index = ItemIndex.build(items, lexicon())
    build = (time.perf_counter() - since) * 1000
    times: list[float] = []
    for question in questions:
        since = time.perf_counter()
        find_quote(index, CLASSES, Request((question,)))
        times.append((time.perf_counter() - since) * 1000)
    return _spread(times), round(build, 1)


def _spread(times: list[float]) -> dict[str, Any]:
    return milliseconds(times) | {"p95_ms": round(sorted(times)[int(len(times) * 0.95)], 2)}


def _rows() -> list[tuple[int, str, str, tuple[Price, ...]]]:
    names = itertools.islice(((work, f"{work} {part} {model}".strip()) for model in MODELS for work in WORKS for part in PARTS), ITEMS)
    return [
        (no, work.upper(), name, tuple(Price(Decimal(no * 10 + step)) for step in range(len(CLASSES))))
        for no, (work, name) in enumerate(names, 1)
    ]


def _questions(number: int) -> list[str]:
    chance = random.Random(5)  # noqa: S311  (the same questions every time)
    return [
        chance.choice(ASKED).format(work=chance.choice(WORKS).lower(), part=chance.choice(PARTS), other=chance.choice(PARTS))
        for _ in range(number)
    ]


def tell(found: dict[str, Any]) -> list[str]:
    tool, search = found["tool"], found["search"]
    whole = f"p50 {tool['p50_ms']:.1f}  p95 {tool['p95_ms']:.1f}  p99 {tool['p99_ms']:.1f} ms on the database"
    alone = f"the search alone p50 {search['p50_ms']:.1f}  p95 {search['p95_ms']:.1f} ms"
    return [
        f"find_prices   {found['items']} rows, {found['calls']} calls: {whole}; {alone}",
        f"              first call of a version {found['first_call_ms']:.0f} ms, of which the index {found['index_build_ms']:.0f} ms",
    ]
