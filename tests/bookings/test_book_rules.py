"""What the database refuses, whoever asks: steps that do not follow, changes of which nothing tells, numbers that change."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, LiteralString

import asyncpg
import pytest

from tests.bookings.conftest import NOW, Asker, at, status_of
from valera.bookings.life.status import Status, steps_after
from valera.kit.db import Database, execute, value

if TYPE_CHECKING:
    from tests.cast import Shop
    from valera.kit.db import AccountTx

TELL: LiteralString = "insert into booking_events (booking_id, event, actor, member_id) values ($1, $2, 'member', $3)"


def constraint_of(error: asyncpg.PostgresError) -> object:
    return vars(error)["constraint_name"]


async def test_code_and_database_hold_the_same_table_of_steps(tx: AccountTx) -> None:
    for before, after in product(Status, Status):
        allowed = await value(tx, "select booking_may_become($1, $2)", before.value, after.value)
        assert allowed == (after in steps_after(before) or (before, after) == (Status.CONFIRMED, Status.CONFIRMED)), (before, after)


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("update bookings set status = 'done' where id = $1", "bookings_step"),
        ("update bookings set status = 'held', number = null, hold_expires_at = now() where id = $1", "bookings_step"),
        ("update bookings set number = 7 where id = $1", "bookings_number"),
        ("update bookings set bay_id = null, during = null where id = $1", "bookings_timeless"),
        ("update bookings set bay_id = null where id = $1", "bookings_stay"),
        ("insert into bookings (status, number, during, bay_id) select 'done', 9, during + '1 h'::interval, bay_id from bookings", None),
    ],
)
async def test_a_change_that_does_not_follow_is_refused(tx: AccountTx, garage: Shop, statement: LiteralString, rule: str | None) -> None:
    with pytest.raises(asyncpg.PostgresError) as refused:
        await (execute(tx, statement, garage.booking_id) if "$1" in statement else execute(tx, statement))
    if rule is not None:
        assert isinstance(refused.value, asyncpg.CheckViolationError)
        assert constraint_of(refused.value) == rule
    await tx.connection.execute("rollback")


@pytest.mark.parametrize(
    "change",
    [
        "update bookings set status = 'arrived' where id = $1",
        "update bookings set during = tstzrange('2026-12-02 09:00+00', '2026-12-02 10:00+00') where id = $1",
    ],
)
async def test_a_change_of_which_nothing_tells_is_never_committed(db: Database, garage: Shop, change: LiteralString) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        async with db.account_tx() as tx:
            await execute(tx, change, garage.booking_id)
    assert constraint_of(refused.value) == "bookings_told"
    async with db.account_tx() as tx:
        assert await status_of(tx, garage.booking_id) == "confirmed"


async def test_one_event_does_not_tell_of_two_changes(db: Database, garage: Shop) -> None:
    with pytest.raises(asyncpg.CheckViolationError):  # noqa: PT012  (the transaction is what is refused)
        async with db.account_tx() as tx:
            await execute(tx, "update bookings set status = 'arrived' where id = $1", garage.booking_id)
            await execute(tx, "update bookings set status = 'in_work' where id = $1", garage.booking_id)
            await execute(tx, TELL, garage.booking_id, "in_work", garage.member_id)


@pytest.mark.parametrize("event", ["moved", "done", "confirmed", "arrived"])
async def test_an_event_that_tells_of_no_change_is_refused(db: Database, garage: Shop, event: str) -> None:
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)):
        async with db.account_tx() as tx:
            await execute(tx, TELL, garage.booking_id, event, garage.member_id)


async def test_an_event_bears_the_state_that_it_led_to_whatever_it_was_told(tx: AccountTx, garage: Shop) -> None:
    await execute(tx, "update bookings set status = 'arrived' where id = $1", garage.booking_id)
    await execute(
        tx,
        "insert into booking_events (booking_id, event, actor, member_id, revision, status, bay_id)"
        " values ($1, 'arrived', 'member', $2, 70, 'done', null)",
        garage.booking_id,
        garage.member_id,
    )
    told = await tx.connection.fetchrow(
        "select e.revision, e.status, e.bay_id = b.bay_id and e.during = b.during as stands from booking_events e"
        " join bookings b on b.id = e.booking_id where e.booking_id = $1 order by e.revision desc limit 1",
        garage.booking_id,
    )
    assert told is not None
    assert tuple(told) == (2, "arrived", True)


async def test_no_booking_disappears_and_no_event_is_rewritten(db: Database, garage: Shop) -> None:
    for statement in (
        "delete from bookings",
        "delete from booking_events",
        "update booking_events set event = 'done'",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.account_tx() as tx:
                await tx.connection.execute(statement)
    async with db.account_tx() as tx:
        assert await status_of(tx, garage.booking_id) == "confirmed"


async def test_a_savepoint_that_is_undone_leaves_no_change_without_its_event(db: Database, anna: Asker) -> None:
    """Numbers and revisions go back with it, and what is done instead is told."""
    async with db.account_tx() as tx:
        proposal = await anna.holds(tx, at(23, 11))
        with pytest.raises(ZeroDivisionError):  # noqa: PT012  (the savepoint is what is undone)
            async with tx.savepoint():
                await anna.accepts(tx, proposal)
                raise ZeroDivisionError
        assert (await anna.accepts(tx, proposal, now=NOW)).booking.number == 2
