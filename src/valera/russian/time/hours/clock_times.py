"""The hours that a text names: «в 11», «к девяти», «после 18», «с 10 до 12», «полодиннадцатого», «без четверти десять»."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from valera.russian.quantities import Scanned
from valera.russian.time.hours.clock_hours import Hour, read_hour
from valera.russian.tokens import Kind
from valera.russian.vocabulary import words_of

NEIGHBOURS = 120
"""Two hours that lie so close together are one stretch: «в 10 или в 11»."""


class Relation(enum.Enum):
    """How the wished time relates to the named one."""

    AT = "at"
    AFTER = "after"
    BEFORE = "before"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Clock:
    """A wish in hours, said by the tokens from `at` to `after`. BETWEEN has an `end`."""

    relation: Relation
    start: Hour
    end: Hour | None
    is_about: bool
    at: int
    after: int


def read_clock(scanned: Scanned, at: int, *, behind_a_day: bool = False) -> Clock | None:
    """The clock time named from this token on, prepositions included. Right behind a day a bare hour is enough: «завтра 11»."""
    prefix = _read_prefix(scanned, at)
    if _tells_a_size(scanned, at):
        return None
    start = read_hour(scanned, prefix.after, is_asked=prefix.is_there or behind_a_day)
    if start is None:
        return None
    relation, end = _read_other_end(scanned, start, prefix)
    if relation is None:
        return None
    after = (end or start).after
    is_about = prefix.is_about or scanned.word(after) in _ABOUT
    return Clock(relation, start, end, is_about, at, after)


def _tells_a_size(scanned: Scanned, at: int) -> bool:
    """«диски на 17», «резина на 16» are inches."""
    before = scanned.piece(at - 1)
    return scanned.word(at) == "на" and before is not None and before.kind is Kind.WORD and before.lemma in _MEASURED_IN_INCHES


@dataclass(frozen=True, slots=True)
class _Prefix:
    relation: Relation
    is_there: bool
    is_about: bool
    opens_range: bool
    is_bare_allowed: bool
    after: int


def _read_prefix(scanned: Scanned, at: int) -> _Prefix:  # noqa: C901 - a table of prepositions, one branch each
    relation, is_there, is_about, opens, bare, start = Relation.AT, False, False, False, True, at
    while word := scanned.word(at):
        if word == "не" and scanned.word(at + 1) in {"позже", "позднее"}:
            relation, is_there, at = Relation.BEFORE, True, at + 2
        elif word == "не" and scanned.word(at + 1) in {"раньше", "ранее"}:
            relation, is_there, at = Relation.AFTER, True, at + 2
        elif word in {"до", "раньше", "ранее"}:
            relation, is_there, at = Relation.BEFORE, True, at + 1
        elif word in {"после", "позже", "позднее"}:
            relation, is_there, at = Relation.AFTER, True, at + 1
        elif word in {"с", "со", "от", "между", "начиная"}:
            relation, is_there, opens, at = Relation.AFTER, True, True, at + 1
            bare = word != "от"
        elif word in _AT_WORDS:
            is_there, at = True, at + 1
        elif word in _ABOUT:
            is_there, is_about, at = is_there or word not in {"часов", "часиков", "часа", "часам", "час"}, True, at + 1
        elif word == "районе" or (word == "то" and scanned.word(at - 1) == "-"):
            is_about, at = True, at + 1
        elif word == "-" and scanned.word(at - 1) == "где":
            at += 1
        else:
            break
        if at - start > 6:
            break
    return _Prefix(relation, is_there, is_about, opens, bare, at)


def _read_other_end(scanned: Scanned, start: Hour, prefix: _Prefix) -> tuple[Relation | None, Hour | None]:
    """«с 10 до 12», «между 5 и 7», «10-12», «в 10 или 11»."""
    link = scanned.word(start.after)
    links = {"до", "по", "-", "–", "—", "и"} if prefix.opens_range else {"-", "–", "—", "или"}
    if link in links:
        end = read_hour(scanned, start.after + 1, is_asked=True)
        if end is None and scanned.word(start.after + 1) in {"в", "к", "до"}:
            end = read_hour(scanned, start.after + 2, is_asked=True)
        if end and link == "или" and not 0 < end.minutes() - start.minutes() <= NEIGHBOURS:
            return prefix.relation, None
        if end:
            return Relation.BETWEEN, end
        behind = scanned.piece(start.after + 1)
        if behind and behind.kind is Kind.NUMBER:
            return None, None
    return (prefix.relation if prefix.is_bare_allowed else None), None


_AT_WORDS = frozenset({"в", "во", "на", "к", "ко", "ровно", "по"})
_ABOUT = words_of("clock_times.about")
_MEASURED_IN_INCHES = words_of("clock_times.measured_in_inches")
