"""Settling: a chat in which nobody has said anything for a day has ended for now, and gets its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from valera.analytics.event import EventType, track
from valera.followup.outcomes import queries
from valera.followup.outcomes.decide import decide
from valera.followup.outcomes.episode import Outcome, load_episode
from valera.kit.jobs.job import enqueue

if TYPE_CHECKING:
    from valera.kit.db import AccountTx
    from valera.kit.jobs.job import Job

DIALOGUE_SILENT = "dialogue_silent"
SILENCE = timedelta(hours=24)
MARGIN = timedelta(minutes=5)
"""As in the database's trigger: what is said after a silence of a day begins anew, and this looks at it a little later."""


@dataclass(frozen=True, slots=True)
class Settled:
    """``line``: what was said in the message that shows it."""

    chat_id: int
    outcome: Outcome
    message_id: int | None
    line: str | None
    ended_at: datetime


async def settle(tx: AccountTx, job: Job, now: datetime) -> None:
    """A job. The chat is taken: who writes in it at this moment waits, and begins another stretch. Looked at twice, it has one outcome."""
    chat_id = job.payload["chat"]
    silent_since = await queries.lock_silence(tx, chat_id)
    if silent_since is None:
        return
    at = silent_since + SILENCE + MARGIN
    if at > now:
        await enqueue(tx, DIALOGUE_SILENT, at=at, key=f"{chat_id}:{int(at.timestamp())}", payload={"chat": chat_id})
        return
    episode = await load_episode(tx, chat_id, after=await queries.last_settled(tx, chat_id))
    if episode is None:
        return
    verdict, first, last = decide(episode), episode.lines[0], episode.lines[-1]
    is_new = await queries.insert_outcome(
        tx,
        chat_id=chat_id,
        first_message_id=first.id,
        last_message_id=last.id,
        outcome=verdict.outcome,
        message_id=verdict.message_id,
        began_at=first.created_at,
        ended_at=last.created_at,
    )
    if is_new:
        await track(tx, EventType.DIALOGUE_ENDED, {"chat": chat_id, "outcome": verdict.outcome.value})


async def count_outcomes(tx: AccountTx, since: datetime) -> list[tuple[str, int]]:
    """The most frequent first."""
    return await queries.count_outcomes(tx, since)


async def list_outcomes(tx: AccountTx, since: datetime, *, most: int) -> list[Settled]:
    """The newest first."""
    return await queries.select_outcomes(tx, Settled, since, most)
