"""Workbooks that are none, or ask for more memory than there is: refused with a sentence, before anything is read."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pricing.workbook.books import ods, replaced, xlsx
from valera.pricing.price_import import PriceListUnreadable, read_price_list
from valera.pricing.reading.table import MAX_ROWS
from valera.pricing.reading.workbook import archive as archives

BOOK = xlsx({"S": [["Работа", "Цена"], ["Капот", 5000]]})
SHEET = "xl/worksheets/sheet1.xml"
TABLE = ods({"S": [["Капот", 5000]]})


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def far_cell(xml: str) -> str:
    return xml.replace("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


def many_rows(xml: str) -> str:
    rows = "".join(f'<row r="{no}"><c r="A{no}"><v>{no}</v></c></row>' for no in range(3, 100_003))
    return xml.replace("</sheetData>", f"{rows}</sheetData>")


def wide_row(xml: str) -> str:
    return xml.replace("</sheetData>", '<row r="3"><c r="ZZ3"><v>1</v></c></row></sheetData>')


def entity(xml: str) -> str:
    return '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + xml.partition("?>")[2]


def repeated(rows: int, columns: int) -> Callable[[str], str]:
    cell = f'<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="{columns}"/>'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    return lambda xml: xml.replace("</table:table>", f"{row}</table:table>")


def blank_end(xml: str) -> str:
    row = (
        '<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    return xml.replace("</table:table>", f"{row}</table:table>")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
REFUSED: list[tuple[str, bytes, str]] = [
    ("truncated", BOOK[: len(BOOK) // 2], "broken"),
    ("no directory", b"PK\x03\x04" + bytes(200), "broken"),
    ("old workbook", OLE, "spreadsheet"),
    ("password", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    (
        "password of ods",
        zipped({"mimetype": archives.ODS, "content.xml": b"x", "META-INF/manifest.xml": b"<manifest:encryption-data/>"}),
        "encrypted",
    ),
    ("word", zipped({"word/document.xml": b"<x/>"}), "document"),
    ("archive of a list", zipped({"list.csv": "Капот;5000\n".encode()}), "archive"),
    ("text of libreoffice", zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}), "document"),
    ("no sheet xml", replaced(BOOK, SHEET, lambda _: "<worksheet"), "broken"),
    ("unknown encoding", replaced(TABLE, "content.xml", lambda xml: xml.replace("UTF-8", "U1TF-8", 1)), "broken"),
    ("entities", replaced(BOOK, SHEET, entity), "broken"),
    ("last cell of the largest sheet", replaced(BOOK, SHEET, far_cell), "too_many_rows"),
    ("100,000 rows", replaced(BOOK, SHEET, many_rows), "too_many_rows"),
    ("too wide", replaced(BOOK, SHEET, wide_row), "too_many_columns"),
    ("rows repeated", replaced(TABLE, "content.xml", repeated(100_000, 1)), "too_many_rows"),
    ("columns repeated", replaced(TABLE, "content.xml", repeated(1, 16_000)), "too_many_columns"),
    ("cells repeated", replaced(TABLE, "content.xml", repeated(MAX_ROWS - 1, 100)), "too_big_inside"),
    ("100,000 rows of text", "".join(f"Работа {no} - 5000 руб\n" for no in range(100_000)).encode(), "too_many_rows"),
]


@pytest.mark.parametrize(("raw", "reason"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused_with_a_sentence(raw: bytes, reason: str) -> None:
    with pytest.raises(PriceListUnreadable) as refused:
        read_price_list(raw, source="list")

    assert refused.value.reason == reason
    assert len(refused.value.detail) > 20
    assert refused.value.say("en") != refused.value.detail


def test_what_unpacks_to_a_thousand_times_its_size_is_refused_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 1024 * 1024)
    bomb = replaced(BOOK, SHEET, lambda xml: xml + " " * 4_000_000)

    with pytest.raises(PriceListUnreadable) as refused:
        read_price_list(bomb, source="bomb")

    assert len(bomb) < 20_000
    assert refused.value.reason == "too_big_inside"


def test_one_long_text_named_by_many_cells_is_refused() -> None:
    cells = "".join(f'<row r="{no}"><c r="A{no}" t="s"><v>0</v></c></row>' for no in range(1, 2000))
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[SHEET] = f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode()
    parts["xl/sharedStrings.xml"] = f"<sst><si><t>{'я' * 32_000}</t></si></sst>".encode()

    with pytest.raises(PriceListUnreadable) as refused:
        read_price_list(zipped(parts), source="bomb")

    assert refused.value.reason == "too_big_inside"


def test_blank_rows_to_the_end_of_the_sheet_count_for_nothing() -> None:
    assert len(read_price_list(replaced(TABLE, "content.xml", blank_end), source="list").rows) == 1


def test_a_part_named_twice_is_read_once() -> None:
    raw = io.BytesIO(BOOK)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(raw, "a") as archive:
        archive.writestr(
            SHEET, b'<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
        )

    with pytest.raises(PriceListUnreadable) as refused:
        read_price_list(raw.getvalue(), source="list")

    assert refused.value.reason == "no_prices"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([BOOK, TABLE]), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_damaged_workbooks_are_read_or_refused_politely(raw: bytes, damages: list[tuple[float, int]]) -> None:
    damaged = bytearray(raw)
    for where, byte in damages:
        damaged[int(where * (len(damaged) - 1))] = byte

    with contextlib.suppress(PriceListUnreadable):
        assert read_price_list(bytes(damaged), source="damaged").rows


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3000), st.text(alphabet='<>/"=abc rs1', min_size=1, max_size=30), st.booleans())
def test_sheets_of_any_xml_are_read_or_refused_politely(place: int, text: str, is_ods: bool) -> None:
    raw, part = (TABLE, "content.xml") if is_ods else (BOOK, SHEET)

    with contextlib.suppress(PriceListUnreadable):
        read_price_list(replaced(raw, part, lambda xml: xml[: place % len(xml)] + text + xml[place % len(xml) :]), source="odd")
