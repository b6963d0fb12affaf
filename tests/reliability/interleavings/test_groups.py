"""Every group of actors in every schedule within the bound; see docs/reliability.md for what that leaves out."""

from __future__ import annotations

import os
import time

import pytest

from tests.reliability.interleavings import booking_groups, mail_groups, turn_groups
from tests.reliability.interleavings.checks import look
from tests.reliability.interleavings.explore import Explorer
from tests.reliability.interleavings.group import Group
from tests.reliability.interleavings.play import Play
from tests.reliability.interleavings.scene import Scene

WIDTH = os.environ.get("SCHEDULES", "")
"""A bound for all groups instead of their own, or "all": no bound, hours."""
BY_STATEMENT = os.environ.get("HOLD") == "statements"
"""Actors are held before each statement, too."""
IS_WIDE = WIDTH != "" or BY_STATEMENT


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.timeout(0 if IS_WIDE else 300)
@pytest.mark.parametrize("group", turn_groups.GROUPS + booking_groups.GROUPS + mail_groups.GROUPS, ids=lambda group: group.name)
async def test_no_schedule_breaks_a_promise(scene: Scene, group: Group) -> None:
    found: list[str] = []
    since = time.monotonic()
    scene.by_statement = BY_STATEMENT
    parts = await scene.set(group.set_up)
    await scene.keep()
    explorer = Explorer(None if WIDTH == "all" else int(WIDTH or group.bound))

    async def end(play: Play) -> bool:
        findings = await look(scene, play) + await group.check(scene)
        if findings:
            found.append("\n    ".join([*findings, "by " + play.tell()]))
        return len(found) < 5

    is_all = await explorer.explore(lambda: scene.begin(parts), end, most=10**9 if IS_WIDE else group.most)
    print(  # noqa: T201
        f"{group.name}: {explorer.played} schedules, {explorer.spared} spared, {explorer.missed} missed{'' if is_all else ', cut'},"
        f" {time.monotonic() - since:.1f} s"
    )
    assert not found, "\n".join(found)
    assert is_all, f"more than {group.most} schedules: lower the bound"
