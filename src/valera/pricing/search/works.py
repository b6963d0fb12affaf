"""A client's words into the works they name: «покрасить капот и дверь» are two, and the second is painted too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.pricing.search.lexicon import Piece, Term, TermKind
from valera.pricing.search.matching import Match, find_sure, match_work
from valera.pricing.vocabulary import tidy

if TYPE_CHECKING:
    from valera.pricing.search.item_index import ItemIndex

MOST_PIECES = 24
"""Works in one text that are looked at; nobody names more in one message."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``query``: the client's own words for this work."""

    query: str
    match: Match


def find_works(index: ItemIndex, text: str) -> list[Answer]:
    """Each work in the text with its rows, in the order named. A text without any word of weight is one missing work."""
    pieces = [Piece(piece.start, piece.end, index.repaired(piece.terms)) for piece in index.lexicon.pieces(text)[:MOST_PIECES]]
    answers: list[Answer] = []
    place = 0
    while place < len(pieces):
        length, match = _longest_sure(index, pieces, place)
        answers.append(
            Answer(tidy(text[pieces[place].start : pieces[place + length - 1].end]), match or _match_alone(index, pieces, place))
        )
        place += length
    return answers or [Answer(tidy(text), Match())]


def _longest_sure(index: ItemIndex, pieces: list[Piece], place: int) -> tuple[int, Match | None]:
    """Pieces that together are one row («ремонт сколов и царапин») belong together, if every one of them is in it."""
    for end in range(min(len(pieces), place + 4), place + 1, -1):
        terms = tuple(term for piece in pieces[place:end] for term in piece.terms)
        match = find_sure(index, terms)
        if match.sure and not index.lexicon.names_opposite_places(terms):
            return end - place, match
    return 1, None


def _match_alone(index: ItemIndex, pieces: list[Piece], place: int) -> Match:
    """With what its neighbours share with it; what finds nothing so is tried by itself, as a question."""
    own = pieces[place].terms
    shared = _shared(index, pieces, place)
    match = match_work(index, own + shared)
    if not match.is_missing or not shared:
        return match
    alone = match_work(index, own)
    return Match(options=(alone.sure,)) if alone.sure else alone


def _shared(index: ItemIndex, pieces: list[Piece], place: int) -> tuple[Term, ...]:
    """A part without a work takes the nearest one named before, else after; a work or a side without a part takes the nearest part."""
    own = pieces[place].terms
    nearest = [*reversed(pieces[:place]), *pieces[place + 1 :]]
    kinds = {term.kind for term in own}
    if TermKind.WORD not in kinds:
        following = [*pieces[place + 1 :], *reversed(pieces[:place])] if TermKind.WORK in kinds else nearest
        parts = next((found for piece in following if (found := _of_kind(piece, TermKind.WORD))), ())
        works = () if TermKind.WORK in kinds else next((found for piece in nearest if (found := _of_kind(piece, TermKind.WORK))), ())
        return parts + works
    if TermKind.WORK in kinds or any(term.key in index.lexicon.damage for term in own):
        return ()
    return next((found for piece in nearest if (found := _of_kind(piece, TermKind.WORK))), ())


def _of_kind(piece: Piece, kind: TermKind) -> tuple[Term, ...]:
    return tuple(term for term in piece.terms if term.kind is kind)
