"""What dialogues of the installation's shops came to, and who waits for a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from valera.accounts.account import get_account, get_account_by_slug, list_accounts
from valera.followup.outcomes.settle import count_outcomes, list_outcomes
from valera.followup.waitlist.entry import list_entries
from valera.instance.database import open_database
from valera.kit.clock import SystemClock
from valera.kit.db import account_scope

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from valera.accounts.account import Account
    from valera.followup.outcomes.settle import Settled
    from valera.kit.db import AccountTx
    from valera.settings import Settings

LONGEST = 100


async def describe_outcomes(settings: Settings, *, slug: str | None, days: int, most: int) -> list[str]:
    since = SystemClock().now() - timedelta(days=days)

    async def describe(account: Account, tx: AccountTx) -> list[str]:
        counted = await count_outcomes(tx, since)
        told = [f"{account.slug}, {days} days: {sum(count for _, count in counted)} dialogues"]
        told += [f"  {count:5}  {outcome}" for outcome, count in counted]
        return told + [_line(one, account) for one in await list_outcomes(tx, since, most=most)]

    return await _in_shops(settings, slug, describe)


async def describe_waitlist(settings: Settings, *, slug: str | None) -> list[str]:
    async def describe(account: Account, tx: AccountTx) -> list[str]:
        entries = await list_entries(tx)
        return [
            f"{account.slug}: {len(entries)} wait",
            *(f"  {entry.id}  chat {entry.chat_id}  {entry.say(account.zone, account.locale)}  {entry.service}" for entry in entries),
        ]

    return await _in_shops(settings, slug, describe)


def _line(one: Settled, account: Account) -> str:
    ended = one.ended_at.astimezone(account.zone).strftime("%Y-%m-%d %H:%M")
    words = " ".join((one.line or "").split())
    shown = words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
    return f"  {ended}  chat {one.chat_id}  {one.outcome.value}" + (f"  «{shown}»" if shown else "")


async def _in_shops(settings: Settings, slug: str | None, work: Callable[[Account, AccountTx], Awaitable[list[str]]]) -> list[str]:
    lines: list[str] = []
    async with open_database(settings) as db:
        async with db.identity_tx() as tx:
            shops = await list_accounts(tx) if slug is None else [await get_account_by_slug(tx, slug)]
        for shop in shops:
            with account_scope(shop.id):
                async with db.account_tx() as own:
                    lines += await work(await get_account(own), own)
    return lines
