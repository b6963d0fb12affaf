"""One work that a client named, against the list: sure, a choice, or not there. A wrong row named as certain is the worst answer.

Weights and thresholds. A part («бампер») weighs 1, a work («покрасить») 0.6: the part tells rows apart, the work is often the section's.
Describing words that no row knows weigh 0.2, so one of them does not spoil a match. A row is certain only if everything that the client
said is in it (no unmatched word of weight, share at least 0.8, which lets one typo a word pass), nothing contradicts, and no other row says
as much. A row with less is offered from a share of 0.45: half of what was said, a part among it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.pricing.lexicon import Term, TermKind

if TYPE_CHECKING:
    from valera.pricing.item_index import IndexedItem, ItemIndex
    from valera.pricing.price_list import PriceItem

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
    """How one row fits: ``share`` of what was said that it has; ``is_complete``: all that weighs; ``is_exact``: and the row says no more."""

    entry: IndexedItem
    share: float
    is_complete: bool
    is_exact: bool


def match_work(index: ItemIndex, terms: tuple[Term, ...]) -> Match:
    """``terms`` of one work, typos repaired."""
    subjects = [term for term in terms if term.kind in {TermKind.WORD, TermKind.NUMBER} and not _is_light(index, term)]
    works = [term for term in terms if term.kind is TermKind.WORK]
    if not subjects and not works:
        return Match()
    keys = [term.key for term in subjects] or [term.key for term in works]
    fits = [fit for number in index.having(keys) if (fit := _fit(index, index.items[number], terms)) is not None]
    complete = [fit for fit in fits if fit.is_complete]
    if complete:
        return _decide(complete, has_work=bool(works))
    return _offer([fit for fit in fits if fit.share >= OFFER_SHARE])


def _decide(complete: list[_Fit], *, has_work: bool) -> Match:
    exact = [fit for fit in complete if fit.is_exact]
    alike = {(fit.entry.item.section, fit.entry.item.name, fit.entry.item.prices) for fit in complete}
    if len(alike) == 1 and _is_unplaced(complete[0]):
        return Match(sure=complete[0].entry.item)
    if len(exact) == 1 and has_work:
        return Match(sure=exact[0].entry.item)
    return _offer(complete)


def _is_unplaced(fit: _Fit) -> bool:
    """A row for one side answers a question about that side only; `_fit` has marked the others as not exact."""
    return fit.is_exact or not fit.entry.places


def _offer(fits: list[_Fit]) -> Match:
    ranked = sorted(fits, key=lambda fit: (-fit.share, not fit.is_exact, fit.entry.item.row_no))
    return Match(options=tuple(fit.entry.item for fit in ranked[:MOST_OPTIONS]))


def _fit(index: ItemIndex, entry: IndexedItem, terms: tuple[Term, ...]) -> _Fit | None:
    """None if the row contradicts: another work, another side."""
    asked_places = _asked_places(index, terms)
    if any(asked_places.get(axis) and not asked_places[axis] & there for axis, there in entry.places.items()):
        return None
    everything = entry.all
    total = reached = 0.0
    is_complete = True
    for term in terms:
        weight = _weight(index, term)
        likeness = _likeness(index, entry, everything, term)
        if term.kind is TermKind.PLACE:
            continue
        if term.kind is TermKind.WORK and not likeness and entry.works:
            return None
        total += weight
        reached += weight * likeness
        is_complete = is_complete and (likeness > RELATED or weight <= SOFT_WEIGHT)
    said = {term.key for term in terms} | entry.around
    share = reached / total if total else 0.0
    return _Fit(entry, share, is_complete and share >= SURE_SHARE, entry.own <= said)


def _likeness(index: ItemIndex, entry: IndexedItem, everything: frozenset[str], term: Term) -> float:
    if term.key in everything:
        return term.likeness
    if term.kind is TermKind.WORK and any(index.lexicon.are_related(term.key, work) for work in entry.works):
        return RELATED
    return 0.0


def _asked_places(index: ItemIndex, terms: tuple[Term, ...]) -> dict[int, set[str]]:
    asked: dict[int, set[str]] = {}
    for term in terms:
        if term.kind is TermKind.PLACE:
            asked.setdefault(index.lexicon.places[term.key], set()).add(term.key)
    return asked


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
