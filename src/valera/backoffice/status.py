"""`valera status`: what lives and what waits, in numbers, as an operator or a monitor asks it of the whole installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.backoffice import status_queries as queries

if TYPE_CHECKING:
    from valera.kit.db import Database

LATE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class InstallationStatus:
    """``*_seconds``: for how long the oldest of what is due has been waiting; None: nothing is due. ``parked``: jobs that failed each time
    that they were tried.
    """

    workers: int
    mailboxes: int
    mailbox_seconds: float | None
    turns: int
    turn_seconds: float | None
    running: int
    deliveries: int
    delivery_seconds: float | None
    presses: int
    jobs: int
    job_seconds: float | None
    parked: int

    @property
    def is_well(self) -> bool:
        oldest = (self.mailbox_seconds, self.turn_seconds, self.delivery_seconds, self.job_seconds)
        return self.workers > 0 and not self.parked and all((seconds or 0) < LATE_SECONDS for seconds in oldest)

    def tell(self) -> list[str]:
        return [
            f"workers alive           {self.workers}",
            f"mailboxes to take in    {self.mailboxes}{_since(self.mailbox_seconds)}",
            f"turns due               {self.turns}{_since(self.turn_seconds)}",
            f"turns running           {self.running}",
            f"deliveries due          {self.deliveries}{_since(self.delivery_seconds)}",
            f"presses unacknowledged  {self.presses}",
            f"jobs due                {self.jobs}{_since(self.job_seconds)}",
            f"jobs parked             {self.parked}",
        ]


async def look_around(db: Database) -> InstallationStatus:
    async with db.queue() as tx:
        return await queries.select_status(tx, InstallationStatus)


def _since(seconds: float | None) -> str:
    return "" if seconds is None else f", the oldest for {seconds:.1f} s"
