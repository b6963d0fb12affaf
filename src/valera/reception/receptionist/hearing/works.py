"""Which works a text names: what is left of it when everything else is understood, cut at commas and «и»."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from valera.reception.receptionist.vocabulary import filler, word_set
from valera.reception.trade import trade
from valera.russian.morphology import is_known, parses, part_of_speech
from valera.russian.tokens import Kind, scan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.russian.tokens import Token

EMPTY = frozenset({"CONJ", "PRCL", "INTJ", "NPRO", "ADVB", "PRED", "VERB", "GRND", "COMP"})
LISTABLE = frozenset({"NOUN", "ADJF", "INFN", "PRTF", ""})
LONGEST_LISTED = 4
JOINED = frozenset({"\u0438", "+"})
JOINTS = " \n:\u2014\u2013-"
LONGEST_SIZE = 2  # digits: of how many, of a wheel
SIZES = frozenset({"r", "\u0440"})


@dataclass(frozen=True, slots=True)
class Group:
    """Words of one work: as written, with their lemmas and their place. ``is_replaced``: the client named something else instead."""

    words: tuple[str, ...]
    lemmas: tuple[str, ...]
    start: int
    end: int
    after_price: bool
    is_replaced: bool

    @property
    def is_known(self) -> bool:
        return any(trade().knows(word) for word in self.lemmas)

    @property
    def action(self) -> int | None:
        return next((at for at, word in enumerate(self.lemmas) if word in trade().actions), None)

    @property
    def objects(self) -> tuple[str, ...]:
        """What is worked on: everything but the actions."""
        return tuple(word for word, meaning in zip(self.words, self.lemmas, strict=True) if meaning not in trade().actions)

    @property
    def is_mere_quality(self) -> bool:
        """«…и салонного»: adjectives that lean on the thing named beside them."""
        return all(part_of_speech(word) == "ADJF" for word in self.words)

    @property
    def is_mere_thing(self) -> bool:
        """One noun that is nobody's name: «…и хранение»."""
        readings = parses(self.words[0])
        return len(self.words) == 1 and bool(readings) and "NOUN" in readings[0].tag and "Name" not in readings[0].tag

    @property
    def is_listable(self) -> bool:
        return len(self.words) <= LONGEST_LISTED and all(part_of_speech(word) in LISTABLE | {"PREP"} for word in self.words)


@dataclass(frozen=True, slots=True)
class Works:
    """``leftover``: other words, that nothing was understood of."""

    named: tuple[str, ...]
    replaced: tuple[str, ...]
    leftover: tuple[str, ...]


def find_works(text: str, said: dict[int, str], taken: set[int], *, price_at: int | None) -> Works:
    """``said``: meant lemmas by the place of the word; ``taken``: places of words that mean something else.

    ``price_at``: where the client asked for a price, if anywhere; from there on words unknown to the trade count as works too.
    """
    groups = _groups(text, said, taken, price_at)
    known_from = next((at for at, group in enumerate(groups) if group.is_known), None)
    chosen = [
        group
        for at, group in enumerate(groups)
        if group.is_known
        or (group.is_mere_quality and any(near.is_known for near in groups[max(at - 1, 0) : at + 2]))
        or (at and groups[at - 1].is_known and group.is_mere_thing and text[groups[at - 1].end : group.start].strip().lower() in JOINED)
        or (price_at is not None and group.is_listable and (group.after_price or (known_from is not None and at > known_from)))
    ]
    wanted = [group for group in chosen if not group.is_replaced] or chosen
    leftover = tuple(" ".join(group.words) for group in groups if group not in chosen and not group.is_replaced)
    return Works(
        tuple(dict.fromkeys(_spread(text, wanted))),
        tuple(" ".join(group.words) for group in chosen if group not in wanted),
        leftover=leftover,
    )


