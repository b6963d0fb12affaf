"""Text into terms: lemmas, reduced by the trade's synonyms, with what each one is: a work, a part, a place, a number."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from valera.pricing.search.sizes import Size, Units
from valera.pricing.search.term import NOT, Piece, Term, TermKind
from valera.pricing.vocabulary import vocabulary
from valera.russian import keyboard
from valera.russian.morphology import fold, is_known, lemma, parses, part_of_speech
from valera.russian.tokens import Kind, Token, scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SHORTEST_TYPO = 4
"""Letters; in a shorter word any slip makes another word."""
JOINING_SIGNS = frozenset("-–/№%\"'«»():")
"""Signs that stand inside one work: «сход-развал», «снятие/установка», «покрасить: капот». All others part two works."""
SOFT_PARTS = frozenset({"ADJF", "ADJS", "ADVB", "COMP", "PRTF", "PRTS", "GRND", "NUMR", "PRED"})
"""Parts of speech that describe: a question may use one that no list knows («срочно», «аккуратно») and still mean the row."""
EMPTY_PARTS = frozenset({"PREP", "CONJ", "PRCL", "INTJ", "NPRO"})
DESCRIBING = frozenset({"ADJF", "ADJS", "PRTF", "PRTS"})
EVERYTHING = "целиком"
"""«Весь», «полностью», «в круг»: of what, stands beside it."""
TOGETHER = frozenset({"все", "всего"})
BEFORE_NOUN = frozenset({"NOUN", "ADJF", "PRTF", "NUMR"})


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The synonyms, lemmatised: sequences of lemmas to the terms they mean."""

    phrases: Mapping[tuple[str, ...], tuple[str, ...]]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    works: frozenset[str]
    places: Mapping[str, int]
    related: Mapping[str, frozenset[str]]
    joint: Mapping[frozenset[str], str]
    general: Mapping[str, str]
    whole_works: frozenset[str]
    hollow: frozenset[str]
    things: frozenset[str]
    damage: frozenset[str]
    negations: frozenset[str]
    separators: frozenset[str]
    noise: frozenset[str]
    quantities: frozenset[str]
    longest: int
    single_words: tuple[str, ...]
    units: Units

    def terms(self, text: str) -> tuple[Term, ...]:
        """All terms of a text, signs and separators ignored: for names and sections of a list."""
        return self.read(text)[0]

    def read(self, text: str) -> tuple[tuple[Term, ...], tuple[Size, ...]]:
        """Terms and sizes of a text, signs and separators ignored."""
        sizes, left = self.units.take(_readable(scan(text)))
        return self._joined([token for token in left if token.kind is not Kind.SIGN]), sizes

    def pieces(self, text: str) -> list[Piece]:
        """A question, cut at commas, signs and words such as «и»; pieces without any term are left out."""
        runs: list[list[Token]] = [[]]
        for token in _readable(scan(text)):
            is_joining = token.kind is Kind.SIGN and token.text in JOINING_SIGNS
            if not is_joining and (token.kind is Kind.SIGN or token.folded in self.separators):
                runs.append([])
            else:
                runs[-1].append(token)
        return [piece for run in runs for piece in self._pieces(run)]

    def _pieces(self, run: list[Token]) -> Iterator[Piece]:
        sizes, left = self.units.take(run)
        terms = self._joined([token for token in left if token.kind is not Kind.SIGN])
        parted = [part for part in self._parted(terms) if part]
        for number, part in enumerate(parted):
            yield Piece(part[0].start, part[-1].end, part, sizes if number == 0 else ())
        if sizes and not parted:
            yield Piece(run[0].start, run[-1].end, (), sizes)

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
        """Does the text say how many: «две двери», «4 колеса», «все двери»? Years, sizes and numbers in names («R16») are no count."""
        _, left = self.units.take(_readable(scan(text)))
        tokens = [token for token in left if token.kind is not Kind.SIGN]
        return any(
            _is_before_noun(tokens, at) and (token.folded in self.quantities or (token.kind is Kind.NUMBER and 1 < int(token.text) < 100))  # noqa: PLR2004
            for at, token in enumerate(tokens)
        )

    def are_related(self, one: str, other: str) -> bool:
        return other in self.related.get(one, ())

    def names_opposite_places(self, terms: Sequence[Term]) -> bool:
        """«Передний и задний» are two parts, whatever is said beside them."""
        places = {term.key for term in terms if term.kind is TermKind.PLACE}
        return len(places) > len({self.places[place] for place in places})

    def kind_of(self, key: str) -> TermKind:
        if key in self.works:
            return TermKind.WORK
        return TermKind.PLACE if key in self.places else TermKind.WORD

    def means(self, word: str) -> tuple[str, ...]:
        """The keys of one lemma; itself for a word that the trade has no name for."""
        return self.phrases.get((word,), (word,))

    def _joined(self, tokens: Sequence[Token]) -> tuple[Term, ...]:
        """Two works that are one though words stand between them: «снять старую тонировку» is «растонировка»."""
        terms = list(self._terms(tokens))
        for at, term in enumerate(terms):
            others = (next((to for to in way if not terms[to].is_soft), None) for way in (range(at + 1, len(terms)), range(at - 1, -1, -1)))
            other = next((to for to in others if to is not None and frozenset((term.key, terms[to].key)) in self.joint), None)
            if term.kind is TermKind.WORK and other is not None:
                key = self.joint[frozenset((term.key, terms[other].key))]
                terms[at] = replace(term, key=key, kind=self.kind_of(key))
                del terms[other]
                break
        return tuple(terms)

    def _terms(self, tokens: Sequence[Token]) -> Iterator[Term]:
        lemmas = [self._lemma_at(tokens, at) for at in range(len(tokens))]
        place, negated = 0, False
        while place < len(tokens):
            length = self._longest_phrase(lemmas, place)
            keys = self.phrases.get(tuple(lemmas[place : place + length]), (lemmas[place],))
            if length == 1 and tokens[place].folded in self.negations:
                negated = True
            else:
                made = self._made(keys, tokens[place : place + length], lemmas[place : place + length], negated=negated)
                yield from (replace(term, is_attached=True) for term in made) if _is_attached(tokens, place) else made
                negated = negated and self._is_empty(tokens[place], lemmas[place])
            place += length

    def _lemma_at(self, tokens: Sequence[Token], at: int) -> str:
        """A few words mean something by what stands beside them."""
        token = tokens[at]
        if token.folded == "перед":  # «колодки перед» is a place, «перед покупкой» is none
            is_preposition = at + 1 < len(tokens) and any("ablt" in reading.tag for reading in parses(tokens[at + 1].text))
            return token.folded if is_preposition else "передний"
        if token.folded in TOGETHER and not (token.folded == "всего" and _is_before_noun(tokens, at)):  # «сколько всего», «сколько за всё»
            return "все"
        if token.text == "ТО":
            return "техобслуживание"
        return self._lemma(token)

    def _lemma(self, token: Token) -> str:
        """The likeliest normal form, unless only another reading means something to the trade: «фару», read as «фар»."""
        likeliest = token.lemma
        if token.kind is not Kind.WORD or (likeliest,) in self.phrases or likeliest in self.noise:
            return likeliest
        others = [reading.normal_form.replace("\u0451", "\u0435") for reading in parses(token.text)]
        if other := next((other for other in (token.folded, *others) if (other,) in self.phrases), None):
            return other
        return self._by_pattern(token.folded) or next(filter(None, map(self._by_pattern, others)), None) or likeliest

    def _by_pattern(self, word: str) -> str | None:
        return next((key for pattern, key in self.patterns if pattern.fullmatch(word)), None)

    def _longest_phrase(self, lemmas: Sequence[str], place: int) -> int:
        return next(
            (n for n in range(min(self.longest, len(lemmas) - place), 1, -1) if tuple(lemmas[place : place + n]) in self.phrases), 1
        )

    def _made(self, keys: tuple[str, ...], tokens: Sequence[Token], lemmas: Sequence[str], *, negated: bool) -> Iterator[Term]:
        first, last = tokens[0], tokens[-1]
        is_synonym = (lemmas[0],) in self.phrases or len(lemmas) > 1
        if not is_synonym and self._is_empty(first, lemmas[0]):
            return
        part = part_of_speech(first.text)
        is_number = first.kind is Kind.NUMBER
        is_telling = not is_synonym and _tells(first)
        for key in keys:
            yield Term(
                key=NOT + key if negated else key,
                kind=TermKind.WORD if negated else TermKind.NUMBER if is_number else self.kind_of(key),
                start=first.start,
                end=last.end,
                is_soft=not is_synonym and (is_number or part in SOFT_PARTS or is_telling),
                is_real=is_synonym or is_number or is_known(first.text),
                is_naming=key != EVERYTHING and (is_synonym or part not in DESCRIBING),
                is_telling=is_telling,
                folded=first.folded,
            )

    def _is_empty(self, token: Token, its_lemma: str) -> bool:
        return (
            its_lemma in self.noise
            or token.folded in self.noise
            or (token.kind is Kind.WORD and (its_lemma,) not in self.phrases and part_of_speech(token.text) in EMPTY_PARTS)
        )


