"""Buttons under a reply, put there by code: what was proposed, offered or listed in this turn and is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.assistant.journal import StepKind
from valera.bookings.life.booking import list_client_requests, list_movable
from valera.bookings.proposals.proposal import open_proposal
from valera.bookings.proposals.propose import list_beside
from valera.bookings.telling.card import SLOT, buttons_for, buttons_of_bookings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from valera.assistant.journal import Step
    from valera.kit.db import AccountTx
    from valera.telegram.outbox.delivery import Keyboard


async def keyboard_for(
    tx: AccountTx, chat_id: int, steps: Sequence[Step], *, client_id: int, now: datetime, locale: str
) -> Keyboard | None:
    """The open proposal's yes and no; else the slots that the last search of this turn offered; else what may be done with the bookings
    that were listed; else nothing.
    """
    done = [step.content for step in steps if step.kind == StepKind.TOOL and step.content["outcome"] == "done"]
    if any("proposal" in content["content"] for content in done):
        proposal = await open_proposal(tx, chat_id, now)
        if proposal is None:
            return None
        return buttons_for(proposal, locale, others=await list_beside(tx, proposal, client_id=client_id, now=now))
    searches = [content["content"] for content in done if content["tool"] == "find_slots"]
    if searches and searches[-1]["slots"]:
        return [[{"text": slot["label"], "callback_data": f"{SLOT}:{slot['slot_id']}"}] for slot in searches[-1]["slots"]]
    return await _of_bookings(tx, client_id, now=now, locale=locale) if any(step["tool"] == "my_bookings" for step in done) else None


async def _of_bookings(tx: AccountTx, client_id: int, *, now: datetime, locale: str) -> Keyboard | None:
    entries = [*await list_movable(tx, client_id, now), *await list_client_requests(tx, client_id)]
    return buttons_of_bookings(entries, locale) or None
