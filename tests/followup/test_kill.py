"""A worker that is killed in the middle of a reminder: the next one says it, once."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime

from tests.followup.conftest import Aftermath
from valera.kit.jobs.runner import JobRunner
from valera.worker import JOBS

DAY_BEFORE = datetime(2026, 11, 30, 9, tzinfo=UTC)


async def test_a_worker_killed_before_its_commit_leaves_one_message_in_the_end(after: Aftermath) -> None:
    stage = after.stage
    await after.notice_changes()
    await stage.owner.execute("update jobs.pgqueuer set execute_after = now() - interval '1 second' where execute_after = $1", DAY_BEFORE)
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.followup.victim", stage.db.url, str(DAY_BEFORE.timestamp()), stdout=asyncio.subprocess.PIPE
    )
    assert victim.stdout is not None
    said_inside = await asyncio.wait_for(victim.stdout.readline(), 40)
    victim.send_signal(signal.SIGKILL)
    await victim.wait()
    after_death = len(await after.said())

    await stage.owner.execute("update jobs.pgqueuer set heartbeat = now() - interval '1 minute' where status = 'picked'")
    stage.clock.at = DAY_BEFORE
    runner = JobRunner(stage.db, stage.clock, JOBS)
    running = asyncio.create_task(runner.run())
    async with asyncio.timeout(30):
        while await stage.owner.fetchval("select count(*) from jobs.pgqueuer where status = 'picked' or execute_after < now()"):
            await asyncio.sleep(0.05)
    await runner.drain(running, 10)

    assert said_inside == b"1\n"
    assert after_death == 1
    assert len(await after.said()) == 2
    assert await stage.owner.fetchval("select count(*) from reminders") == 1
