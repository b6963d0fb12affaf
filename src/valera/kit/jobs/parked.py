"""Parked jobs: those that failed each time that they were tried. An operator lets them be tried again, or gives them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.kit.errors import NotFound
from valera.kit.jobs import queries

if TYPE_CHECKING:
    from valera.kit.db import QueueTx


class JobNotParked(NotFound):
    """No such job failed."""


@dataclass(frozen=True, slots=True)
class Parked:
    """``payload``: ids, as JSON."""

    id: int
    entrypoint: str
    payload: str
    tries: int
    parked_at: datetime

    def tell(self) -> str:
        return f"{self.id}  {self.entrypoint}  {self.payload}  {self.tries} tries, the last {self.parked_at:%Y-%m-%d %H:%M} UTC"


async def list_parked(tx: QueueTx) -> list[Parked]:
    """The oldest first."""
    return await queries.select_parked(tx, Parked)


async def retry(tx: QueueTx, job_id: int) -> None:
    """Raises JobNotParked."""
    if not await queries.update_requeued(tx, job_id):
        raise JobNotParked(f"No job {job_id} is parked: `valera jobs` shows those that are.")


async def drop(tx: QueueTx, job_id: int) -> None:
    """Raises JobNotParked."""
    if not await queries.delete_parked(tx, job_id):
        raise JobNotParked(f"No job {job_id} is parked: `valera jobs` shows those that are.")
