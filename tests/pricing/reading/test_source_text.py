"""Files as they come: encodings, delimiters, and what is refused with a sentence that helps."""

from __future__ import annotations

import codecs

import pytest

from valera.pricing.price_import import PriceListUnreadable, read_price_list
from valera.pricing.reading.source_text import MAX_BYTES, MAX_ROWS, read_records

TEXT = 'ПРАЙС;;\nПокраска бампера, полностью;18000;20000\n"Ремонт\nскола №1";1000;ё\n'


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "cp866", "koi8-r", "mac_cyrillic"]
)
def test_every_usual_encoding_is_recognised(encoding: str) -> None:
    text = TEXT if encoding != "koi8-r" else TEXT.replace("№", "N")
    longer = text + "Полировка кузова и химчистка салона;5000;6000\nАНТИКОР;;\nСнятие и установка деталей;от 1500;от 2000\n"

    records = read_records(longer.encode(encoding))

    assert records[0] == (1, ["ПРАЙС", "", ""])
    assert records[1] == (2, ["Покраска бампера, полностью", "18000", "20000"])
    assert records[3][1][0] == "Полировка кузова и химчистка салона"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends_are_recognised(delimiter: str, line_end: str) -> None:
    lines = [["Бампер", "18000", "20000"], ["Капот", "22000", "25000"], ["", "", ""], ["Дверь", "от 5000", ""]]
    text = line_end.join(delimiter.join(line) for line in lines)

    assert [cells for _, cells in read_records(text.encode())] == lines


def test_commas_inside_prices_do_not_split_a_semicolon_file() -> None:
    text = "Капот, верх;1.500,00;2.000,00\nДверь, низ;1.700,00;2.100,00\n"

    assert read_records(text.encode())[0][1] == ["Капот, верх", "1.500,00", "2.000,00"]


def test_declared_delimiter_is_obeyed_and_rows_keep_their_numbers() -> None:
    assert read_records(b"sep=;\r\nA;100\r\nB;200\r\n") == [(2, ["A", "100"]), (3, ["B", "200"])]


def test_record_with_line_breaks_counts_once() -> None:
    records = read_records('Раз;100\n"Два\nстроки";200\nТри;300\n'.encode())

    assert [(no, cells[0]) for no, cells in records] == [(1, "Раз"), (2, "Два\nстроки"), (3, "Три")]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "picture"),
        (b"\0\0\0\x18ftypheic" + bytes(100), "picture"),
        (b"%PDF-1.7\n", "pdf"),
        (b"PK\x03\x04" + bytes(100), "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spreadsheet"),
        (b"Rar!\x1a\x07", "archive"),
        (b"<html><table><tr><td>1", "web_page"),
        (b"{\\rtf1", "document"),
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (bytes(range(256)) * 8, "binary"),
        (b"A;1000\n" * 1000 + b"B\0;2000\n", "binary"),
        ("Только слова\nи ещё слова\n".encode(), "no_prices"),
        (b"5000\n6000\n", "no_prices"),
        ('Бампер;5000\n"Капот;6000\nДверь;7000\n'.encode(), "open_quote"),
        (b"A;1000\n" * (MAX_ROWS + 1), "too_many_rows"),
        (b"A;1000\n" * 100_000, "too_many_rows"),
        (b"x" * (MAX_BYTES + 1), "too_big"),
        (b'"' + b"x" * 200_000, "open_quote"),
        ("Капот;5000;Дверь;6000\nБампер;7000;Крыло;8000\n".encode(), "side_by_side"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_list_is_refused_with_a_helpful_sentence(raw: bytes, reason: str) -> None:
    with pytest.raises(PriceListUnreadable) as refused:
        read_price_list(raw, source="file")

    assert refused.value.reason == reason
    assert len(refused.value.detail) > 20
    assert refused.value.say("en") != refused.value.detail
    assert refused.value.status == 422


def test_the_largest_list_is_read() -> None:
    draft = read_price_list("".join(f"Работа {number};{1000 + number}\n" for number in range(MAX_ROWS)).encode(), source="large.csv")

    assert len(draft.rows) == MAX_ROWS
