"""What the overview's page is given: today, the period beside the one before it, charts with their tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.dashboard.overview import tables
from valera.dashboard.overview.chart import Chart, draw
from valera.dashboard.overview.place import USAGE, WAITING, Place, figure_name
from valera.dashboard.overview.wording import (
    dearer_or_cheaper,
    dollars,
    duration,
    faster_or_slower,
    fewer_or_more,
    points,
    span,
)
from valera.insights.cost import total
from valera.insights.dialogue import DialogueNumbers

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page
    from valera.dashboard.frame.words import Words
    from valera.dashboard.overview.table import Table
    from valera.insights.overview import Numbers, Overview
    from valera.insights.period import Period

RANGES = (7, 30, 90)
TODAY = ("visits:expected", "visits:arrived", "visits:missed", "visits:unmarked")


@dataclass(frozen=True, slots=True)
class Tile:
    """``beside`` says what it is compared with, in words; ``tone``: up or bad, where the words are good or bad news; signal: who waits."""

    name: str
    text: str
    href: str | None
    beside: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A row of bars, a part of a whole."""

    name: str
    text: str
    href: str | None
    percent: int
    share: str


@dataclass(frozen=True, slots=True)
class Ranges:
    """``days`` is one of the canned ones, or None."""

    days: int | None
    options: tuple[tuple[int, str], ...]
    first: str
    last: str
    said: str
    before: str


@dataclass(frozen=True, slots=True)
class View:
    ranges: Ranges
    is_empty: bool
    today: tuple[Tile, ...]
    tiles: tuple[Tile, ...]
    chart: Chart
    days: Table
    steps: tuple[Share, ...]
    lost: tuple[Share, ...]
    kept: tuple[Share, ...]
    answers: Table
    sources: Table
    bookings: Table
    cost: Table
    cost_chart: Chart | None
    costs: Table
    models: Table
    unpriced: int
    file: str


def show(page: Page, found: Overview) -> View:
    t, chosen = page.t, found.chosen
    return View(
        ranges=_ranges(page, found),
        is_empty=not found.waiting and not any(numbers.dialogues.whole or numbers.bookings for numbers in (chosen, found.today)),
        today=_today(page, found),
        tiles=_tiles(page, found),
        chart=_chart(t, chosen),
        days=tables.days(page, chosen),
        steps=_shares(tables.steps(page, chosen)),
        lost=_shares(tables.outcomes(page, chosen, lost=True)),
        kept=_shares(tables.outcomes(page, chosen, lost=False)),
        answers=tables.answers(page, chosen),
        sources=tables.sources(page, chosen),
        bookings=tables.bookings(page, chosen),
        cost=tables.whole_cost(page, chosen),
        cost_chart=_cost_chart(t, chosen) if chosen.usage else None,
        costs=tables.costs(page, chosen),
        models=tables.models(page, chosen),
        unpriced=sum(row.unpriced for row in chosen.usage),
        file=Place(page, chosen.period).numbers(),
    )


def _ranges(page: Page, found: Overview) -> Ranges:
    t, period = page.t, found.chosen.period
    ends_today = period.last == found.today.period.last
    return Ranges(
        period.days if ends_today and period.days in RANGES else None,
        tuple((days, t("overview.days_back", count=days)) for days in RANGES),
        period.first.isoformat(),
        period.last.isoformat(),
        span(t, period),
        t("overview.beside", span=span(t, found.before.period)),
    )


def _today(page: Page, found: Overview) -> tuple[Tile, ...]:
    t, today = page.t, found.today
    place = Place(page, today.period)

    def tile(figure: str, number: int, tone: str = "") -> Tile:
        return Tile(t(f"overview.today.{figure.replace(':', '-')}"), t.number(number), place.list(figure, number=number), tone=tone)

    return (
        tile(WAITING, len(found.waiting), "signal" if found.waiting else ""),
        tile("dialogues", today.dialogues.number("dialogues")),
        tile("made", today.bookings.get("made", 0)),
        *(tile(figure, number) for figure in TODAY for number in (today.bookings.get(figure, 0),) if number or figure != "visits:unmarked"),
    )