@dataclass(slots=True)
class _Cutter:
    """Cuts a text into groups, word by word."""

    said: dict[int, str]
    price_at: int | None
    found: list[Group] = field(default_factory=list[Group])
    words: list[Token] = field(default_factory=list["Token"])
    is_negated: bool = False

    def close(self) -> None:
        self._trim()
        if any(part_of_speech(word.text) != "NUMR" for word in self.words):
            after = self.price_at is not None and self.words[0].start > self.price_at
            pairs = [pair for at in range(len(self.words)) for pair in self._written(at)]
            written, lemmas = (tuple(texts) for texts in zip(*pairs, strict=True))
            self.found.append(Group(written, lemmas, self.words[0].start, self.words[-1].end, after, self.is_negated))
        self.words = []

    def _trim(self) -> None:
        """Without prepositions and numbers that nothing follows, and without «на солярес»: whom the work is for, not what it is."""
        parts = [part_of_speech(word.text) for word in self.words]
        self.words = [word for at, word in enumerate(self.words) if parts[at : at + 2] != ["PREP", "PREP"]]
        at = next((at for at, word in enumerate(self.words) if at and self._leads_away(at, word)), None)
        if at is not None:
            self.words = self.words[:at]
        while self.words and self._hangs(self.words[-1]):
            self.words.pop()

    def _written(self, at: int) -> list[tuple[str, str]]:
        """The word as the client wrote it, with its lemma; a size and its number are one word («R16»)."""
        word = self.words[at]
        following = self.words[at + 1] if at + 1 < len(self.words) else None
        if word.folded in SIZES and following and following.kind is Kind.NUMBER:
            return [(word.text + following.text, word.folded + following.text)]
        if at and word.kind is Kind.NUMBER and self.words[at - 1].folded in SIZES:
            return []
        meaning = self.said[word.start]
        return [(_spelled_right(word.text, meaning), meaning)]

    def _hangs(self, last: Token) -> bool:
        is_size = last.kind is Kind.NUMBER and len(self.words) > 1 and self.words[-2].folded in SIZES
        return part_of_speech(last.text) == "PREP" or (last.kind is Kind.NUMBER and not is_size)

    def _leads_away(self, at: int, word: Token) -> bool:
        if word.folded not in word_set("reply", "towards") or not any(trade().knows(self.said[other.start]) for other in self.words[:at]):
            return False
        behind = self.words[at + 1 :]
        return not any(trade().knows(self.said[other.start]) or part_of_speech(other.text) == "PREP" for other in behind)

    def negate(self) -> None:
        self.close()
        self.is_negated = True

    def correct(self) -> None:
        self.close()
        self.is_negated = False
        self.found = [replace(group, is_replaced=True) for group in self.found]


def _spelled_right(word: str, meaning: str) -> str:
    """A slip in a word of the trade is put right; everything else stays as the client wrote it."""
    return meaning if trade().knows(meaning) and not is_known(word) else word


def _groups(text: str, said: dict[int, str], taken: set[int], price_at: int | None) -> list[Group]:
    cutter = _Cutter(said, price_at)
    for token in scan(text):
        word = said.get(token.start, "")
        if _separates(token, word):
            cutter.close()
            cutter.is_negated = cutter.is_negated and word in word_set("reply", "joins")
        elif word in word_set("reply", "instead"):
            cutter.negate()
        elif word in word_set("reply", "correction"):
            cutter.correct()
        elif token.start not in taken and token.start in said and _is_content(token, word, cutter.words):
            cutter.words.append(token)
    cutter.close()
    return cutter.found


def _separates(token: Token, word: str) -> bool:
    return token.text in ",;\n.!?+/&:" if token.kind is Kind.SIGN else word in word_set("reply", "joins") | word_set("reply", "turns")


def _is_content(token: Token, word: str, before: Sequence[Token]) -> bool:
    if token.kind is Kind.NUMBER:
        return bool(before) and len(token.text) <= LONGEST_SIZE
    if trade().knows(word) or part_of_speech(token.text) == "NUMR":
        return True
    if token.folded in SIZES:
        return bool(before)
    part = part_of_speech(token.text)
    if part == "PREP":
        return bool(before)
    return word not in filler() and part not in EMPTY and len(token.text) > 1


def _spread(text: str, groups: Sequence[Group]) -> list[str]:
    """«покрасить капот и крыло»: the work is said once for both. «снятие и установка бампера» stays one, as it was written."""
    spread: list[str] = []
    action: str = ""
    waiting: Group | None = None
    for at, group in enumerate(groups):
        start = waiting.start if waiting else group.start
        if group.action is not None and not group.objects and at + 1 < len(groups) and groups[at + 1].action is not None:
            waiting = waiting or group
            continue
        waiting = None
        if (
            group.action is not None
            and not group.objects
            and at + 1 < len(groups)
            and not text[group.end : groups[at + 1].start].strip(JOINTS)
        ):
            action = group.words[group.action]
            continue  # «покрасить», and the part in the next message
        if group.action is not None and not group.objects and spread and _trailing_action(groups[at:]) and not action:
            continue  # «капот, покраска»: it was given to the part before
        if group.action is None and (group.is_known or group.is_mere_quality):
            spread.append(" ".join(filter(None, (action or _trailing_action(groups[at + 1 :]), *group.words))))
            continue
        action = next((word for word, meaning in zip(group.words, group.lemmas, strict=True) if meaning in trade().actions), action)
        spread.append(text[start : group.end] if start != group.start else _named(group))
    return spread


def _named(group: Group) -> str:
    """«на покраску капота» names «покраска капота»."""
    first, *rest = group.words
    is_noun = group.lemmas[0] in trade().actions and part_of_speech(first) == "NOUN"
    return " ".join((group.lemmas[0] if is_noun else first, *rest))


def _trailing_action(groups: Sequence[Group]) -> str:
    """«капот и крыло покрасить»: the verb behind the last part is meant for all of them."""
    last = next((group for group in groups if group.action is not None), None)
    if last is None or last.action != len(last.words) - 1:
        return ""
    return last.words[-1]
