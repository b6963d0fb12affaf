"""Every number equals its list, and both equal a plain count over raw rows, for shops with a random past."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from tests.insights import plain
from tests.insights.history import NOW, History, open_shop, some_period
from valera.insights import dialogue, visit
from valera.insights.dialogue import count_dialogues, list_dialogues
from valera.insights.visit import count_bookings, list_bookings
from valera.insights.waiting import list_waiting
from valera.kit.db import AccountTx, Database, Tx, account_scope

SEEDS, PERIODS, CHATS, MOST = range(5), 4, 14, 10_000


@asynccontextmanager
async def past(db: Database, seed: int) -> AsyncIterator[tuple[History, dict[str, list[dict[str, Any]]]]]:
    connection = await db.connect()
    try:
        async with connection.transaction():
            tx = Tx(connection)
            await connection.execute("set local role valera_owner")
            history = await open_shop(tx, seed)
            await history.write(CHATS)
            rows = {
                table: [dict(row) for row in await connection.fetch(f"select * from {table} where account_id = $1", history.account_id)]
                for table in plain.TABLES
            }
        yield history, rows
    finally:
        await connection.close()


@pytest.mark.parametrize("seed", SEEDS)
async def test_numbers_equal_their_lists_and_a_plain_count(db: Database, seed: int) -> None:
    async with past(db, seed) as (history, rows):
        for _ in range(PERIODS):
            with account_scope(history.account_id):
                async with db.account_tx() as tx:
                    await _compare_dialogues(tx, history, rows)
                    await _compare_bookings(tx, history, rows)
                    assert {row.chat_id for row in await list_waiting(tx)} == plain.waiting(rows)


async def _compare_dialogues(tx: AccountTx, history: History, rows: dict[str, list[dict[str, Any]]]) -> None:
    period = some_period(history)
    expected = plain.dialogues(rows, period)
    numbers = await count_dialogues(tx, period)

    assert {name: figure.number for name, figure in numbers.whole.items()} == Counter(name for told in expected for name in told.figures)
    for figure in sorted(dialogue.FIGURES):
        own = [told for told in expected if figure in told.figures]
        listed = await list_dialogues(tx, period, figure, most=MOST)
        assert {row.message_id for row in listed} == {told.message_id for told in own}
        assert len(listed) == len(own) == numbers.number(figure)
        assert sum(row.cost or 0 for row in listed) == sum(told.cost for told in own) == numbers.get(figure).cost
        of_people = figure.startswith(("called", "helped"))
        seconds = [told.person_seconds if of_people else told.seconds for told in own]
        _compare_times([second for second in seconds if second is not None], numbers.get(figure))
    await _compare_parts(tx, expected, numbers, period)


async def _compare_parts(tx: AccountTx, expected: list[plain.Told], numbers: dialogue.DialogueNumbers, period: Any) -> None:
    """By source and by day: the parts are the whole."""
    for step in dialogue.STEPS:
        own = [told for told in expected if step in told.figures]
        assert _parts(numbers.by_source, step) == Counter(told.source for told in own)
        at = {day: number for number, day in enumerate(plain.days(period.first, period.last))}
        assert _parts(numbers.by_span, step) == Counter(at[plain.day_of(told.began_at, period.zone)] for told in own)
        for source in numbers.sources:
            listed = await list_dialogues(tx, period, step, source=source, most=MOST)
            assert len(listed) == numbers.by_source[source].get(step, 0)


def _parts(of: dict[Any, dict[str, int]], step: str) -> dict[Any, int]:
    return {key: counted[step] for key, counted in of.items() if step in counted}


def _compare_times(seconds: list[float], figure: dialogue.Figure) -> None:
    if not seconds:
        assert figure.median is figure.p90 is None
        return
    assert figure.median == pytest.approx(statistics.median(seconds))
    assert figure.p90 == pytest.approx(_percentile(sorted(seconds), 0.9))


def _percentile(ordered: list[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


async def _compare_bookings(tx: AccountTx, history: History, rows: dict[str, list[dict[str, Any]]]) -> None:
    period = some_period(history)
    expected = plain.visits(rows, period, NOW)
    numbers = await count_bookings(tx, period, NOW)

    assert numbers == Counter(figure for figures in expected.values() for figure in figures)
    for figure in sorted(visit.FIGURES):
        listed = await list_bookings(tx, period, NOW, figure, most=MOST)
        own = {row["number"] for row in rows["bookings"] if figure in expected.get(row["id"], set())}
        assert {row.number for row in listed} == own
        assert len(listed) == numbers.get(figure, 0)


def test_history_is_worth_counting() -> None:
    """Every figure of the overview has its own branch above: none is counted by another name."""
    assert set(_named()) == dialogue.FIGURES


def _named() -> Iterator[str]:
    yield from ("dialogues", "priced", "booked", "visited")
    for outcome in (*dialogue.LOST, *dialogue.KEPT):
        yield f"outcome:{outcome}"
    for name in ("answer:assistant", "answer:manager", "answer:nobody", "called", "helped"):
        for when in ("", ":inside", ":outside"):
            yield name + when


async def test_another_shop_changes_no_number(db: Database) -> None:
    async with past(db, 100) as (history, _):
        period = some_period(history)
        with account_scope(history.account_id):
            async with db.account_tx() as tx:
                before = await count_dialogues(tx, period), await count_bookings(tx, period, NOW), await list_waiting(tx)
        async with past(db, 101):
            with account_scope(history.account_id):
                async with db.account_tx() as tx:
                    assert (await count_dialogues(tx, period), await count_bookings(tx, period, NOW), await list_waiting(tx)) == before


async def test_numbers_need_a_shop(db: Database) -> None:
    connection = await db.connect(role="valera_app")
    with pytest.raises(asyncpg.PostgresError):
        await connection.fetch("select * from overview_dialogues(now() - interval '1 day', now(), '{}')")
    await connection.close()
