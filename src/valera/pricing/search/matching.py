"""One work that a client named, against the list: sure, a choice, or not there. A wrong row named as certain is the worst answer.

Weights and thresholds. A part («бампер») weighs 1, a work («покрасить») 0.6: the part tells rows apart, the work is often the section's.
Describing words that no row knows weigh 0.1 and numbers nothing, so a few of them do not spoil a match. A row is certain only if everything
that the client said is in it (no unmatched word of weight, share at least 0.8, which lets one typo a word pass), nothing contradicts, no
other row says as much, and the row is not about something that was never mentioned. A row with less is offered from a share of 0.45: half
of what was said, a part among it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from valera.pricing.search.lexicon import EVERYTHING
from valera.pricing.search.sizes import Size, contradict, is_within
from valera.pricing.search.term import Term, TermKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.pricing.price_list import PriceItem
    from valera.pricing.search.item_index import IndexedItem, ItemIndex

SURE_SHARE = 0.8
OFFER_SHARE = 0.45
NEAR_SHARE = 0.7
RELATED = 0.6
MOST_OPTIONS = 10
MOST_WEIGHED = 100
"""Rows that are looked at closely: of more, none can be certain, and no choice is read out."""
PART_WEIGHT, WORK_WEIGHT, NUMBER_WEIGHT, SOFT_WEIGHT = 1.0, 0.6, 0.6, 0.1


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

    ``is_bold``: the row adds a side, a work or a part that nobody asked for, so it may be another thing.
    «Дверь» does not order its soundproofing.
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
    sizes: tuple[Size, ...]
    has_unknown_adjective: bool


def match_work(index: ItemIndex, terms: tuple[Term, ...], sizes: tuple[Size, ...] = ()) -> Match:
    """``terms`` of one work, typos repaired. What no row has as it was said is looked for as any part («деталь»), then by likeness."""
    question = _question(index, terms, sizes)
    whole = _match_whole(index, question)
    if whole.is_missing and question.works:
        whole = _match_in_general(index, terms, sizes)
    if whole.is_missing and question.names_damage:
        whole = _match_damage(index, terms, sizes)
    if whole.sure:
        return whole
    fits = _fits(index, index.likeliest(_near(index, question.subjects) or question.works, question.works, MOST_WEIGHED), question)
    if not whole.is_missing:
        return _with_near(whole, fits, OFFER_SHARE if len(whole.options) == 1 and not question.works else NEAR_SHARE)
    likely = [fit for fit in fits if fit.share >= OFFER_SHARE]
    if not likely and (told := _without_story(index, terms, sizes)):
        return told
    return _offer(_named_by_rows(likely, question) or _general(index, question.works) or _by_work(index, question))


def find_sure(index: ItemIndex, terms: tuple[Term, ...], sizes: tuple[Size, ...] = (), *, named: frozenset[str] = frozenset()) -> Match:
    """Only what is certain: the row that has all of these terms, and those of ``named`` in its own name; or a miss."""
    match = _match_whole(index, _question(index, terms, sizes))
    if match.sure is None:
        return Match()
    rows = (index.items[number] for number in index.having_all(term.key for term in terms if not index.is_light(term)))
    entry = next((entry for entry in rows if entry.item.id == match.sure.id), None)
    return match if entry and named <= entry.own | entry.aside else Match()


def _without_story(index: ItemIndex, terms: tuple[Term, ...], sizes: tuple[Size, ...]) -> Match | None:
    """A work and a part that rows have, among words that no row knows («муж въехал в столб …»). A question, never an answer."""
    known = tuple(term for term in terms if index.knows(term.key))
    if len(known) == len(terms) or {TermKind.WORK, TermKind.WORD} - {term.kind for term in known}:
        return None
    whole = _match_whole(index, _question(index, known, sizes))
    return None if whole.is_missing else Match(options=(whole.sure,) if whole.sure else whole.options)


def _with_near(whole: Match, fits: list[_Fit], least: float) -> Match:
    """A choice, and behind it what comes near: «стойка» may be meant for «амортизатор»."""
    near = [fit.entry.item for fit in sorted(fits, key=_rank) if fit.share >= least]
    return Match(options=tuple(dict.fromkeys((*whole.options, *near)))[:MOST_OPTIONS])


def _near(index: ItemIndex, subjects: frozenset[str]) -> frozenset[str]:
    """With what the trade mistakes for them: «стойка» and «амортизатор»."""
    return subjects.union(*(index.lexicon.related.get(key, ()) for key in subjects))


def _match_in_general(index: ItemIndex, terms: tuple[Term, ...], sizes: tuple[Size, ...]) -> Match:
    """The part as a list names any of its kind: «дверь» is a «деталь». A row that says so in brackets alone is asked about."""
    general = {term.key: key for term in terms if index.knows(key := index.lexicon.general.get(term.key, ""))}
    if not general:
        return Match()
    made = tuple(replace(term, key=general.get(term.key, term.key)) for term in terms)
    whole = _match_whole(index, _question(index, made, sizes))
    if whole.sure is None:
        return whole
    named = {
        entry.item.id for number in index.having_all(general.values()) if not set(general.values()) - (entry := index.items[number]).own
    }
    return whole if whole.sure.id in named else Match(options=(whole.sure,))


def _match_damage(index: ItemIndex, terms: tuple[Term, ...], sizes: tuple[Size, ...]) -> Match:
    """«Вмятина на двери»: a row about dents is about those of any part, unless it names one. A row that names more is asked about."""
    panels = index.lexicon.general
    bare = tuple(term for term in terms if term.key not in panels and term.kind is not TermKind.PLACE)
    if len(bare) == len(terms) or not bare:
        return Match()
    whole = _match_whole(index, _question(index, bare, sizes))
    if whole.sure is None:
        return whole
    said = {term.key for term in bare} | index.lexicon.damage
    entry = next(entry for number in index.having_any(said) if (entry := index.items[number]).item.id == whole.sure.id)
    return whole if entry.own <= said | entry.works else Match(options=(whole.sure,))


def _question(index: ItemIndex, terms: tuple[Term, ...], sizes: tuple[Size, ...]) -> _Question:
    weighty = [term for term in terms if not index.is_light(term)]
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
        sizes=sizes,
        has_unknown_adjective=any(index.is_light(term) and not term.is_naming for term in terms),
    )


def _match_whole(index: ItemIndex, question: _Question) -> Match:
    """Rows that have every word of weight."""
    numbers = index.shortest(index.having_all(question.subjects | question.works), MOST_WEIGHED)
    complete = [fit for fit in _fits(index, numbers, question) if fit.is_complete]
    return _decide(complete, question) if complete else Match()


def _fits(index: ItemIndex, numbers: Iterable[int], question: _Question) -> list[_Fit]:
    return [fit for number in numbers if (fit := _fit(index, index.items[number], question)) is not None]


def _decide(complete: list[_Fit], question: _Question) -> Match:
    named = _of_size(_named_by_rows(complete, question), question)
    if len(named) < len(complete) and not question.works:
        return _offer(named)
    complete = named
    exact = [fit for fit in complete if fit.is_exact and not fit.is_bold]
    if not exact and question.places:
        complete = [fit for fit in complete if fit.entry.places.keys() & question.places.keys()] or complete
    alike = {(fit.entry.item.section, fit.entry.item.name, fit.entry.item.prices) for fit in complete}
    if len(alike) == 1 and not complete[0].is_bold:
        return Match(sure=complete[0].entry.item)
    if len(exact) == 1 and question.works:
        return Match(sure=exact[0].entry.item)
    return _offer(complete)


def _of_size(fits: list[_Fit], question: _Question) -> list[_Fit]:
    """Rows that are limited to the size that was said go before those that speak of none."""
    return [fit for fit in fits if is_within(question.sizes, fit.entry.sizes)] or fits


def _named_by_rows(fits: list[_Fit], question: _Question) -> list[_Fit]:
    """Rows that name the part themselves go before those for which only the section does: «масло» under «МАСЛО И ФИЛЬТРЫ»."""
    return [fit for fit in fits if question.subjects <= fit.entry.own | fit.entry.aside] or fits


def _general(index: ItemIndex, works: frozenset[str]) -> list[_Fit]:
    """Rows that are just this work, whatever the part: «Рихтовка» for a door that no row names. A question, never an answer."""
    entries = (index.items[number] for number in index.shortest(index.having_all(works), MOST_WEIGHED))
    return [
        _Fit(entry, 0.0, is_complete=False, is_exact=False, is_bold=True)
        for entry in entries
        if entry.is_general and works <= entry.own_works
    ]


def _by_work(index: ItemIndex, question: _Question) -> list[_Fit]:
    """Rows of a work that needs no part («шиномонтаж», «сход-развал»), whatever was said beside it. A question, never an answer."""
    works = question.works & index.lexicon.whole_works
    numbers = index.shortest(index.having_all(works), MOST_WEIGHED)
    return _fits(index, numbers, replace(question, weighted=tuple(each for each in question.weighted if each[0].key in works)))


def _offer(fits: list[_Fit]) -> Match:
    return Match(options=tuple(fit.entry.item for fit in sorted(fits, key=_rank)[:MOST_OPTIONS]))


def _rank(fit: _Fit) -> tuple[float, bool, int]:
    return -fit.share, not fit.is_exact, fit.entry.item.row_no


def _fit(index: ItemIndex, entry: IndexedItem, question: _Question) -> _Fit | None:
    """None if the row contradicts: another work, another side, another size."""
    places = question.places
    if entry.places and any(places.get(axis) and not places[axis] & there for axis, there in entry.places.items()):
        return None
    if entry.sizes and contradict(question.sizes, entry.sizes):
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
    return _Fit(
        entry, share, is_complete and share >= SURE_SHARE, entry.own <= question.said | entry.works, _is_bold(index, entry, question)
    )


def _is_bold(index: ItemIndex, entry: IndexedItem, question: _Question) -> bool:
    """Damage names its work: «сколы» are to be mended. Otherwise a work that only the row names was not asked for."""
    if entry.own_works and not question.works and not question.names_damage:
        return True
    if not entry.places.keys() <= question.places.keys() or (question.has_unknown_adjective and entry.describing - question.said):
        return True  # «дальнего света» is not «ближнего света»
    if entry.works and not question.works and question.subjects and question.subjects <= index.lexicon.things:
        return True
    amounts = {size.unit for size in question.sizes} & index.lexicon.units.amounts
    if amounts - {size.unit for size in entry.sizes}:
        return True  # «керамика в два слоя» is not a row that says nothing of layers
    is_named = entry.head is None or entry.head in question.said or not question.subjects.isdisjoint(entry.aside)
    if is_named or is_within(question.sizes, entry.sizes):
        return False
    is_whole = not question.subjects - {EVERYTHING} and bool(question.works & index.lexicon.whole_works)
    return not is_whole and not question.names_damage


def _likeness(index: ItemIndex, entry: IndexedItem, term: Term) -> float:
    """A section's work is the row's own only if the row names none: «Снятие бампера» under «ПОКРАСКА» paints nothing."""
    if term.key in entry.everything and not (term.kind is TermKind.WORK and entry.own_works and term.key not in entry.own_works):
        return term.likeness
    if term.kind is TermKind.WORK:
        is_near = term.key in entry.everything or any(index.lexicon.are_related(term.key, work) for work in entry.works)
    else:
        is_near = not index.lexicon.related.get(term.key, frozenset()).isdisjoint(entry.own)
    return RELATED if is_near else 0.0


def _weight(index: ItemIndex, term: Term) -> float:
    if index.is_light(term):
        return 0.0 if term.kind is TermKind.NUMBER else SOFT_WEIGHT
    match term.kind:
        case TermKind.WORK:
            return WORK_WEIGHT
        case TermKind.NUMBER:
            return NUMBER_WEIGHT
        case _:
            return PART_WEIGHT