def _tiles(page: Page, found: Overview) -> tuple[Tile, ...]:
    t, now, before = page.t, found.chosen, found.before
    place = Place(page, now.period)
    return (
        _count(t, "dialogues", now.dialogues.number("dialogues"), before.dialogues.number("dialogues"), place.list("dialogues")),
        _count(t, "made", now.bookings.get("made", 0), before.bookings.get("made", 0), place.list("made")),
        _conversion(t, now.dialogues, before.dialogues, place),
        _speed(t, now.dialogues, before.dialogues, place),
        _count(t, "called", now.dialogues.number("called"), before.dialogues.number("called"), place.list("called"), is_good=False),
        _cost(t, now, before, place),
    )


def _count(t: Words, figure: str, now: int, before: int, href: str | None, *, is_good: bool = True) -> Tile:
    tone = "" if now == before or (not is_good and now < before) else "up" if (now > before) == is_good else "bad" if is_good else ""
    return Tile(t(f"overview.tile.{figure}"), t.number(now), href if now else None, fewer_or_more(t, now, before), tone)


def _conversion(t: Words, now: DialogueNumbers, before: DialogueNumbers, place: Place) -> Tile:
    share, was = (_part(numbers, "booked") for numbers in (now, before))
    tone = "" if abs(share - was) < 0.0005 else "up" if share > was else "bad"  # noqa: PLR2004  what is told as a tenth of a point
    booked = now.number("booked")
    return Tile(t("overview.tile.conversion"), t.percent(share), place.list("booked", number=booked), points(t, share, was), tone)


def _speed(t: Words, now: DialogueNumbers, before: DialogueNumbers, place: Place) -> Tile:
    answered, was = now.get("answer:assistant"), before.get("answer:assistant")
    return Tile(
        t("overview.tile.answer"),
        duration(t, answered.median),
        place.list("answer:assistant", number=answered.number),
        faster_or_slower(t, answered.median, was.median),
    )


def _cost(t: Words, now: Numbers, before: Numbers, place: Place) -> Tile:
    cost = total(now.usage)
    return Tile(
        t("overview.tile.cost"),
        dollars(t, cost),
        place.list(USAGE, number=len(now.usage)),
        dearer_or_cheaper(t, cost, total(before.usage)),
    )


def _part(numbers: DialogueNumbers, figure: str) -> float:
    whole = numbers.number("dialogues")
    return numbers.number(figure) / whole if whole else 0.0


def _chart(t: Words, numbers: Numbers) -> Chart:
    values = [
        [numbers.dialogues.by_span.get(at, {}).get(step, 0) for step in ("dialogues", "booked")] for at in range(len(numbers.period.spans))
    ]
    titles = [
        t("overview.chart_bar", span=span(t, of), dialogues=t.number(begun), booked=t.number(booked))
        for of, (begun, booked) in zip(numbers.period.spans, values, strict=True)
    ]
    return draw(t("overview.chart", span=span(t, numbers.period)), tables.labels(numbers), titles, values, say=t.number, least=1)


def _cost_chart(t: Words, numbers: Numbers) -> Chart:
    costs = tables.cost_by_span(numbers)
    titles = [f"{span(t, of)}: {dollars(t, cost)}" for of, cost in costs]
    values = [[float(cost)] for _, cost in costs]
    return draw(t("overview.cost_chart", span=span(t, numbers.period)), tables.labels(numbers), titles, values, say=t.number)


def _shares(table: Table) -> tuple[Share, ...]:
    return tuple(
        Share(name.text, number.text, number.href, round(float(str(part.value)) * 100), part.text) for name, number, part in table.rows
    )


def heading(t: Words, figure: str, period: Period) -> str:
    """Of a list."""
    return figure_name(t, figure) if figure == WAITING else t("overview.list_title", name=figure_name(t, figure), span=span(t, period))
