"""Parts of the day: «утром», «после обеда», «ближе к вечеру», «после работы», and its ends: «к открытию», «перед закрытием»."""

from __future__ import annotations

from dataclasses import dataclass

from valera.russian.quantities import Scanned
from valera.russian.time.time_words import part_of, weekday_of
from valera.russian.time.wish import Edge
from valera.russian.tokens import Kind
from valera.russian.vocabulary import phrases_of, words_of


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day, in minutes since midnight; a night ends on the next day."""

    name: str
    first: int
    last: int
    at: int
    after: int

    @property
    def rest(self) -> Part | None:
        """What is left of the day when this part of it is refused, if it is one piece."""
        if self.name == "morning":
            return Part("any", self.last, 24 * 60, self.at, self.after)
        return Part("any", 0, self.first, self.at, self.after) if self.name == "evening" else None

    def touches(self, other: Part) -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class ShopEdge:
    """«к открытию», «перед закрытием»: only the shop's hours tell when that is."""

    edge: Edge
    at: int
    after: int


def read_shop_edge(scanned: Scanned, at: int) -> ShopEdge | None:
    for words, edge in _SHOP_EDGES:
        if all(scanned.word(at + step) == word for step, word in enumerate(words)) and _is_whole(scanned, at, at + len(words)):
            return ShopEdge(edge, at, at + len(words))
    return None


def _is_whole(scanned: Scanned, at: int, after: int) -> bool:
    """«первым» alone is the first client of the day; «первым делом», «первым слоем» are not."""
    behind = scanned.piece(after)
    return after - at > 1 or behind is None or behind.kind is Kind.SIGN


def read_part(scanned: Scanned, at: int) -> Part | None:
    """«утром», «после обеда», «в первой половине дня», «ближе к вечеру», «до работы»."""
    for words, (name, first, last) in _PHRASES:
        if all(scanned.word(at + step) == word for step, word in enumerate(words)):
            return Part(name, first, last, at, at + len(words))
    before, word = scanned.word(at), scanned.word(at + 1)
    name = part_of(word)
    if before in {"до", "после"} and name == "noon":
        first, last = (6 * 60, 13 * 60) if before == "до" else (13 * 60, 18 * 60)
        return Part("morning" if before == "до" else "day", first, last, at, at + 2)
    if before in {"к", "под", "ближе"} and name in _TOWARDS:
        return Part(name, *_TOWARDS[name], at, at + 2)
    if before in {"до", "после"} and name == "evening":
        first, last = (6 * 60, 17 * 60) if before == "до" else (17 * 60, 22 * 60)
        return Part("evening" if before == "после" else "day", first, last, at, at + 2)
    name = part_of(before)
    beside = scanned.word(at - 1)
    day = scanned.word(at - 2) if beside == "," else beside
    is_of_day = before in _COMPANY and weekday_of(day) is not None  # «четверг утро»
    if name and (before not in _NEEDS_COMPANY or is_of_day or beside in _COMPANY.get(before, frozenset())):
        return Part(name, *_PARTS[name], at, at + 1)
    return None


_PARTS = {
    "morning": (6 * 60, 12 * 60),
    "day": (12 * 60, 17 * 60),
    "noon": (12 * 60, 14 * 60),
    "evening": (17 * 60, 22 * 60),
    "night": (22 * 60, 30 * 60),
}
_TOWARDS = {"evening": (16 * 60, 20 * 60), "noon": (11 * 60, 13 * 60), "morning": (6 * 60, 10 * 60), "night": (20 * 60, 24 * 60)}
# These forms are parts of the day only behind such words: «день» alone is no wish, «в день приезда» neither.
_NEEDS_COMPANY = words_of("time_clues.needs_company")
_COMPANY = {
    **dict.fromkeys(["утра"], frozenset({"с", "самого", "от"})),
    **dict.fromkeys(["утро", "вечер", "обед", "ночь"], frozenset({"в", "на", "под", "завтра", "сегодня", "послезавтра"})),
    "обеденный": frozenset({"в"}),
    "обеденное": frozenset({"в"}),
}
_EARLY, _LATE = ("morning", 6 * 60, 9 * 60 + 30), ("evening", 20 * 60, 23 * 60)
_HALF_ONE, _HALF_TWO = ("morning", 6 * 60, 13 * 60), ("day", 13 * 60, 22 * 60)
_PHRASES: tuple[tuple[list[str], tuple[str, int, int]], ...] = tuple(
    (phrase.split(), meaning)
    for phrases, meaning in (
        ("рано утром|ранним утром|утром пораньше|с утра пораньше|пораньше с утра|пораньше утром|до работы|перед работой|пораньше", _EARLY),
        ("поздно вечером|вечером попозже|попозже вечером", _LATE),
        ("после работы", ("evening", 18 * 60, 22 * 60)),
        ("в первой половине дня|в первой половине|первая половина дня|первую половину дня|первой половине дня|до полудня", _HALF_ONE),
        ("во второй половине дня|во второй половине|вторая половина дня|вторую половину дня|второй половине дня|после полудня", _HALF_TWO),
        ("ближе к вечеру|поближе к вечеру|ближе вечеру", ("evening", *_TOWARDS["evening"])),
        ("ближе к обеду|поближе к обеду", ("noon", *_TOWARDS["noon"])),
        ("в течение дня|в течении дня|целый день|весь день|в любое время|любое время|в любой час", ("any", 0, 24 * 60)),
        ("в середине дня|среди дня|в рабочее время", ("day", 10 * 60, 17 * 60)),
    )
    for phrase in phrases.split("|")
)
_SHOP_EDGES = [(phrase.split(), edge) for edge in Edge for phrase in sorted(phrases_of(f"day_parts.{edge.value}"), key=len, reverse=True)]
