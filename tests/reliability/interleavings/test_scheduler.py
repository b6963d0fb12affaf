"""The scheduler finds what it is for: lost updates, deadlocks, hangs; and it plays no order twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import LiteralString

import asyncpg
import pytest

from tests.reliability.interleavings.border import At
from tests.reliability.interleavings.explore import Explorer
from tests.reliability.interleavings.gated import GatedDatabase
from tests.reliability.interleavings.play import Play
from tests.reliability.interleavings.scene import Parts, Scene
from valera.kit.db import account_scope, execute, value

READ = "select value from counters where name = 'booking'"
WRITE = "update counters set value = $1 where name = 'booking'"
RAISE = "update counters set value = value + 1 where name = 'booking'"
RENAME = "update facts set text = text || '!' where topic = 'phone'"
TWO_ROWS: tuple[LiteralString, LiteralString] = (RENAME, "update facts set text = text || '!' where topic = 'address'")

Part = Callable[[GatedDatabase], Awaitable[object]]


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def nothing(_scene: Scene) -> Parts:
    return {}


def transactions(scene: Scene, *each: tuple[LiteralString, ...]) -> Part:
    """One transaction after another, of these statements."""

    async def part(db: GatedDatabase) -> None:
        with account_scope(scene.shop.account_id):
            for statements in each:
                async with db.account_tx() as tx:
                    for statement in statements:
                        await execute(tx, statement)

    return part


def reads_then_writes(scene: Scene) -> Part:
    async def part(db: GatedDatabase) -> None:
        with account_scope(scene.shop.account_id):
            async with db.account_tx() as tx:
                seen = await value(tx, READ)
            async with db.account_tx() as tx:
                await execute(tx, WRITE, seen + 1)

    return part


async def play_all(scene: Scene, parts: dict[str, Part], bound: int | None = None) -> tuple[Explorer, list[int], list[BaseException]]:
    """The counter at the end of each schedule, and whatever was raised."""
    explorer, ends, errors = Explorer(bound), list[int](), list[BaseException]()

    async def end(play: Play) -> bool:
        ends.append(await scene.prompter.fetchval("select value from counters where account_id = $1", scene.shop.account_id) or 0)
        errors.extend(actor.error for actor in play.actors.values() if actor.error is not None)
        return True

    await scene.set(nothing)
    await scene.keep()
    assert await explorer.explore(lambda: scene.begin(parts), end, most=200)
    return explorer, ends, errors


async def test_lost_update_is_found(scene: Scene) -> None:
    _, ends, errors = await play_all(scene, {"a": reads_then_writes(scene), "b": reads_then_writes(scene)})

    assert set(ends) == {2, 3}
    assert errors == []


async def test_update_in_one_statement_is_never_lost(scene: Scene) -> None:
    part = transactions(scene, (RAISE,))

    _, ends, errors = await play_all(scene, {"a": part, "b": part, "c": part})

    assert set(ends) == {4}
    assert errors == []


async def test_deadlock_is_found(scene: Scene) -> None:
    """Within one transaction: the other one is held before its commit, with the row that is wanted."""
    there, back = TWO_ROWS
    parts = {"a": reach_twice(scene, there, back), "b": reach_twice(scene, back, there)}

    _, _, errors = await play_all(scene, parts)

    assert {type(error) for error in errors} == {asyncpg.DeadlockDetectedError}


def reach_twice(scene: Scene, first: LiteralString, second: LiteralString) -> Part:
    """Held between two statements, as by a call in the middle of a transaction."""

    async def part(db: GatedDatabase) -> None:
        with account_scope(scene.shop.account_id):
            async with db.account_tx() as tx:
                await execute(tx, first)
                async with db.account_tx() as other:
                    await execute(other, RAISE)
                await execute(tx, second)

    return part


async def test_steps_that_touch_nothing_in_common_are_played_in_one_order(scene: Scene) -> None:
    explorer, _, _ = await play_all(scene, {"a": transactions(scene, (RAISE,)), "b": transactions(scene, (RENAME,))})

    assert explorer.played == 1


async def test_every_order_of_steps_that_meet_is_played(scene: Scene) -> None:
    """Two readers of one row and its writer: before, between and after."""
    parts = {"reader": transactions(scene, (READ,), (READ,)), "writer": transactions(scene, (RAISE,))}

    explorer, _, _ = await play_all(scene, parts)

    assert explorer.played == 3


async def test_bound_leaves_an_actor_that_often(scene: Scene) -> None:
    part = transactions(scene, (RAISE,), (RAISE,))

    counts = [(await play_all(scene, {"a": part, "b": part}, bound))[0].played for bound in (0, 1, 2)]

    assert counts[0] == 2
    assert counts == sorted(set(counts))


async def test_who_waits_for_a_lock_is_noticed_and_goes_on_when_it_is_free(scene: Scene) -> None:
    part = transactions(scene, (RAISE,))
    await scene.set(nothing)
    play = await scene.begin({"a": part, "b": part}, again=False)

    await play.until("a", lambda border: border.at is At.COMMIT)
    await play.finish("b")

    assert play.actors["b"].is_blocked
    await play.finish("a")
    assert play.actors["b"].border is not None
    await play.finish("b")
    assert play.is_over
