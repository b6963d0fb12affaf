"""What the installation's shops say unasked, and jobs that nobody could do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.accounts.account import get_account, get_account_by_slug, list_accounts
from valera.followup.reminders.remind import plan_all_reminders
from valera.followup.settings import FollowupSettings, change_settings, read_settings
from valera.instance.database import open_database
from valera.kit.clock import SystemClock
from valera.kit.db import account_scope
from valera.kit.jobs.parked import drop, list_parked, retry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valera.settings import Settings


async def describe_followup(settings: Settings, *, slug: str | None) -> list[str]:
    lines: list[str] = []
    async with open_database(settings) as db:
        async with db.identity_tx() as tx:
            accounts = await list_accounts(tx) if slug is None else [await get_account_by_slug(tx, slug)]
        for account in accounts:
            with account_scope(account.id):
                async with db.account_tx() as own:
                    lines += [account.slug, *_tell(read_settings(await get_account(own)))]
    return lines


async def set_followup(settings: Settings, *, slug: str, changes: Mapping[str, object]) -> list[str]:
    """Raises Invalid."""
    async with open_database(settings) as db:
        async with db.identity_tx() as tx:
            account = await get_account_by_slug(tx, slug)
        with account_scope(account.id):
            async with db.account_tx() as own:
                made = await change_settings(own, changes)
                await plan_all_reminders(own, await get_account(own), SystemClock().now())
    return [slug, *_tell(made)]


def _tell(own: FollowupSettings) -> list[str]:
    hours = ", ".join(f"{hours} h" for hours in own.reminder_hours)
    is_always = own.quiet_from == own.quiet_to
    return [
        f"  reminders    {f'{hours} before the start' if hours else 'none'}",
        f"  feedback     {'a day after the work is done' if own.feedback else 'not asked for'}",
        f"  quiet hours  {'none' if is_always else f'{own.quiet_from} to {own.quiet_to}'}",
    ]


async def describe_parked(settings: Settings) -> list[str]:
    async with open_database(settings) as db, db.queue() as tx:
        return [job.tell() for job in await list_parked(tx)] or ["No job is parked."]


async def retry_job(settings: Settings, job_id: int) -> str:
    async with open_database(settings) as db, db.queue() as tx:
        await retry(tx, job_id)
    return f"Job {job_id} is tried again."


async def drop_job(settings: Settings, job_id: int) -> str:
    async with open_database(settings) as db, db.queue() as tx:
        await drop(tx, job_id)
    return f"Job {job_id} is given up."