def _readable(tokens: Sequence[Token]) -> list[Token]:
    """Russian words in Latin letters become Russian where a dictionary knows them; all stay where they stand."""
    return [_in_russian(token) if token.kind is Kind.WORD and token.text.isascii() else token for token in tokens]


@functools.lru_cache(maxsize=10_000)
def _reading(word: str) -> str | None:
    known = lexicon()
    if (lemma(word),) in known.phrases or lemma(word) in known.noise:
        return None
    readings = keyboard.readings(word)
    means = (reading for reading in readings if (lemma(reading),) in known.phrases or lemma(reading) in known.noise)
    return next(means, None) or next((reading for reading in readings if is_known(reading)), None)


def _in_russian(token: Token) -> Token:
    reading = _reading(token.folded)
    return replace(token, text=reading, folded=fold(reading)) if reading else token


def _tells(token: Token) -> bool:
    """A verb that tells («стучит», «растянулась»), not one that asks for a work («прочитайте», «прочитать»)."""
    readings = parses(token.text)
    return bool(readings) and readings[0].tag.POS == "VERB" and "impr" not in readings[0].tag and is_known(token.text)


def _is_attached(tokens: Sequence[Token], at: int) -> bool:
    """Behind a preposition, or in the genitive and in no case that a list of things stands in."""
    if at and part_of_speech(tokens[at - 1].text) == "PREP":
        return True
    tags = [reading.tag for reading in parses(tokens[at].text)]
    return any("gent" in tag for tag in tags) and not any("nomn" in tag or "accs" in tag for tag in tags)


