"""What other packages ask about words: tokens, normal forms, likeness of two phrases, plain answers, counts with their noun."""

from __future__ import annotations

import functools

from rapidfuzz.distance import DamerauLevenshtein

from valera.russian.answers import is_plain_no, is_plain_yes
from valera.russian.morphology import lemma, part_of_speech
from valera.russian.tokens import Token, tokens

__all__ = [
    "Token",
    "inflect_count",
    "is_plain_no",
    "is_plain_yes",
    "lemma",
    "lemmas",
    "plural",
    "similarity",
    "tokens",
    "word_likeness",
]

SAME_WORD = 0.74
LONGEST_PHRASE = 400


def lemmas(text: str) -> tuple[str, ...]:
    """Normal forms of the words that carry meaning, in order; «не» and «без» do."""
    return tuple(token.lemma for token in tokens(text) if _carries_meaning(token.folded))


def similarity(a: str, b: str) -> float:
    """How far two phrases say the same, 0..1: the share of words in common, in any order, typos forgiven."""
    left, right = lemmas(a[:LONGEST_PHRASE]), lemmas(b[:LONGEST_PHRASE])
    if not left or not right:
        return 0.0
    pairs = sorted(
        ((likeness, i, j) for i, one in enumerate(left) for j, other in enumerate(right) if (likeness := word_likeness(one, other)) > 0),
        reverse=True,
    )
    used_left: set[int] = set()
    used_right: set[int] = set()
    common = 0.0
    for likeness, i, j in pairs:
        if i not in used_left and j not in used_right:
            used_left.add(i)
            used_right.add(j)
            common += likeness
    return min(1.0, 2 * common / (len(left) + len(right)))


def word_likeness(a: str, b: str) -> float:
    """1 for the same word, less for a typo away, 0 for another word; short words have no typos."""
    if a == b:
        return 1.0
    if min(len(a), len(b)) < 4 or a.isdigit() or b.isdigit():
        return 0.0
    likeness = DamerauLevenshtein.normalized_similarity(a, b, score_cutoff=SAME_WORD)
    return likeness if likeness >= SAME_WORD else 0.0


def inflect_count(n: int, one: str, few: str, many: str) -> str:
    """«1 час», «2 часа», «5 часов», «11 часов», «21 час»."""
    return f"{n} {plural(n, one, few, many)}"


def plural(n: int, one: str, few: str, many: str) -> str:
    last, before = abs(n) % 10, abs(n) // 10 % 10
    if before == 1 or last == 0 or last >= 5:
        return many
    return one if last == 1 else few


@functools.lru_cache(maxsize=50_000)
def _carries_meaning(folded: str) -> bool:
    return folded in _MEANINGFUL or part_of_speech(folded) not in _EMPTY_PARTS


_MEANINGFUL = frozenset({"не", "без"})
_EMPTY_PARTS = frozenset({"PREP", "CONJ", "PRCL", "INTJ", "NPRO"})
