"""A worker that gets to the end of a reminder's transaction, says so, and never commits: `python -m tests.followup.victim URL SECONDS`."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from valera.followup.reminders.remind import REMIND, remind
from valera.kit.clock import FixedClock
from valera.kit.db import AccountTx, Database
from valera.kit.jobs.job import Job
from valera.kit.jobs.runner import JobRunner


async def remind_and_hang(tx: AccountTx, job: Job, now: datetime) -> None:
    await remind(tx, job, now)
    sys.stdout.write(f"{await tx.connection.fetchval('select count(*) from reminders')}\n")
    sys.stdout.flush()
    while True:
        await tx.connection.execute("select pg_sleep(1)")  # no idle session: only a dead one ends


async def main(url: str, seconds: float) -> None:
    db = Database(url, min_size=1)
    await db.open()
    await JobRunner(db, FixedClock(datetime.fromtimestamp(seconds, UTC)), {REMIND: remind_and_hang}).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
