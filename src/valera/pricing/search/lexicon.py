"""Text into terms: lemmas, reduced by the trade's synonyms, with what each one is: a work, a part, a place, a number."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from valera.pricing.vocabulary import vocabulary
from valera.russian.morphology import is_known, lemma, parses, part_of_speech
from valera.russian.tokens import Kind, scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from valera.russian.tokens import Token

NOT = "!"
SHORTEST_TYPO = 4
"""Letters; in a shorter word any slip makes another word."""
JOINING_SIGNS = frozenset("-–/№%\"'«»():")
"""Signs that stand inside one work: «сход-развал», «снятие/установка», «покрасить: капот». All others part two works."""
SOFT_PARTS = frozenset({"ADJF", "ADJS", "ADVB", "COMP", "PRTF", "PRTS", "GRND", "NUMR", "PRED"})
"""Parts of speech that describe: a question may use one that no list knows («срочно», «аккуратно») and still mean the row."""
EMPTY_PARTS = frozenset({"PREP", "CONJ", "PRCL", "INTJ", "NPRO"})


class TermKind(Enum):
    WORK = auto()
    PLACE = auto()
    NUMBER = auto()
    WORD = auto()


@dataclass(frozen=True, slots=True)
class Term:
    """``key`` is what is compared; ``place_axis`` tells which places exclude each other; ``is_real``: in some dictionary, so no typo."""

    key: str
    kind: TermKind
    start: int
    end: int
    is_soft: bool = False
    is_real: bool = True
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text between separators: from its first term to its last."""

    start: int
    end: int
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The synonyms, lemmatised: sequences of lemmas to the terms they mean."""

    phrases: dict[tuple[str, ...], tuple[str, ...]]
    works: frozenset[str]
    places: dict[str, int]
    related: frozenset[frozenset[str]]
    damage: frozenset[str]
    negations: frozenset[str]
    separators: frozenset[str]
    noise: frozenset[str]
    quantities: frozenset[str]
    longest: int
    single_words: tuple[str, ...]

    def terms(self, text: str) -> tuple[Term, ...]:
        """All terms of a text, signs and separators ignored: for names and sections of a list."""
        return tuple(self._terms([token for token in scan(text) if token.kind is not Kind.SIGN]))

    def pieces(self, text: str) -> list[Piece]:
        """A question, cut at commas, signs and words such as «и»; pieces without any term are left out."""
        runs: list[list[Token]] = [[]]
        for token in scan(text):
            if token.kind is Kind.SIGN or token.folded in self.separators:
                if not (token.kind is Kind.SIGN and token.text in JOINING_SIGNS):
                    runs.append([])
            else:
                runs[-1].append(token)
        cut = [part for run in runs for part in self._parted(tuple(self._terms(run)))]
        return [Piece(terms[0].start, terms[-1].end, terms) for terms in cut if terms]

    def _parted(self, terms: tuple[Term, ...]) -> list[tuple[Term, ...]]:
        """«крыло переднее крыло заднее» without a comma are two: a word comes again, and the places exclude each other."""
        if not self.names_opposite_places(terms):
            return [terms]
        keys = [term.key for term in terms]
        again = next((at for at, term in enumerate(terms) if term.kind is TermKind.WORD and term.key in keys[:at]), None)
        if again is None:
            return [terms]
        first = again - 1 if terms[again - 1].kind is TermKind.PLACE and terms[0].kind is TermKind.PLACE else again
        return [terms[:first], *self._parted(terms[first:])]

    def counts_pieces(self, text: str) -> bool:
        """Does the text say how many: «две двери», «4 колеса»? Years and sizes of three digits and more are no count."""
        return any(
            token.folded in self.quantities or (token.kind is Kind.NUMBER and 1 < int(token.text) < 100)  # noqa: PLR2004
            for token in scan(text)
            if token.kind is not Kind.SIGN
        )

    def are_related(self, one: str, other: str) -> bool:
        return frozenset((one, other)) in self.related

    def names_opposite_places(self, terms: Sequence[Term]) -> bool:
        """«Передний и задний» are two parts, whatever is said beside them."""
        places = {term.key for term in terms if term.kind is TermKind.PLACE}
        return len(places) > len({self.places[place] for place in places})

    def kind_of(self, key: str) -> TermKind:
        if key in self.works:
            return TermKind.WORK
        return TermKind.PLACE if key in self.places else TermKind.WORD

    def _terms(self, tokens: Sequence[Token]) -> Iterator[Term]:
        lemmas = [self._lemma(token) for token in tokens]
        place, negated = 0, False
        while place < len(tokens):
            length = self._longest_phrase(lemmas, place)
            keys = self.phrases.get(tuple(lemmas[place : place + length]), (lemmas[place],))
            if length == 1 and tokens[place].folded in self.negations:
                negated = True
            else:
                yield from self._made(keys, tokens[place : place + length], lemmas[place : place + length], negated=negated)
                negated = negated and self._is_empty(tokens[place])
            place += length

    def _lemma(self, token: Token) -> str:
        """The likeliest normal form, unless only another reading means something to the trade: «фару», read as «фар»."""
        likeliest = token.lemma
        if token.kind is not Kind.WORD or (likeliest,) in self.phrases or likeliest in self.noise:
            return likeliest
        others = (reading.normal_form.replace("\u0451", "\u0435") for reading in parses(token.text))
        return next((other for other in others if (other,) in self.phrases), likeliest)

    def _longest_phrase(self, lemmas: Sequence[str], place: int) -> int:
        return next(
            (n for n in range(min(self.longest, len(lemmas) - place), 1, -1) if tuple(lemmas[place : place + n]) in self.phrases), 1
        )

    def _made(self, keys: tuple[str, ...], tokens: Sequence[Token], lemmas: Sequence[str], *, negated: bool) -> Iterator[Term]:
        first, last = tokens[0], tokens[-1]
        is_synonym = (lemmas[0],) in self.phrases or len(lemmas) > 1
        if not is_synonym and self._is_empty(first):
            return
        for key in keys:
            kind = TermKind.NUMBER if first.kind is Kind.NUMBER else self.kind_of(key)
            is_real = is_synonym or first.kind is Kind.NUMBER or is_known(first.text)
            is_soft = not is_synonym and (first.kind is Kind.NUMBER or part_of_speech(first.text) in SOFT_PARTS)
            yield Term(NOT + key if negated else key, TermKind.WORD if negated else kind, first.start, last.end, is_soft, is_real)

    def _is_empty(self, token: Token) -> bool:
        return (
            token.lemma in self.noise
            or token.folded in self.noise
            or (token.kind is Kind.WORD and part_of_speech(token.text) in EMPTY_PARTS)
        )


@functools.cache
def lexicon() -> Lexicon:
    """Read and lemmatised once: about a hundred milliseconds, most of it the dictionary."""
    data = vocabulary("synonyms")
    axes = data["positions"]["axes"]
    groups = {**data["works"], **data["parts"]} | {name: entries for axis in axes for name, entries in axis.items()}
    phrases = {tuple(_lemmas(entry)): (key,) for key, entries in groups.items() for entry in entries}
    phrases |= {tuple(_lemmas(entry)): tuple(meaning.split()) for entry, meaning in data["several"].items()}
    listed = {key: frozenset(data["words"][key]) for key in ("negations", "separators", "noise", "quantities")}
    return Lexicon(
        phrases=phrases,
        works=frozenset(data["works"]),
        places={name: number for number, axis in enumerate(axes) for name in axis},
        related=frozenset(map(frozenset, data["related"]["pairs"])),
        damage=frozenset(data["damage"]["words"]),
        negations=listed["negations"],
        separators=listed["separators"],
        noise=listed["noise"] | {lemma(word) for word in listed["noise"]},
        quantities=listed["quantities"],
        longest=max(map(len, phrases)),
        single_words=tuple(phrase[0] for phrase in phrases if len(phrase) == 1 and len(phrase[0]) >= SHORTEST_TYPO),
    )


def _lemmas(phrase: str) -> list[str]:
    return [token.lemma for token in scan(phrase) if token.kind is not Kind.SIGN]