def _is_before_noun(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and (tokens[at + 1].kind is Kind.NUMBER or part_of_speech(tokens[at + 1].text) in BEFORE_NOUN)


@functools.cache
def lexicon() -> Lexicon:
    """Read and lemmatised once: about a hundred milliseconds, most of it the dictionary."""
    data = vocabulary("synonyms")
    axes = data["positions"]["axes"]
    groups = {**data["works"], **data["parts"]} | {name: entries for axis in axes for name, entries in axis.items()}
    phrases = {tuple(_lemmas(entry)): (key,) for key, entries in groups.items() for entry in (key, *entries)}
    phrases |= {tuple(_lemmas(entry)): tuple(meaning.split()) for entry, meaning in data["several"].items()}
    listed = {
        key: frozenset(data["words"][key]) for key in ("negations", "separators", "noise", "quantities", "whole_works", "hollow", "things")
    }
    return Lexicon(
        phrases=phrases,
        patterns=tuple((re.compile(pattern), key) for key, patterns in data["patterns"].items() for pattern in patterns),
        works=frozenset(data["works"]),
        places={name: number for number, axis in enumerate(axes) for name in axis},
        related=_related(data["related"]["pairs"]),
        joint={frozenset(pair): key for key, pairs in data["joint"].items() for pair in pairs},
        general={word: general for general, words in data["general"].items() for word in words},
        whole_works=listed["whole_works"],
        hollow=listed["hollow"],
        things=listed["things"],
        damage=frozenset(data["damage"]["words"]),
        negations=listed["negations"],
        separators=listed["separators"],
        noise=listed["noise"] | {lemma(word) for word in listed["noise"]},
        quantities=listed["quantities"],
        longest=max(map(len, phrases)),
        single_words=tuple(phrase[0] for phrase in phrases if len(phrase) == 1 and len(phrase[0]) >= SHORTEST_TYPO),
        units=Units.load(),
    )


def _related(pairs: Sequence[Sequence[str]]) -> dict[str, frozenset[str]]:
    related: dict[str, set[str]] = {}
    for one, other in pairs:
        related.setdefault(one, set()).add(other)
        related.setdefault(other, set()).add(one)
    return {key: frozenset(others) for key, others in related.items()}


def _lemmas(phrase: str) -> list[str]:
    return [token.lemma for token in scan(phrase) if token.kind is not Kind.SIGN]
