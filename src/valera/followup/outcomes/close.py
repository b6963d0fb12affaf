"""Closing a chat by hand: the member says what it came to, and the stretch that is not settled yet gets that outcome at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.analytics.event import EventType, track
from valera.chats import desk
from valera.followup.outcomes import queries
from valera.followup.outcomes.decide import decide
from valera.followup.outcomes.episode import load_episode

if TYPE_CHECKING:
    from valera.followup.outcomes.episode import Outcome
    from valera.kit.db import AccountTx


async def close_with(tx: AccountTx, chat_id: int, outcome: Outcome | None, *, by: int) -> None:
    """``outcome`` None: what the dialogue's own lines say, decided now and not a day later. A stretch that has its outcome keeps it."""
    if not await desk.close(tx, chat_id, by=by, outcome=None if outcome is None else outcome.value):
        return
    episode = await load_episode(tx, chat_id, after=await queries.last_settled(tx, chat_id))
    if episode is None:
        return
    verdict, first, last = decide(episode), episode.lines[0], episode.lines[-1]
    found = verdict.outcome if outcome is None else outcome
    await queries.insert_outcome(
        tx,
        chat_id=chat_id,
        first_message_id=first.id,
        last_message_id=last.id,
        outcome=found,
        message_id=verdict.message_id if found == verdict.outcome else None,
        began_at=first.created_at,
        ended_at=last.created_at,
    )
    await track(tx, EventType.DIALOGUE_ENDED, {"chat": chat_id, "outcome": found.value, "by": by})


async def reopen(tx: AccountTx, chat_id: int, *, by: int) -> None:
    """A close is undone, with the outcome that it gave. What a day of silence settled stays. Raises ChatMovedOn."""
    closed_at = await queries.select_closed_at(tx, chat_id)
    await desk.reopen(tx, chat_id, by=by)
    if closed_at is not None:
        await queries.delete_outcome(tx, chat_id, since=closed_at)
