"""Pasted text into records of cells: «• Покраска бампера ….. от 5 000 руб», lines copied from a chat, from Word, from a PDF.

A line is a name and, at its end, prices; whatever stands between (a dash, dots, a tab, a colon, an arrow, spaces) only parts them. What has
no price at its end is a line by itself: a section, the names of classes, a remark. Numbers of records are numbers of lines.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from valera.pricing.reading.draft import DoubtKind
from valera.pricing.reading.price_cell import LEAST_BARE, NUMBER, find_currencies, looks_like_price, read_cell
from valera.pricing.vocabulary import any_of, fold, folded, tidy, vocabulary, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from valera.pricing.reading.table import Records

LONGEST_LINE = 1_000
LONGEST_PRICES = 200
"""Characters of a line, and those at its end in which its prices may begin."""
MOST_WORDS = 6
MOST_WAYS = 8
"""Words of one price among others, and ways to part prices that are compared."""
STAMP = re.compile(r"\[?\d{1,2}[./]\d{1,2}[./]\d{2,4},? \d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?\]?")
BULLET = re.compile(
    r"^(?:[^\w\s\"'«(\[*#+=<>№/|$€₽-]|[-*+>#](?=[\s*#]|[^\W\d])|\d{1,3}[.)](?=\s+[^\W\d_])|\([a-zа-я\d]\)\s)+\s*", re.IGNORECASE
)
EMPHASIS = re.compile(r"(?<!\w)(?:\*{1,3}|`{1,3}|~~)(?=\S)|(?<=\S)(?:\*{1,3}|`{1,3}|~~)(?!\w)")
PHONE = re.compile(r"(?<!\d)(?:\+\d{1,3}[ (-]{0,2}|8[ (-]{1,2}|8(?=\d{10}(?!\d)))[3-9]\d\d[ )-]{0,2}\d{3}[ -]?\d\d[ -]?\d\d(?!\d)")
RUN = re.compile(r"([ ._=*\u2026\u2013\u2014-])\1{3,}")
LEADER = re.compile(r"\s*(?:\.{3,}|…+\.*|_{2,}|(?:\.\s){3,}|(?:·\s?){3,}|[-\u2013\u2014=]{2,}>?|->|→|⟶)\s*")
SEPARATOR = re.compile(r"\s*[\t|;]\s*|\s{3,}")
SEPARATED = re.compile(r"(?:\s[-\u2013\u2014=→]\s|: ?|[-.…_]{2,}\s?|\.\s)\s*((?:\w+\s)?[\d$€₽].*)$", re.IGNORECASE)
BETWEEN = " \t-\u2013\u2014:=→,.;|/_"


def read_lines(text: str) -> Records:
    """Name and prices of each line. A price that stands alone belongs to the line above it, if that one has none."""
    records: Records = []
    count = 0
    for no, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        cells = _cells(line, count)
        if not cells and line.strip():
            continue
        if records and len(cells) == 1 and looks_like_price(cells[0]) and _waits_for_price(records[-1][1]):
            records[-1][1].append(cells[0])
            continue
        if records and len(cells) > 1 and _goes_on(cells[0]) and _waits_for_price(records[-1][1]):
            records[-1][1][:] = [f"{records[-1][1][0]} {cells[0]}", *cells[1:]]
            continue
        count = _class_count(cells, count)
        records.append((no, cells or [""]))
    return _aligned(records)


def _goes_on(name: str) -> bool:
    """«и подготовкой»: the second line of a name that was too long for its column."""
    return bool(words(name)) and name.split(" ", 1)[0] in folded("cells", "words", "joining")


def is_line(name: str) -> bool:
    """Said of the first cell of a table: it is a whole line, with a bullet before it or a price behind a separator at its end."""
    return bool(BULLET.match(name.strip())) or _ends_in_price(name)


def _ends_in_price(text: str) -> bool:
    """Behind a dash, a colon, dots: «Капот - 22000», unlike «Шиномонтаж R16»."""
    return any(_is_price(tidy(found[1])) for found in SEPARATED.finditer(text))


def _waits_for_price(cells: Sequence[str]) -> bool:
    return len(cells) == 1 and bool(cells[0]) and not looks_like_price(cells[0]) and not cells[0].endswith(":") and not cells[0].isupper()


def _cells(line: str, count: int) -> list[str]:
    """``count``: how many classes were named above, which tells «100 200 300» from two numbers. A chat's own lines yield nothing."""
    plain = RUN.sub(r"\1\1\1", line[:LONGEST_LINE].replace("\u00a0", " "))
    if stamp := STAMP.search(plain):
        plain = _without_stamp(plain, stamp)
    plain = EMPHASIS.sub("", BULLET.sub("", plain.strip(), count=1)).strip()
    if not plain:
        return []
    if "\t" in plain or plain.startswith("|"):
        return [tidy(cell) for cell in re.split(r"\s*[\t|]", plain.strip("|"))]
    if names := _class_names(plain):
        return ["", *names]
    cells = _split(plain, count)
    return [*cells, *cells[1:] * (count - 1)] if len(cells) == 2 and looks_like_price(cells[1]) else cells  # noqa: PLR2004 - one price for all


