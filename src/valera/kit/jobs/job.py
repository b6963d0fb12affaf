"""Job: what is to be done for one shop at a time. It holds ids and nothing that a person wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.kit.jobs import queries

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Job:
    """``tries``: how often it was begun, this time included."""

    id: int
    entrypoint: str
    payload: Mapping[str, int]
    tries: int


async def enqueue(tx: AccountTx, entrypoint: str, *, at: datetime, key: str, payload: Mapping[str, int]) -> None:
    """``entrypoint`` is run at that time or soon after, if this transaction commits. While one of the shop's jobs waits or runs under the
    key, this is nothing new. A job is never called off: it looks at the rows when it runs, and does nothing where they say something else.
    """
    await queries.enqueue(tx, entrypoint, at=at, key=key, payload=dict(payload))
