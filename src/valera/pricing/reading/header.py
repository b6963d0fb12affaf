"""Header rows into columns: classes of cars with their descriptions, «от» and «до» columns, one price for all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from valera.pricing.price_list import CarClass
from valera.pricing.reading.sheet import is_header_word
from valera.pricing.vocabulary import any_of, fold, folded, tidy, vocabulary, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valera.pricing.reading.sheet import Row, Sheet


SHORTEST_SLIP = 4
SAME_WORD = 80
"""Letters of a word that may hold a slip of the pen, and how alike (0..100) it is: «клас» and «класс» yes, «малые» and «большие» no."""


class Role(Enum):
    """What a number in the column is: the price, the least, the most."""

    PRICE = auto()
    FROM = auto()
    UPTO = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """``class_no``: place in the list's classes; None: for every car."""

    index: int
    class_no: int | None
    role: Role = Role.PRICE


@dataclass(slots=True)
class ClassRegister:
    """The classes met so far: a header that repeats one with other spaces or a slip of the pen means the same class."""

    classes: list[CarClass] = field(default_factory=list)
    has_unnamed: bool = False

    def number_of(self, new: CarClass, taken: set[int]) -> int:
        """``taken``: classes of the same header, whose columns are different classes however alike their names."""
        for number, known in enumerate(self.classes):
            if number not in taken and is_same_name(known.name, new.name):
                if new.description and not known.description:
                    self.classes[number] = CarClass(known.name, new.description)
                return number
        self.classes.append(new)
        return len(self.classes) - 1

    def numbers_of(self, titles: Mapping[int, CarClass]) -> dict[int, int]:
        """Column → number of its class, for one header."""
        numbers: dict[int, int] = {}
        for column, title in titles.items():
            numbers[column] = self.number_of(title, set(numbers.values()))
        return numbers


def is_same_name(one: str, other: str) -> bool:
    """Word by word; only words of four letters and more may differ by a letter or two, so that «1 класс» is never «2 класс»."""
    left, right = words(one), words(other)
    if "".join(left) == "".join(right):
        return True
    return len(left) == len(right) and all(
        a == b or (min(len(a), len(b)) >= SHORTEST_SLIP and fuzz.ratio(a, b) >= SAME_WORD) for a, b in zip(left, right, strict=True)
    )


def read_header(sheet: Sheet, rows: list[Row], register: ClassRegister, used: frozenset[int]) -> tuple[Column, ...]:
    """Columns that this header (one row or several) describes; ``used``: those in which prices stand below it.

    Price columns that it leaves unnamed are absent, unless it names none at all.
    """
    titles = {column: _title(sheet, rows, column) for column in sheet.prices}
    named = {column: title for column, title in titles.items() if title is not None}
    classes = {column: title for column, title in named.items() if title.name}
    if not classes:
        roles = {column: _role(rows, column) for column in named} or {sheet.prices[0]: Role.PRICE}
        if used <= roles.keys() and (len(roles) == 1 or set(roles.values()) == {Role.FROM, Role.UPTO}):
            return tuple(Column(index, None, role) for index, role in roles.items())
        return unnamed(used, register)
    if len(used) == 1 and all(is_header_word(title.name, "price") or "цена" in words(title.name) for title in classes.values()):
        return tuple(Column(column, None, _role(rows, column)) for column in classes)  # «Новая цена» is no class
    return tuple(Column(column, number, _role(rows, column)) for column, number in register.numbers_of(classes).items())


def unnamed(used: frozenset[int], register: ClassRegister) -> tuple[Column, ...]:
    """No header tells what the columns are: one is the price, several are numbered from the left."""
    if len(used) == 1:
        return (Column(min(used), None),)
    register.has_unnamed = True
    titles = {column: CarClass(str(place)) for place, column in enumerate(sorted(used), 1)}
    return tuple(Column(column, number) for column, number in register.numbers_of(titles).items())


def _title(sheet: Sheet, rows: list[Row], column: int) -> CarClass | None:
    """The class over a column: None if no cell stands over it, without a name if the cells only say «Цена»."""
    parts = list(dict.fromkeys(raw for row in rows if (raw := _over(sheet, row, column, is_last=row is rows[-1]))))
    if not parts:
        return None
    meaningful = [part for part in parts if not _is_generic(part)]
    if not meaningful:
        return CarClass("")
    width = _filled(sheet, rows[-1])
    return _class_of(meaningful, is_prefixed=any(0 < _filled(sheet, row) < width for row in rows[:-1]))


def _over(sheet: Sheet, row: Row, column: int, *, is_last: bool) -> str:
    """The cell itself, or the merged one that reaches over it: saved as one filled cell with blanks to its right, never in the last row."""
    starts = [index for index in sheet.prices if index <= column and row.cell(index)]
    return row.raw[starts[-1]] if starts and (starts[-1] == column or not is_last) else ""


def _filled(sheet: Sheet, row: Row) -> int:
    return sum(bool(row.cell(column)) for column in sheet.prices)


def _class_of(parts: list[str], *, is_prefixed: bool) -> CarClass:
    name, description = _split_title(parts[0])
    for part in parts[1:]:
        more_name, more_description = _split_title(part)
        if is_prefixed and more_name:
            name, description = tidy(f"{name} {more_name}"), tidy(f"{description} {more_description}")
        else:
            description = tidy(f"{description} {more_name} {more_description}")
    return CarClass(name or description, description if name else "")


def _split_title(raw: str) -> tuple[str, str]:
    """«2 класс(бизнес класс)» → name and what stands in brackets; without brackets the first line is the name."""
    before, bracket, after = raw.partition("(")
    if bracket:
        inside, _, behind = after.rpartition(")") if ")" in after else (after, "", "")
        return tidy(before), tidy(f"{inside} {behind}")
    lines = [tidy(line) for line in raw.strip().splitlines() if tidy(line)]
    return (lines[0], tidy(" ".join(lines[1:]))) if lines else ("", "")


def _is_generic(text: str) -> bool:
    """«Цена, руб.», «Стоимость работ», «Класс автомобиля»: no class is named."""
    terms = vocabulary("cells")
    signs = {word for sign_list in terms["currency"].values() for sign in sign_list for word in words(sign)}
    known = folded("cells", "words", "price") | folded("cells", "words", "filler") | signs
    return all(word in known for word in words(text)) and not any(character.isdigit() for character in text)


def _role(rows: list[Row], column: int) -> Role:
    for row in rows:
        text = fold(row.cell(column))
        if is_header_word(text, "price") or _is_generic(text):
            for key, role in (("from", Role.FROM), ("upto", Role.UPTO)):
                if text and re.search(rf"(?<!\w){any_of(vocabulary('cells')['price'][key])}", text):
                    return role
    return Role.PRICE
