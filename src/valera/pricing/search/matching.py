"""One work that a client named, against the list: sure, a choice, or not there. A wrong row named as certain is the worst answer.

Weights and thresholds. A part («бампер») weighs 1, a work («покрасить») 0.6: the part tells rows apart, the work is often the section's.
Describing words that no row knows weigh 0.2, so one of them does not spoil a match. A row is certain only if everything that the client
said is in it (no unmatched word of weight, share at least 0.8, which lets one typo a word pass), nothing contradicts, and no other row says
as much. A row with less is offered from a share of 0.45: half of what was said, a part among it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.pricing.search.lexicon import Term, TermKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.pricing.price_list import PriceItem
    from valera.pricing.search.item_index import IndexedItem, ItemIndex

SURE_SHARE = 0.8
OFFER_SHARE = 0.45
RELATED = 0.6
MOST_OPTIONS = 10
PART_WEIGHT, WORK_WEIGHT, NUMBER_WEIGHT, SOFT_WEIGHT = 1.0, 0.6, 0.6, 0.2


@dataclass(frozen=True, slots=True)
class Match:
    """``sure``: this row. Otherwise ``options``, the likeliest first; both empty: not in the list."""

    sure: PriceItem | None = None
    options: tuple[PriceItem, ...] = ()

    @property
    def is_missing(self) -> bool:
        return self.sure is None and not self.options


@dataclass(frozen=True, slots=True)
class _Fit:
    """How one row fits: ``share`` of what was said that it has; ``is_complete``: all that weighs; ``is_exact``: and the row says no more.

    ``is_bold``: the row adds a side or a work that nobody asked for, so it may be another thing: «дверь» does not order its soundproofing.
    """

    entry: IndexedItem
    share: float
    is_complete: bool
    is_exact: bool
    is_bold: bool


@dataclass(frozen=True, slots=True)
class _Question:
    """One work as asked: its terms with their weights, the parts and works among them, the sides by their axis."""

    weighted: tuple[tuple[Term, float], ...]
    subjects: frozenset[str]
    works: frozenset[str]
    places: dict[int, set[str]]
    said: frozenset[str]
    names_damage: bool


def match_work(index: ItemIndex, terms: tuple[Term, ...]) -> Match:
    """``terms`` of one work, typos repaired."""
    question = _question(index, terms)
    whole = _match_whole(index, question)
    if not whole.is_missing:
        return whole
    fits = _fits(index, index.having_any(question.subjects or question.works), question)
    likely = [fit for fit in fits if fit.share >= OFFER_SHARE]
    return _offer(_named_by_rows(likely, question) or _general(index, question.works))


def find_sure(index: ItemIndex, terms: tuple[Term, ...]) -> Match:
    """Only what is certain: the row that has all of these terms, or a miss."""
    match = _match_whole(index, _question(index, terms))
    return match if match.sure else Match()


def _question(index: ItemIndex, terms: tuple[Term, ...]) -> _Question:
    weighty = [term for term in terms if not _is_light(index, term)]
    places: dict[int, set[str]] = {}
    for term in terms:
        if term.kind is TermKind.PLACE:
            places.setdefault(index.lexicon.places[term.key], set()).add(term.key)
    return _Question(
        weighted=tuple((term, _weight(index, term)) for term in terms if term.kind is not TermKind.PLACE),
        subjects=frozenset(term.key for term in weighty if term.kind in {TermKind.WORD, TermKind.NUMBER}),
        works=frozenset(term.key for term in terms if term.kind is TermKind.WORK),
        places=places,
        said=frozenset(term.key for term in terms),
        names_damage=any(term.key in index.lexicon.damage for term in terms),
    )


def _match_whole(index: ItemIndex, question: _Question) -> Match:
    """Rows that have every word of weight."""
    complete = [fit for fit in _fits(index, index.having_all(question.subjects | question.works), question) if fit.is_complete]
    return _decide(complete, question) if complete else Match()


def _fits(index: ItemIndex, numbers: Iterable[int], question: _Question) -> list[_Fit]:
    return [fit for number in numbers if (fit := _fit(index, index.items[number], question)) is not None]


def _decide(complete: list[_Fit], question: _Question) -> Match:
    complete = _named_by_rows(complete, question)
    exact = [fit for fit in complete if fit.is_exact]
    alike = {(fit.entry.item.section, fit.entry.item.name, fit.entry.item.prices) for fit in complete}
    if len(alike) == 1 and not complete[0].is_bold:
        return Match(sure=complete[0].entry.item)
    if len(exact) == 1 and question.works:
        return Match(sure=exact[0].entry.item)
    return _offer(complete)


def _named_by_rows(fits: list[_Fit], question: _Question) -> list[_Fit]:
    """Rows that name the part themselves go before those for which only the section does: «масло» under «МАСЛО И ФИЛЬТРЫ»."""
    return [fit for fit in fits if question.subjects <= fit.entry.own | fit.entry.aside] or fits


def _general(index: ItemIndex, works: frozenset[str]) -> list[_Fit]:
    """Rows that are just this work, whatever the part: «Рихтовка» for a door that no row names. A question, never an answer."""
    entries = (index.items[number] for number in index.having_all(works))
    return [
        _Fit(entry, 0.0, is_complete=False, is_exact=False, is_bold=True)
        for entry in entries
        if entry.is_general and works <= entry.own_works
    ]


def _offer(fits: list[_Fit]) -> Match:
    ranked = sorted(fits, key=lambda fit: (-fit.share, not fit.is_exact, fit.entry.item.row_no))
    return Match(options=tuple(fit.entry.item for fit in ranked[:MOST_OPTIONS]))


def _fit(index: ItemIndex, entry: IndexedItem, question: _Question) -> _Fit | None:
    """None if the row contradicts: another work, another side."""
    places = question.places
    if entry.places and any(places.get(axis) and not places[axis] & there for axis, there in entry.places.items()):
        return None
    total = reached = 0.0
    is_complete = True
    for term, weight in question.weighted:
        likeness = _likeness(index, entry, term)
        if term.kind is TermKind.WORK and not likeness and entry.works:
            return None
        total += weight
        reached += weight * likeness
        is_complete = is_complete and (likeness > RELATED or weight <= SOFT_WEIGHT)
    share = reached / total if total else 0.0
    # Damage names its work: «сколы» are to be mended. Otherwise a work that only the row names was not asked for.
    adds_work = bool(entry.own_works) and not question.works and not question.names_damage
    is_bold = adds_work or not entry.places.keys() <= places.keys()
    return _Fit(entry, share, is_complete and share >= SURE_SHARE, entry.own <= question.said | entry.works, is_bold)


def _likeness(index: ItemIndex, entry: IndexedItem, term: Term) -> float:
    """A section's work is the row's own only if the row names none: «Снятие бампера» under «ПОКРАСКА» paints nothing."""
    if term.key in entry.everything and not (term.kind is TermKind.WORK and entry.own_works and term.key not in entry.own_works):
        return term.likeness
    if term.kind is TermKind.WORK and (
        term.key in entry.everything or any(index.lexicon.are_related(term.key, work) for work in entry.works)
    ):
        return RELATED
    return 0.0


def _is_light(index: ItemIndex, term: Term) -> bool:
    """Says nothing that the list could know: «срочно», the year of a car."""
    return term.is_soft and not index.knows(term.key)


def _weight(index: ItemIndex, term: Term) -> float:
    if _is_light(index, term):
        return SOFT_WEIGHT
    match term.kind:
        case TermKind.WORK:
            return WORK_WEIGHT
        case TermKind.NUMBER:
            return NUMBER_WEIGHT
        case _:
            return PART_WEIGHT
