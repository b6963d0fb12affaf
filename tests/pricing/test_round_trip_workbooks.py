"""The generated lists, saved as XLSX by openpyxl, as ODS by odfpy, and written as people write them in a chat: read back the same."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pricing.test_round_trip import CLASSES, lists
from tests.pricing.workbook.books import Cell, Shown, ods, xlsx
from valera.pricing.price_import import read_price_list
from valera.pricing.price_list import CarClass, Price
from valera.pricing.vocabulary import tidy

Rows = list[tuple[str, str, tuple[Price | None, ...]]]
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Format:
    """``code`` and ``text`` show the same: `#,##0 "₽"` and «22 000 ₽»."""

    code: str
    text: str


FORMATS = [
    Format("General", "{:.0f}"),
    Format("#,##0", "{:,.0f}"),
    Format('#,##0.00\\ "₽"', "{:,.2f} ₽"),
    Format("#,##0.00\\ [$₽-419]", "{:,.2f} ₽"),
    Format('0" руб."', "{:.0f} руб."),
]


def cell_of(price: Price | None, shown: Format, *, is_number: bool) -> Cell:
    """A number with its format where a number can say it, else a text."""
    if price is None:
        return None
    low = f"{price.amount:,}".replace(",", "\u00a0")
    if price.is_at_most:
        return f"до {low}"
    if price.upto:
        return f"{low} - {price.upto}"
    number = float(price.amount)
    text = shown.text.format(number).replace(",", "\u00a0").replace(".00", ",00")
    if price.is_from:
        return Shown(number, '"от "#,##0', f"от {low}") if is_number else f"от {low}"
    return Shown(number, shown.code, text) if is_number else f"{low} руб."


def sheet_of(count: int, rows: Rows, shown: Format, *, is_number: bool) -> list[list[Cell]]:
    titles: list[Cell] = [f"{name}\n({description})" if description else name for name, description in CLASSES[:count]]
    sheet: list[list[Cell]] = [["Наименование", *(titles if count > 1 else ["Цена"])]]
    open_section = None
    for section, name, prices in rows:
        if section != open_section:
            sheet.append([section])
            open_section = section
        sheet.append([name, *(cell_of(price, shown, is_number=is_number) for price in prices)])
    return sheet


def said(rows: Rows) -> list[tuple[str, str, tuple[Price | None, ...]]]:
    return [(section, tidy(name), prices) for section, name, prices in rows]


@FEW
@given(lists(), st.sampled_from(FORMATS), st.booleans(), st.sampled_from([xlsx, ods]))
def test_workbooks_are_read_back_the_same(written: tuple[int, Rows], shown: Format, is_number: bool, write: type) -> None:
    count, rows = written

    draft = read_price_list(write({"Лист1": sheet_of(count, rows, shown, is_number=is_number)}), source="book")

    assert [(row.section, row.name, row.prices) for row in draft.rows] == said(rows)
    assert draft.classes == (tuple(CarClass(*entry) for entry in CLASSES[:count]) if count > 1 else ())
    assert draft.skipped == ()


@FEW
@given(st.lists(lists(), min_size=2, max_size=3), st.sampled_from([xlsx, ods]))
def test_sheets_are_read_back_as_sections(written: list[tuple[int, Rows]], write: type) -> None:
    names = ["Кузов", "Салон", "Стёкла"][: len(written)]
    book = {name: sheet_of(count, rows, FORMATS[0], is_number=True) for name, (count, rows) in zip(names, written, strict=True)}

    draft = read_price_list(write(book), source="book")

    assert [(row.section, row.name) for row in draft.rows] == [
        (f"{name}: {section}", tidy(work)) for name, (_, rows) in zip(names, written, strict=True) for section, work, _ in rows
    ]
    assert len({row.row_no for row in draft.rows}) == len(draft.rows)


LEADERS = [" - ", " — ", ": ", " ....... ", "........", "\t", "   ", " → ", " = "]
BULLETS = ["", "• ", "- ", "✅ ", "* "]
CURRENCIES = ["", " руб", " руб.", "₽", "р"]


@settings(max_examples=40, deadline=None)
@given(lists(), st.sampled_from(LEADERS), st.sampled_from(BULLETS), st.sampled_from(CURRENCIES), st.booleans())
def test_pasted_lines_are_read_back_the_same(written: tuple[int, Rows], leader: str, bullet: str, currency: str, has_colons: bool) -> None:
    """One price a line: what a line says without columns is meant for every car."""
    rows = [(section, tidy(name), next(price for price in prices if price)) for section, name, prices in written[1]]
    lines: list[str] = []
    for place, (section, name, price) in enumerate(rows):
        if not place or section != rows[place - 1][0]:
            lines += ["", section + (":" if has_colons else "")]
        lines.append(f"{bullet}{name}{leader}{said_price(price)}{currency}")

    draft = read_price_list("\n".join(lines).encode(), source="pasted")

    assert [(row.section, row.name, row.prices[0]) for row in draft.rows] == rows
    assert draft.skipped == ()


def said_price(price: Price) -> str:
    low = f"{price.amount:,}".replace(",", " ")
    if price.is_at_most:
        return f"до {low}"
    return f"{low}-{price.upto:,}".replace(",", " ") if price.upto else f"от {low}" if price.is_from else low


@settings(max_examples=40, deadline=None)
@given(lists(), st.sampled_from([" / ", "/", " | ", "; ", "   ", " "]), st.sampled_from([" / ", "   ", "; "]))
def test_pasted_prices_of_several_classes_are_read_back_the_same(written: tuple[int, Rows], between: str, titles: str) -> None:
    count, listed = written
    rows = [(section, name, tuple(prices)) for section, name, prices in said(listed) if all(prices)]
    if count == 1 or not rows:
        return
    lines = [titles.join(name for name, _ in CLASSES[:count])]
    for place, (section, name, prices) in enumerate(rows):
        if not place or section != rows[place - 1][0]:
            lines.append(section)
        lines.append(f"{name} - {between.join(plain_price(price) for price in prices if price)}")

    draft = read_price_list("\n".join(lines).encode(), source="pasted")

    assert [(row.section, row.name, row.prices) for row in draft.rows] == rows
    assert [entry.name for entry in draft.classes] == [name for name, _ in CLASSES[:count]]


def plain_price(price: Price) -> str:
    if price.is_at_most:
        return f"до {price.amount}"
    return f"{price.amount}-{price.upto}" if price.upto else f"от {price.amount}" if price.is_from else str(price.amount)
