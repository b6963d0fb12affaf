"""Where one breath names several works: «дверь заднее крыло порог красить» are three, since no row is about two of them.

«Подшипник генератора» is cut there, too, if the list has both apart; what was tied together like this is asked about, never certain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.pricing.search.lexicon import EVERYTHING
from valera.pricing.search.term import Piece, Term, TermKind

if TYPE_CHECKING:
    from valera.pricing.search.item_index import ItemIndex


def split(index: ItemIndex, piece: Piece) -> list[Piece]:
    """The piece in as many as it has works that no row puts together; a size stays with the words it stands among."""
    parts: list[list[Term]] = [[]]
    doubtful: set[int] = set()
    for term in piece.terms:
        if _begins_another(index, parts[-1], term):
            if term.is_attached and parts[-1][-1].kind is not TermKind.WORK:
                doubtful |= {len(parts) - 1, len(parts)}
            parts.append(_describing(index, parts[-1], term))
        parts[-1].append(term)
    if len(parts) == 1:
        return [piece]
    made = ((number in doubtful, tuple(part)) for number, part in enumerate(parts) if part)
    return [Piece(part[0].start, part[-1].end, part, piece.sizes, is_doubtful) for is_doubtful, part in made]


def _begins_another(index: ItemIndex, so_far: list[Term], term: Term) -> bool:
    beside = index.lexicon.damage | {EVERYTHING}  # stand on a part: «вмятина на двери» is one
    alike = [each for each in so_far if each.kind is term.kind and index.knows(each.key) and each.key not in beside]
    if not alike or term.kind not in {TermKind.WORD, TermKind.WORK} or not index.knows(term.key) or term.key in beside:
        return False
    return not index.having_all({term.key, *(each.key for each in alike)})


def _describing(index: ItemIndex, so_far: list[Term], term: Term) -> list[Term]:
    """What stands before the part and describes it goes with it: a side that no row gives to the part before."""
    if term.kind is not TermKind.WORD:
        return []
    moved: list[Term] = []
    while so_far and (so_far[-1].kind is TermKind.PLACE or so_far[-1].is_soft) and _fits_better(index, so_far, term):
        moved.insert(0, so_far.pop())
    return moved


def _fits_better(index: ItemIndex, so_far: list[Term], term: Term) -> bool:
    side = so_far[-1]
    if side.kind is not TermKind.PLACE:
        return len(so_far) > 1
    own = [each.key for each in so_far if each.kind is TermKind.WORD]
    return bool(index.having_all({side.key, term.key})) or not index.having_all({side.key, *own})
