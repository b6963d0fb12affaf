"""The list behind a number: its rows, and the number once more, counted by the same definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.dashboard.overview.place import COST, USAGE, WAITING, figure_name, source_name
from valera.dashboard.overview.table import Cell, Column, Table
from valera.dashboard.overview.tables import counted, named
from valera.dashboard.overview.wording import dollars, duration, moment, money
from valera.insights import visit
from valera.insights.cost import list_usage, total
from valera.insights.dialogue import Dialogue, count_dialogues, list_dialogues
from valera.insights.visit import count_bookings, list_bookings
from valera.insights.waiting import list_waiting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from valera.dashboard.frame.page import Page
    from valera.dashboard.frame.words import Words
    from valera.insights.cost import Usage
    from valera.insights.period import Period
    from valera.insights.visit import Visit
    from valera.insights.waiting import Waiting
    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Listed:
    """``number`` is what the overview shows, however many rows this leaf has; ``beside``: medians, sums."""

    number: int
    beside: str
    table: Table


@dataclass(frozen=True, slots=True)
class Wanted:
    """``most`` rows, after so many that are left out."""

    figure: str
    source: str | None
    period: Period
    most: int
    after: int = 0


async def list_rows(tx: AccountTx, page: Page, wanted: Wanted) -> Listed:
    """Of one moment."""
    await tx.read_one_snapshot()
    if wanted.figure == WAITING:
        waiting = await list_waiting(tx)
        return Listed(len(waiting), "", _of_waiting(page, waiting[wanted.after : wanted.after + wanted.most]))
    if wanted.figure == USAGE:
        usage = await list_usage(tx, wanted.period)
        said = page.t("overview.sum", sum=dollars(page.t, total(usage)))
        return Listed(len(usage), said, _of_usage(page, usage[wanted.after : wanted.after + wanted.most]))
    if wanted.figure in visit.FIGURES:
        numbers = await count_bookings(tx, wanted.period, page.now)
        visits = await list_bookings(tx, wanted.period, page.now, wanted.figure, most=wanted.most, after=wanted.after)
        return Listed(numbers.get(wanted.figure, 0), "", _of_visits(page, visits))
    return await _dialogues(tx, page, wanted)


async def _dialogues(tx: AccountTx, page: Page, wanted: Wanted) -> Listed:
    t, figure = page.t, "dialogues" if wanted.figure == COST else wanted.figure
    found = await count_dialogues(tx, wanted.period)
    numbers = found.get(figure)
    number = numbers.number if wanted.source is None else found.by_source.get(wanted.source, {}).get(figure, 0)
    beside, order = "", ""
    if wanted.figure == COST:
        beside, order = t("overview.each", cost=dollars(t, found.cost_each)), "cost"
    elif figure.startswith(("answer:assistant", "answer:manager", "helped")):
        beside = t("overview.half", median=duration(t, numbers.median), p90=duration(t, numbers.p90))
        order = "person" if figure.startswith("helped") else "answer"
    rows = await list_dialogues(tx, wanted.period, figure, source=wanted.source, order=order, most=wanted.most, after=wanted.after)
    return Listed(number, beside, _of_dialogues(page, rows, with_cost=wanted.figure == COST))


# ---- rows ---------------------------------------------------------------------------------------


def _of_dialogues(page: Page, rows: Iterable[Dialogue], *, with_cost: bool) -> Table:
    """What each cost stands only where they are listed by it: the page is wide enough without."""
    names = ("client", "began", "source", "outcome", "line", "priced", "booking", "visited", "answer", "person", *["cost"][:with_cost])
    return Table(
        "", _columns(page.t, names, numbers=("answer", "person", "cost")), tuple(_dialogue(page, row)[: len(names)] for row in rows)
    )


def _dialogue(page: Page, row: Dialogue) -> tuple[Cell, ...]:
    t = page.t
    booking = None if row.booking_number is None else page.url(f"/board?booking={row.booking_number}")
    answered = f"{duration(t, row.answer_seconds)}, {t(f'overview.by.{row.answered_by}')}" if row.answered_by else "–"
    return (
        Cell(row.client or t("overview.no_name"), row.client, page.url(f"/chats/{row.chat_id}?message={row.message_id}")),
        _moment(t, row.began_at),
        Cell(source_name(t, row.source), row.source),
        named(figure_name(t, f"outcome:{row.outcome or 'open'}")),
        named(row.line or ""),
        _yes(t, is_so=row.is_priced),
        Cell("" if row.booking_number is None else t("overview.numbered", number=row.booking_number), row.booking_number, booking),
        _yes(t, is_so=row.has_visited),
        Cell(answered, _whole(row.answer_seconds), is_number=True),
        Cell("" if row.called_at is None else duration(t, row.person_seconds), _whole(row.person_seconds), is_number=True),
        Cell("" if row.cost is None else dollars(t, row.cost), row.cost, is_number=True),
    )


def _of_visits(page: Page, rows: Iterable[Visit]) -> Table:
    t = page.t
    return Table(
        "",
        _columns(t, ("booking", "time", "client", "service", "status", "made", "made_by")),
        tuple(
            (
                Cell(t("overview.numbered", number=row.number), row.number, page.url(f"/board?booking={row.number}")),
                _moment(t, row.starts_at),
                Cell(
                    row.client or t("overview.no_name"),
                    row.client,
                    None if row.client_id is None else page.url(f"/clients/{row.client_id}"),
                ),
                named(row.service),
                named(t(f"overview.status.{row.status}")),
                _moment(t, row.made_at),
                named(t(f"overview.made_by.{row.made_by}") if row.made_by else ""),
            )
            for row in rows
        ),
    )


def _of_waiting(page: Page, rows: Iterable[Waiting]) -> Table:
    t = page.t
    return Table(
        "",
        _columns(t, ("client", "waits", "since", "reason")),
        tuple(
            (
                Cell(row.client or t("overview.no_name"), row.client, page.url(f"/chats/{row.chat_id}")),
                named(t.ago(row.waits_since, page.now)),
                _moment(t, row.waits_since),
                named(row.reason or ""),
            )
            for row in rows
        ),
    )


def _of_usage(page: Page, rows: Iterable[Usage]) -> Table:
    t = page.t
    names = ("day", "model", "answers", "input", "output", "unpriced", "cost", "charged")
    return Table(
        "",
        _columns(t, names, numbers=names[2:]),
        tuple(
            (
                Cell(t.full_day(row.day), row.day),
                named(row.name),
                *(counted(t, number, None) for number in (row.answers, row.input_tokens, row.output_tokens, row.unpriced)),
                Cell(dollars(t, row.cost), row.cost, is_number=True),
                Cell(money(t, row.charged, row.currency), row.charged, is_number=True),
            )
            for row in rows
        ),
    )


def _moment(t: Words, at: datetime | None) -> Cell:
    if at is None:
        return Cell("", None)
    local = t.local(at)
    return Cell(moment(t, at), local.replace(tzinfo=None), is_number=True)


def _yes(t: Words, *, is_so: bool) -> Cell:
    return Cell(t("overview.yes") if is_so else "", int(is_so))


def _whole(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def _columns(t: Words, names: Iterable[str], numbers: Iterable[str] = ()) -> tuple[Column, ...]:
    are_numbers = set(numbers)
    return tuple(Column(t(f"overview.column.{name}"), name in are_numbers) for name in names)
