"""The overview's tables: every number that is shown, with the address of its list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.dashboard.overview.place import COST, USAGE, Place, figure_name, source_name
from valera.dashboard.overview.table import Cell, Column, Table
from valera.dashboard.overview.wording import dollars, duration, money, short_span, span
from valera.insights.cost import by_model, total
from valera.insights.dialogue import ANSWERERS, KEPT, LOST, STEPS, WHENS
from valera.insights.period import Period
from valera.insights.visit import FIGURES as OF_VISITS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from valera.dashboard.frame.page import Page
    from valera.dashboard.frame.words import Words
    from valera.insights.overview import Numbers, Overview
    from valera.insights.period import Span

MADE = ("made", "made:assistant", "made:team")
NONE = Cell("–", None, is_number=True)
VISITS = ("visits", "visits:arrived", "visits:missed", "visits:expected", "visits:unmarked", "visits:cancelled")


def counted(t: Words, number: int, href: str | None) -> Cell:
    return Cell(t.number(number), number, href, is_number=True)


def named(text: str) -> Cell:
    return Cell(text, text)


def share(t: Words, part: int, whole: int) -> Cell:
    of_whole = part / whole if whole else 0.0
    return Cell(t.percent(of_whole), round(of_whole, 4), is_number=True)


def steps(page: Page, numbers: Numbers) -> Table:
    """The way from a dialogue to a visit."""
    t, place, whole = page.t, Place(page, numbers.period), numbers.dialogues.number("dialogues")
    return _table(
        t,
        "steps",
        ("step", "dialogues", "share"),
        (
            (named(figure_name(t, step)), counted(t, number, place.list(step, number=number)), share(t, number, whole))
            for step in STEPS
            for number in (numbers.dialogues.number(step),)
        ),
    )


def days(page: Page, numbers: Numbers) -> Table:
    t = page.t
    return _table(
        t,
        "days",
        ("day", *STEPS),
        (
            (
                named(span(t, of)),
                *(
                    counted(t, number, _within(page, numbers, of).list(step, number=number))
                    for step in STEPS
                    for number in (numbers.dialogues.by_span.get(at, {}).get(step, 0),)
                ),
            )
            for at, of in enumerate(numbers.period.spans)
        ),
    )


def outcomes(page: Page, numbers: Numbers, *, lost: bool) -> Table:
    """The most frequent first."""
    t, place = page.t, Place(page, numbers.period)
    figures = [f"outcome:{outcome}" for outcome in (LOST if lost else KEPT)]
    figures.sort(key=lambda figure: -numbers.dialogues.number(figure))
    whole = numbers.dialogues.number("dialogues")
    return _table(
        t,
        "lost" if lost else "kept",
        ("outcome", "dialogues", "share"),
        (
            (named(figure_name(t, figure)), counted(t, number, place.list(figure, number=number)), share(t, number, whole))
            for figure in figures
            for number in (numbers.dialogues.number(figure),)
        ),
    )


def answers(page: Page, numbers: Numbers) -> Table:
    """How long clients waited: first answers by the assistant and by people, and for a person once one was called."""
    t, place = page.t, Place(page, numbers.period)
    rows: list[tuple[Cell, ...]] = []
    for name in ANSWERERS:
        for when in WHENS:
            figure = numbers.dialogues.get(name + when)
            href = place.list(name + when, number=figure.number)
            rows.append(
                (
                    _waited(t, name, when),
                    counted(t, figure.number, href),
                    Cell(duration(t, figure.median), _tenths(figure.median), href, is_number=True),
                    Cell(duration(t, figure.p90), _tenths(figure.p90), href, is_number=True),
                )
            )
    for name in ("answer:nobody", "called"):
        number = numbers.dialogues.number(name)
        rows.append(
            (named(figure_name(t, name)), counted(t, number, place.list(name, number=number)), *[Cell("–", None, is_number=True)] * 2)
        )
    return _table(t, "answers", ("who", "dialogues", "median", "p90"), rows)


def sources(page: Page, numbers: Numbers) -> Table:
    t, place, found = page.t, Place(page, numbers.period), numbers.dialogues
    return _table(
        t,
        "sources",
        ("source", *STEPS, "share_booked"),
        (
            (
                named(source_name(t, source)),
                *(counted(t, steps_of.get(step, 0), place.list(step, source=source, number=steps_of.get(step, 0))) for step in STEPS),
                share(t, steps_of.get("booked", 0), steps_of.get("dialogues", 0)),
            )
            for source in found.sources
            for steps_of in (found.by_source[source],)
        ),
    )


def models(page: Page, numbers: Numbers) -> Table:
    t, place = page.t, Place(page, numbers.period)
    return _table(
        t,
        "models",
        ("model", "answers", "tokens", "cost", "charged"),
        (
            (
                named(model.name),
                counted(t, model.answers, place.list(USAGE)),
                counted(t, model.tokens, None),
                _dollars(t, model.cost, place.list(USAGE)),
                Cell(money(t, model.charged, model.currency), model.charged, is_number=True),
            )
            for model in by_model(numbers.usage)
        ),
    )


def costs(page: Page, numbers: Numbers) -> Table:
    t = page.t
    return _table(
        t,
        "costs",
        ("day", "cost"),
        (
            (named(span(t, of)), _dollars(t, cost, _within(page, numbers, of).list(USAGE, number=int(bool(cost)))))
            for of, cost in cost_by_span(numbers)
        ),
    )


def cost_by_span(numbers: Numbers) -> list[tuple[Span, Decimal]]:
    return [(of, total(row for row in numbers.usage if of.first <= row.day <= of.last)) for of in numbers.period.spans]


def whole_cost(page: Page, numbers: Numbers) -> Table:
    t, place, each = page.t, Place(page, numbers.period), numbers.dialogues.cost_each
    begun = numbers.dialogues.number("dialogues")
    cost = total(numbers.usage)
    return _table(
        t,
        "cost",
        ("what", "cost"),
        (
            (named(t("overview.cost_whole")), _dollars(t, cost, place.list(USAGE, number=len(numbers.usage)))),
            (named(t("overview.cost_each")), Cell(dollars(t, each), each, place.list(COST, number=begun), is_number=True)),
        ),
    )


def bookings(page: Page, numbers: Numbers) -> Table:
    t, place = page.t, Place(page, numbers.period)
    assert {*MADE, *VISITS} == OF_VISITS
    return _table(
        t,
        "bookings",
        ("what", "number"),
        (
            (named(figure_name(t, figure)), counted(t, number, place.list(figure, number=number)))
            for figure in (*MADE, *VISITS)
            for number in (numbers.bookings.get(figure, 0),)
        ),
    )


def everything(page: Page, found: Overview) -> list[Table]:
    """For the file: all tables of the page, those of today by their own names."""
    today = Table(
        page.t("overview.table.today"),
        _columns(page.t, ("what", "number")),
        (
            (named(figure_name(page.t, "waiting")), counted(page.t, len(found.waiting), None)),
            (named(figure_name(page.t, "dialogues")), counted(page.t, found.today.dialogues.number("dialogues"), None)),
            *bookings(page, found.today).rows,
        ),
    )
    chosen = found.chosen
    return [
        today, steps(page, chosen), bookings(page, chosen), days(page, chosen), outcomes(page, chosen, lost=True),
        outcomes(page, chosen, lost=False), answers(page, chosen), sources(page, chosen), whole_cost(page, chosen), models(page, chosen),
        costs(page, chosen),
    ]  # fmt: skip


def labels(numbers: Numbers) -> list[str]:
    """Below the bars of a chart."""
    return [short_span(of) for of in numbers.period.spans]


def _waited(t: Words, name: str, when: str) -> Cell:
    """A part stands below its whole, and says on the page only what part it is."""
    full = figure_name(t, name + when)
    return Cell(t(f"overview.when.{when.removeprefix(':')}"), full, is_part=True) if when else named(full)


def _within(page: Page, numbers: Numbers, of: Span) -> Place:
    return Place(page, Period(of.first, of.last, numbers.period.zone))


def _dollars(t: Words, amount: Decimal, href: str | None) -> Cell:
    return Cell(dollars(t, amount), amount, href, is_number=True)


def _tenths(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def _table(t: Words, name: str, columns: Iterable[str], rows: Iterable[tuple[Cell, ...]]) -> Table:
    return Table(t(f"overview.table.{name}"), _columns(t, columns), tuple(rows))


def _columns(t: Words, names: Iterable[str]) -> tuple[Column, ...]:
    return tuple(Column(t(f"overview.column.{name}"), is_number=at > 0) for at, name in enumerate(names))
