"""What follows from a change of a booking. The database makes this a job for every row of `booking_events`, whoever writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.accounts.account import get_account
from valera.followup import queries
from valera.followup.feedback.ask import plan_feedback
from valera.followup.reminders.remind import plan_reminders
from valera.followup.visit import Visit
from valera.followup.waitlist.offering import note_change

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx
    from valera.kit.jobs.job import Job

BOOKING_CHANGED = "booking_changed"


async def after_booking_change(tx: AccountTx, job: Job, now: datetime) -> None:
    """A job. Decides by the booking as it stands, not by what happened: two changes in a row are both seen in the end."""
    await note_change(tx, job, now)
    visit = await queries.hold_visit(tx, Visit, job.payload["booking"])
    if visit is None:
        return
    account = await get_account(tx)
    await plan_reminders(tx, account, visit, now)
    await plan_feedback(tx, account, visit, now)