def _without_stamp(line: str, stamp: re.Match[str]) -> str:
    """«[22.11.2026, 10:15] Мастер: Капот - 22000» without who said it when; a line of nothing else is blank."""
    before, after = line[: stamp.start()].strip(" ,-"), line[stamp.end() :].strip(" -")
    if not after:
        return ""
    who, colon, said = after.partition(": ")
    return said if colon and not before and len(who) < 50 else line if before else after.removesuffix(":")  # noqa: PLR2004 - a name


def _class_names(line: str) -> list[str]:
    """«1 класс / 2 класс / 3 класс», «Седан; Кроссовер; Джип»: several short texts over prices, none of them a price."""
    line = re.sub(r"^[^:/;]{0,40}:\s*(?=\S)", "", line)
    for mark in ("/", ";"):
        parts = [tidy(part) for part in re.split(rf"\s+{mark}\s+|{mark}\s+" if mark == ";" else rf"\s+{mark}\s+", line)]
        if len(parts) > 1 and all(part and not looks_like_price(part) and not re.search(r"\d{3}", part) for part in parts):
            return parts
    parts = [tidy(part) for part in re.split(r"\s{3,}", line)]
    numbered = re.findall(rf"(?:\d|[ivx]+)(?:-?[йя])?\s+{_class_word()}", fold(line))
    if len(numbered) > 1 and len(" ".join(numbered)) >= len(re.sub(r"[\s,/]+", " ", fold(line))) - 2:
        return numbered
    return parts if len(parts) > 1 and not any(map(looks_like_price, parts)) else []


@functools.cache
def _class_word() -> str:
    return "(?:класс|категория|группа|тип|class)"


def _class_count(cells: Sequence[str], count: int) -> int:
    if len(cells) > 1 and not any(map(looks_like_price, cells[1:])) and all(cells[1:]):
        return len(cells) - 1
    return count


def _split(line: str, count: int) -> list[str]:
    """The longest end of the line that is prices, and the name before it; a line without a price is one cell."""
    if PHONE.search(line):
        return [tidy(line)]
    led = LEADER.split(line)
    if len(led) > 1 and led[0].strip() and all(piece == "" or _prices(piece, count) for piece in led[1:]):
        return [_name(led[0]), *(price for piece in led[1:] for price in _prices(piece, count) or [])]
    columns = [tidy(part) for part in SEPARATOR.split(line)]
    is_priced = len(columns) > 1 and all(looks_like_price(part) or read_cell(part).is_blank for part in columns[1:])
    if is_priced and not looks_like_price(columns[0]) and not _ends_in_price(columns[0]):
        return [_name(columns[0]), *columns[1:]]
    for start in _ends(line):
        if (prices := _prices(line[start:], count)) and (name := _name(line[:start])) and not looks_like_price(name):
            return [tidy(line)] if _is_title(name) else [name, *prices]
    return _price_first(line) or _on_request(line) or [tidy(line)]


