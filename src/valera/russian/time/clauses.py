"""Clauses: whether one wishes for the times that it names, tells of the past, or refuses."""

from __future__ import annotations

import enum
import itertools
from dataclasses import dataclass

from valera.russian.morphology import parses
from valera.russian.quantities import Scanned
from valera.russian.time.time_words import names_time
from valera.russian.tokens import Kind
from valera.russian.vocabulary import words_of


class Verdict(enum.Enum):
    """What a clause does with the times it names."""

    OPEN = "open"
    PAST = "past"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Clause:
    """The clause that begins at token `first`."""

    first: int
    verdict: Verdict


def read_clauses(scanned: Scanned) -> list[Clause]:
    """For each token its clause."""
    clauses: list[Clause] = []
    clause: list[int] = []
    for at, piece in enumerate(scanned.pieces):
        clause.append(at)
        if piece.kind is Kind.SIGN and piece.text in _CLAUSE_SIGNS and not _joins_digits(scanned, at):
            clauses += _judged(scanned, clause)
            clause = []
    return clauses + _judged(scanned, clause)


def _judged(scanned: Scanned, clause: list[int]) -> list[Clause]:
    """The same clause for each of its tokens; but who speaks without a stop tells of the past and wishes in one breath («стукнули в
    субботу могу заехать завтра»): then each stretch from joint to joint has its own verdict.
    """
    if not clause:
        return []
    verdict = _verdict(scanned, clause)
    if verdict is not Verdict.PAST or not any(scanned.word(at) in _WISHING for at in clause):
        return [Clause(clause[0], verdict)] * len(clause)
    stretches: list[list[int]] = [[]]
    for at in clause:
        if scanned.word(at) in _JOINTS or scanned.word(at) in _WISHING:
            stretches.append([])
        stretches[-1].append(at)
    return [Clause(clause[0], _verdict(scanned, stretch)) for stretch in stretches for _ in stretch]


def _joins_digits(scanned: Scanned, at: int) -> bool:
    return scanned.is_joined(at) and scanned.is_joined(at + 1) and scanned.word(at + 1).isdigit()


def _verdict(scanned: Scanned, clause: list[int]) -> Verdict:
    words = [scanned.word(at) for at in clause]
    if any(word == "не" and following in _IMPOSSIBLE for word, following in itertools.pairwise(words)) or _BUSY.intersection(words):
        return Verdict.REFUSED
    tells = not _UNREAL.intersection(words) and any(
        _tells_of_past(scanned.word(at)) for at in clause if scanned.pieces[at].kind is Kind.WORD
    )
    return Verdict.PAST if tells else Verdict.OPEN


def _tells_of_past(word: str) -> bool:
    if len(word) < 3 or not word.endswith(_PAST_ENDINGS) or names_time(word):
        return False
    reading = next(iter(parses(word)), None)
    if reading is None or reading.tag.POS not in {"VERB", "PRTS"} or "past" not in reading.tag:
        return False
    return reading.normal_form not in _STILL_WISHES


_PAST_ENDINGS = ("л", "ла", "ло", "ли", "лся", "лась", "лось", "лись", "ан", "ана", "ано", "аны", "ен", "ена", "ено", "ены", "с", "г")
_STILL_WISHES = words_of("time_clues.still_wishes")
_IMPOSSIBLE = words_of("time_clues.impossible")
_BUSY = frozenset(["занят", "занята", "неудобно", "никак"])
_UNREAL = frozenset(["бы", "чтоб", "чтобы"])
_JOINTS = frozenset(["и", "а", "но", "или", "либо", "теперь", "поэтому"])
_WISHING = words_of("time_clues.wishing")
_CLAUSE_SIGNS = frozenset(",.;!?…\n—–()")
