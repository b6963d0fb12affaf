"""A client's words into the works they name: «покрасить капот и дверь» are two, and the second is painted too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from valera.pricing.search.matching import Match, find_sure, match_work
from valera.pricing.search.splitting import split
from valera.pricing.search.term import Piece, Term, TermKind
from valera.pricing.vocabulary import tidy

if TYPE_CHECKING:
    from valera.pricing.price_list import PriceItemId
    from valera.pricing.search.item_index import ItemIndex

MOST_PIECES = 24
"""Works in one text that are looked at; nobody names more in one message."""
MOST_TERMS = 80
"""Words of weight in one text; a longer one is no question about a price."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``query``: the client's own words for this work; ``own``: what they name by themselves, without what stands beside them."""

    query: str
    match: Match
    own: frozenset[TermKind] = frozenset()


def find_works(index: ItemIndex, text: str) -> list[Answer]:
    """Each work in the text with its rows, in the order named. A text without any word of weight is one missing work."""
    pieces = _pieces(index, text)
    answers: list[Answer] = []
    place = 0
    while place < len(pieces):
        length, answer = _answered(index, pieces, place)
        own = frozenset(term.kind for piece in pieces[place : place + length] for term in piece.terms if not index.is_light(term))
        answers.append(replace(answer, query=tidy(text[pieces[place].start : pieces[place + length - 1].end]), own=own))
        place += length
    return _without_repeats(answers) or [Answer(tidy(text), Match())]


def _pieces(index: ItemIndex, text: str) -> list[Piece]:
    """«Три детали: капот, крыло, дверь» are those three: the general word only counts them."""
    said: list[Piece] = []
    room = MOST_TERMS
    for piece in index.lexicon.pieces(text)[:MOST_PIECES]:
        said.append(replace(piece, terms=index.repaired(piece.terms[:room])))
        room -= len(said[-1].terms)
    counted = {index.lexicon.general.get(term.key) for piece in said for term in piece.terms}
    meant = [replace(piece, terms=tuple(term for term in piece.terms if term.key not in counted)) for piece in said]
    return [part for piece in meant if piece.terms or piece.sizes for part in split(index, piece)][:MOST_PIECES]


def _answered(index: ItemIndex, pieces: list[Piece], place: int) -> tuple[int, Answer]:
    """With how many pieces it took."""
    length, match = _longest_sure(index, pieces, place)
    if match:
        return length, Answer("", match)
    alone = _match_alone(index, pieces, place)
    sure = alone.match.sure if pieces[place].is_doubtful or _is_story(pieces[place]) else None
    return 1, replace(alone, match=Match(options=(sure,))) if sure else alone


def _is_story(piece: Piece) -> bool:
    """«Ударили в дверь, бампер покрасить»: what is to be done to the bumper is not asked for the door."""
    return any(term.is_telling for term in piece.terms) and all(term.kind is not TermKind.WORK for term in piece.terms)


def _longest_sure(index: ItemIndex, pieces: list[Piece], place: int) -> tuple[int, Match | None]:
    """Pieces that together are one row («ремонт сколов и царапин») belong together, if every one of them is in it."""
    for end in range(min(len(pieces), place + 4), place + 1, -1):
        terms = tuple(term for piece in pieces[place:end] for term in piece.terms)
        sizes = tuple(size for piece in pieces[place:end] for size in piece.sizes)
        match = find_sure(index, terms, sizes, named=frozenset().union(*map(_bare_works, pieces[place:end])))
        if match.sure and not index.lexicon.names_opposite_places(terms):
            return end - place, match
    return 1, None


def _bare_works(piece: Piece) -> frozenset[str]:
    """Of «полировка» alone: it is one more work, unless the row itself names it; its section's is not enough."""
    is_bare = all(term.kind is not TermKind.WORD or term.is_soft for term in piece.terms)
    return frozenset(term.key for term in piece.terms if term.kind is TermKind.WORK) if is_bare else frozenset()


def _match_alone(index: ItemIndex, pieces: list[Piece], place: int) -> Answer:
    """With what its neighbours share with it; what finds nothing so is tried by itself, as a question."""
    piece = pieces[place]
    shared = _shared(index, pieces, place)
    if not shared:
        return Answer("", match_work(index, piece.terms, piece.sizes))
    match = match_work(index, piece.terms + shared, piece.sizes)
    part = match_work(index, shared).sure if _bare_works(piece) else None
    is_the_part = part is not None and part in {match.sure, *match.options[:1]}
    if not match.is_missing and not is_the_part:
        return Answer("", match)
    alone = match_work(index, piece.terms, piece.sizes)
    if is_the_part:  # the part is that row by itself («керамика»), so the work beside it is another
        return Answer("", alone)
    return Answer("", Match(options=(alone.sure,)) if alone.sure else alone)


def _shared(index: ItemIndex, pieces: list[Piece], place: int) -> tuple[Term, ...]:
    """A part without a work takes the nearest one named before, else after; a work or a side without a part takes the nearest part."""
    own = pieces[place].terms
    before, after = pieces[:place][::-1], pieces[place + 1 :]
    kinds = {term.kind for term in own if not index.is_light(term)}
    if TermKind.WORD not in kinds or not any(term.is_naming for term in own if term.kind is TermKind.WORD and not index.is_light(term)):
        leads = TermKind.WORK in kinds and bool(after) and _leads(index, after[0])
        part = _part_of(index, [*after, *before] if leads else [*before, *after], own)
        works = () if TermKind.WORK in kinds else _works_of([*before, *after])
        return part + works
    if TermKind.WORK in kinds or any(term.key in index.lexicon.damage for term in own):
        return ()
    return _works_of([*before, *after])


def _leads(index: ItemIndex, piece: Piece) -> bool:
    """«Снять и покрасить бампер»: the part stands behind both works."""
    first = next((term for term in piece.terms if not index.is_light(term)), None)
    return first is not None and first.kind is TermKind.WORK


def _part_of(index: ItemIndex, pieces: list[Piece], own: tuple[Term, ...]) -> tuple[Term, ...]:
    """The nearest part that the list knows, with its side, unless the asking piece has one of its own."""
    has_side = any(term.kind is TermKind.PLACE for term in own)
    kept = {TermKind.WORD} if has_side else {TermKind.WORD, TermKind.PLACE}
    for piece in pieces:
        known = [term for term in piece.terms if index.knows(term.key) and term.key not in index.lexicon.damage]
        if any(term.kind is TermKind.WORD and term.is_naming for term in known):
            return tuple(term for term in known if term.kind in kept and not term.is_soft)
    return ()


def _works_of(pieces: list[Piece]) -> tuple[Term, ...]:
    found = (tuple(term for term in piece.terms if term.kind is TermKind.WORK) for piece in pieces)
    return next((works for works in found if works), ())


def _without_repeats(answers: list[Answer]) -> list[Answer]:
    """A choice between rows that are answered already is the same work, spoken of again: «… сколько за покраску?», «… по пдр»."""
    sure = {answer.match.sure.id for answer in answers if answer.match.sure}
    without_work = {answer.match.sure.id for answer in answers if answer.match.sure and TermKind.WORK not in answer.own}
    return [answer for answer in answers if not answer.match.options or not _repeats(answer, sure, without_work)]


def _repeats(answer: Answer, sure: set[PriceItemId], without_work: set[PriceItemId]) -> bool:
    options = {item.id for item in answer.match.options}
    if TermKind.WORK not in answer.own:
        return not options.isdisjoint(sure)
    return options <= sure or (answer.own == frozenset({TermKind.WORK}) and not options.isdisjoint(without_work))