def _is_title(name: str) -> bool:
    """«ПРАЙС 2026»."""
    return set(words(name)) <= folded("cells", "words", "title")


def _price_first(line: str) -> list[str] | None:
    """«5000 руб - покраска бампера»."""
    price, _, name = (part.strip() for part in re.sub(r"\s[-\u2013\u2014:]\s", "\0", line, count=1).partition("\0"))
    return [name, price] if _is_price(price) and re.search(r"[^\W\d_]{3}", name) else None


def _on_request(line: str) -> list[str] | None:
    """«Мойка двигателя — по запросу» is a work, no section."""
    name, mark, instead = (part.strip() for part in line.rpartition(next(iter(re.findall(r" [-\u2013\u2014] |: ", line)[-1:]), "\0")))
    return [name, instead] if mark and name and read_cell(instead).is_on_request else None


def _name(text: str) -> str:
    return tidy(text.rstrip(BETWEEN))


def _ends(line: str) -> Iterator[int]:
    """Places where a price may begin, from the left: «от», a currency, a number, after a space or a mark and not inside a word."""
    for found in _beginning().finditer(line, max(0, len(line) - LONGEST_PRICES)):
        yield found.start()


@functools.cache
def _beginning() -> re.Pattern[str]:
    terms = vocabulary("cells")
    starts = any_of([*terms["price"]["from"], *terms["price"]["upto"], *(sign for signs in terms["currency"].values() for sign in signs)])
    return re.compile(rf"(?<![\w.,])(?<![\da-z][-\u2013])(?:{starts}\s*(?=[\d$€₽])|{NUMBER})", re.IGNORECASE)


def _prices(text: str, count: int) -> list[str] | None:
    """One price, or one for each class: «22 000 / 25 000 / 28 000», «22000 25000 28000». None if any of it is something else."""
    columns = re.split(r"\s{2,}|\t", text.strip(" .;,"))
    if len(columns) == count > 1 and all(map(_is_price, columns)):
        return columns
    text = tidy(text).strip(" .;,")
    for mark in (r"\s*[/|;]\s*(?=\D{0,4}\d)", r"\s*,\s+(?=\D{0,4}\d)"):
        parts = re.split(mark, text)
        if len(parts) > 1 and all(_is_price(part) for part in parts) and (count or len(parts) > 1):
            return parts
    if count > 1 and (several := _spaced(text, count)):
        return several
    return [text] if _is_price(text) else None


def _is_price(text: str) -> bool:
    """By itself a small number is no price of a pasted line: «Замена 4 колес, R 17» ends in a size."""
    cell = read_cell(text)
    if cell.price is None:
        return False
    return cell.price.amount >= LEAST_BARE or bool(find_currencies(text))


def _spaced(text: str, count: int) -> list[str] | None:
    """So many prices with nothing but spaces between, in the only way that there is, or in equal parts: «22 000 25 000», «100 от 200»."""
    pieces = text.split(" ")
    if not count <= len(pieces) <= MOST_WORDS * count:
        return None
    ways: dict[int, list[list[str]]] = {0: [[]]}
    for _ in range(count):
        longer: dict[int, list[list[str]]] = {}
        for place, known in ways.items():
            for end in range(place + 1, min(place + MOST_WORDS, len(pieces)) + 1):
                part = " ".join(pieces[place:end])
                if _is_price(part) and read_cell(part).doubt is not DoubtKind.REMARK:
                    longer.setdefault(end, []).extend([*way, part] for way in known[:MOST_WAYS])
        ways = longer
    found = ways.get(len(pieces), [])
    even = [way for way in found if len({part.count(" ") for part in way}) == 1]
    return found[0] if len(found) == 1 else even[0] if even else None


def _aligned(records: Records) -> Records:
    """Every line as wide as the widest."""
    width = max((len(cells) for _, cells in records), default=0)
    return [(no, cells + [""] * (width - len(cells))) for no, cells in records]
