"""Buttons under a reply, put there by code: what was proposed or offered in this turn and is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.assistant.journal import StepKind
from valera.bookings import booking as bookings
from valera.bookings.card import SLOT, buttons_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from valera.assistant.journal import Step
    from valera.kit.db import AccountTx
    from valera.telegram.outbox.delivery import Keyboard


async def keyboard_for(tx: AccountTx, chat_id: int, steps: Sequence[Step], *, now: datetime, locale: str) -> Keyboard | None:
    """The open proposal's yes and no; else the slots that the last search of this turn offered; else nothing."""
    done = [step.content for step in steps if step.kind == StepKind.TOOL and step.content["outcome"] == "done"]
    if any("proposal" in content["content"] for content in done):
        proposal = await bookings.open_proposal(tx, chat_id, now)
        return buttons_for(proposal, locale) if proposal is not None else None
    searches = [content["content"] for content in done if content["tool"] == "find_slots"]
    if not searches or not searches[-1]["slots"]:
        return None
    return [[{"text": slot["label"], "callback_data": f"{SLOT}:{slot['slot_id']}"}] for slot in searches[-1]["slots"]]
