"""Groups: the words that are left of a text when everything else is understood, cut where one work ends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from valera.reception.receptionist.hearing.vocabulary import filler, word_set
from valera.reception.trade import trade
from valera.russian.morphology import is_known, parses, part_of_speech
from valera.russian.tokens import Kind, scan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.russian.tokens import Token

EMPTY = frozenset({"CONJ", "PRCL", "INTJ", "NPRO", "ADVB", "PRED", "VERB", "GRND", "COMP"})
LISTABLE = frozenset({"NOUN", "ADJF", "INFN", "PRTF", ""})
LONGEST_LISTED = 4
LONGEST_SIZE = 2  # digits: of how many, of a wheel
SIZES = frozenset({"r", "\u0440"})


def is_action(word: str) -> bool:
    """What is done: by the trade's word, or by one that says it of anything («убрать вмятину»)."""
    return word in trade().actions or word in word_set("reply", "actions")


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
        return next((at for at, word in enumerate(self.lemmas) if is_action(word)), None)

    @property
    def objects(self) -> tuple[str, ...]:
        """What is worked on: everything but the actions."""
        return tuple(word for word, meaning in zip(self.words, self.lemmas, strict=True) if not is_action(meaning))

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


def cut(text: str, said: dict[int, str], taken: set[int], price_at: int | None) -> list[Group]:
    cutter = Cutter(said, price_at)
    scanned = scan(text)
    for token, following in zip_longest(scanned, scanned[1:]):
        word = said.get(token.start, "")
        if _separates(token, word) or (word in word_set("reply", "together") and _is_work(following, said)):
            cutter.close()
            cutter.is_negated = cutter.is_negated and word in word_set("reply", "joins")
        elif word in word_set("reply", "instead") or (word in word_set("reply", "without") and _is_part(following, said)):
            cutter.refuse() if cutter.words and _is_needed(following, said) else cutter.negate()
        elif word in word_set("reply", "correction"):
            cutter.correct()
        elif token.start not in taken and token.start in said and _is_content(token, word, cutter.words):
            cutter.words.append(token)
        elif token.kind is Kind.WORD and cutter.words and part_of_speech(cutter.words[-1].text) == "NUMR":
            cutter.words.pop()  # «две машины»
    cutter.close()
    return cutter.found


@dataclass(slots=True)
class Cutter:
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

    def refuse(self) -> None:
        """«капот не надо»: the work before."""
        self.close()
        self.found[-1:] = [replace(group, is_replaced=True) for group in self.found[-1:]]

    def negate(self) -> None:
        self.close()
        self.is_negated = True

    def correct(self) -> None:
        self.close()
        self.is_negated = False
        self.found = [replace(group, is_replaced=True) for group in self.found]


def _spelled_right(word: str, meaning: str) -> str:
    """A slip in a word of the trade is put right; everything else stays as the client wrote it."""
    is_slip = not is_known(word) or part_of_speech(word) in EMPTY  # «ТО» reads as a word of everyday
    return meaning if trade().knows(meaning) and is_slip else word


def _separates(token: Token, word: str) -> bool:
    return token.text in ",;\n.!?+/&:" if token.kind is Kind.SIGN else word in word_set("reply", "joins") | word_set("reply", "turns")


def _is_part(token: Token | None, said: dict[int, str]) -> bool:
    """«без крыши» takes the roof away; «без покраски» tells how."""
    return token is not None and said.get(token.start) in trade().parts


def _is_needed(token: Token | None, said: dict[int, str]) -> bool:
    return token is not None and said.get(token.start) in word_set("reply", "needed")


def _is_work(token: Token | None, said: dict[int, str]) -> bool:
    """«переобувка с балансировкой» is two works."""
    return token is not None and said.get(token.start) in trade().actions and part_of_speech(token.text) == "NOUN"


def _is_content(token: Token, word: str, before: Sequence[Token]) -> bool:
    if token.kind is Kind.NUMBER:
        return bool(before) and len(token.text) <= LONGEST_SIZE
    if trade().knows(word) or part_of_speech(token.text) == "NUMR":
        return True
    if token.folded in SIZES:
        return bool(before)
    part = part_of_speech(token.text)
    if part == "PREP" or word in word_set("reply", "whole"):
        return bool(before)
    return word not in filler() and part not in EMPTY and len(token.text) > 1
