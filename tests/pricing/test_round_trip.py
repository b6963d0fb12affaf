"""Lists that nobody wrote: generated, saved in one of many dialects, read back the same."""

from __future__ import annotations

import contextlib
import csv
import io
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from valera.pricing.price_import import describe, read_price_list
from valera.pricing.price_list import CarClass, Price
from valera.pricing.reading.draft import PriceListUnreadable
from valera.pricing.reading.table import clean
from valera.pricing.vocabulary import tidy

WORKS = ("Покраска", "Полировка", "Замена", "Ремонт", "Снятие", "Защита")
PARTS = ("бампера", "капота, верх", "крыла (левого)", 'фары "Люкс"', "колеса R17", "масла 5W-30", "двери;\nнизу", "стекла 70%", "салона")
SECTIONS = ("", "ПОКРАСКА", "ПОЛИРОВКА И ЗАЩИТА", "РАБОТЫ 18+", "ХИМЧИСТКА (САЛОН)")
CLASSES = (("Седан", "малые, средние"), ("Кроссовер", ""), ("Внедорожник", "рамные и большие"), ("Фургон", ""))


@dataclass(frozen=True)
class Dialect:
    delimiter: str
    encoding: str
    line_end: str
    thousands: str
    currency: str
    repeats_name: bool
    numbers_rows: bool
    repeats_header: bool


dialects = st.builds(
    Dialect,
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    thousands=st.sampled_from(["", " ", "\u00a0"]),
    currency=st.sampled_from(["", " руб.", "р"]),
    repeats_name=st.booleans(),
    numbers_rows=st.booleans(),
    repeats_header=st.booleans(),
)
amounts = st.integers(100, 9_999_999).map(Decimal)
prices = st.one_of(
    amounts.map(Price),
    amounts.map(lambda amount: Price(amount, is_from=True)),
    amounts.map(lambda amount: Price(amount, amount + 500)),
    amounts.map(lambda amount: Price(amount, amount)),
)
names = st.builds("{} {}".format, st.sampled_from(WORKS), st.sampled_from(PARTS))


@st.composite
def lists(draw: st.DrawFn) -> tuple[int, list[tuple[str, str, tuple[Price | None, ...]]]]:
    """Number of classes and rows of (section, name, prices): each row has a price, each class has one in the first row of its section."""
    count = draw(st.integers(1, len(CLASSES)))
    rows = []
    for section in draw(st.lists(st.sampled_from(SECTIONS[1:]), unique=True, min_size=1, max_size=4)):
        full = st.tuples(*[prices] * count)
        patchy = st.tuples(*[st.none() | prices] * count).filter(any)
        rows += [(section, draw(names), draw(full)), *((section, draw(names), draw(patchy)) for _ in range(draw(st.integers(0, 4))))]
    return count, rows


def write_price(price: Price | None, dialect: Dialect) -> str:
    if price is None:
        return ""
    low = f"{price.amount:,}".replace(",", dialect.thousands)
    if price.is_at_most:
        return f"до {low}{dialect.currency}"
    if price.upto:
        return f"{low}-{f'{price.upto:,}'.replace(',', dialect.thousands)}{dialect.currency}"
    return ("от " if price.is_from else "") + low + dialect.currency


def write(count: int, rows: list[tuple[str, str, tuple[Price | None, ...]]], dialect: Dialect) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=dialect.delimiter, lineterminator=dialect.line_end)

    def line(number: str, name: str, cells: list[str]) -> None:
        writer.writerow([*([number] if dialect.numbers_rows else []), name, *cells, *([name] if dialect.repeats_name else [])])

    titles = [f"{name}\n({description})" if description else name for name, description in CLASSES[:count]] if count > 1 else ["Цена"]
    open_section = None
    for number, (section, name, row) in enumerate(rows, 1):
        if section != open_section:
            writer.writerow([*([""] if dialect.numbers_rows else []), section, *[""] * count, *([""] if dialect.repeats_name else [])])
            if dialect.repeats_header or open_section is None:
                writer.writerow(
                    [*(["№"] if dialect.numbers_rows else []), "Наименование", *titles, *([""] if dialect.repeats_name else [])]
                )
            open_section = section
        line(str(number), name, [write_price(price, dialect) for price in row])
    return out.getvalue().encode(dialect.encoding)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lists(), dialects)
def test_written_lists_are_read_back_the_same(
    written: tuple[int, list[tuple[str, str, tuple[Price | None, ...]]]], dialect: Dialect
) -> None:
    count, rows = written

    draft = read_price_list(write(count, rows, dialect), source="generated.csv")

    assert [(row.section, row.name, row.prices) for row in draft.rows] == [(section, tidy(name), prices) for section, name, prices in rows]
    assert draft.classes == (tuple(CarClass(*entry) for entry in CLASSES[:count]) if count > 1 else ())
    assert draft.skipped == ()


cells = st.one_of(
    st.sampled_from(
        [
            "",
            "5000",
            "от 5000",
            "ПОКРАСКА",
            "Капот",
            "Цена",
            "1 класс",
            "№",
            "по запросу",
            "-",
            "2 класс\n(бизнес)",
            "0",
            "3-5",
            "шт",
            "* сноска.",
        ]
    ),
    st.text(max_size=8),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(cells, max_size=5), max_size=12))
def test_any_table_is_refused_or_accounted_for_row_by_row(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    raw = out.getvalue().encode("utf-8", "replace")

    try:
        draft = read_price_list(raw, source="any.csv")
    except PriceListUnreadable:
        return

    known = [row.row_no for row in (*draft.rows, *draft.skipped)]
    named = {*known, *draft.sections, *draft.headers}
    filled = {
        number
        for number, row in enumerate(csv.reader(io.StringIO(raw.decode(), newline=""), delimiter=";"), 1)
        if any(tidy(clean(cell)) for cell in row)
    }
    assert len(known) == len(set(known))
    assert named >= filled
    assert all(any(row.prices) and min(price.amount for price in row.prices if price) > 0 for row in draft.rows)
    assert describe(draft, "ru")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_politely(raw: bytes) -> None:
    with contextlib.suppress(PriceListUnreadable):
        assert read_price_list(raw, source="bytes").rows
