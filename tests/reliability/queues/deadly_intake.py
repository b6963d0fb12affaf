"""A worker's intake in a process of its own, with a clock that ends the process the moment somebody asks it for the time."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime, timedelta

from valera.kit.db import Database
from valera.reception.intake import Intake, Settling


class DeadlyClock:
    def now(self) -> datetime:
        os._exit(9)


async def take_in(url: str) -> None:
    db = Database(url, min_size=1, max_size=2)
    await db.open()
    intake = Intake(db, DeadlyClock(), Settling(timedelta(0), timedelta(0)))
    while claims := await intake.claim(10):
        for claim in claims:
            await intake.take_in(claim)
    await db.close()


if __name__ == "__main__":
    asyncio.run(take_in(sys.argv[1]))
