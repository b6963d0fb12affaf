"""What models cost the installation's shops, and what they may cost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from valera.accounts.account import get_account, get_account_by_slug, list_accounts
from valera.billing.budget import own_limits, set_limits
from valera.billing.limits import Limits, Scope, read_limit
from valera.billing.report import chats_since, spending, tell_budgets, tell_chats, tell_days, tell_models, tell_total, usage_since
from valera.instance.database import open_database
from valera.kit.clock import SystemClock
from valera.kit.db import account_scope

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import date

    from valera.kit.db import AccountTx
    from valera.settings import Settings

DEFAULT = "default"


async def describe_costs(settings: Settings, *, slug: str | None, days: int, by: str) -> list[str]:
    async def describe(name: str, tx: AccountTx) -> list[str]:
        today = await _today(tx)
        since = today - timedelta(days=days - 1)
        rows = await usage_since(tx, since)
        told = tell_chats(await chats_since(tx, since)) if by == "chat" else tell_models(rows) if by == "model" else tell_days(rows)
        return [f"{name}, {since} to {today}", *told, tell_total(rows), *await _budgets(tx, settings)]

    return await _in_shops(settings, slug, describe)


async def describe_budgets(settings: Settings, *, slug: str | None) -> list[str]:
    async def describe(name: str, tx: AccountTx) -> list[str]:
        return [name, *await _budgets(tx, settings)]

    return await _in_shops(settings, slug, describe)


async def set_budgets(settings: Settings, *, slug: str, wanted: Mapping[str, str]) -> list[str]:
    """Raises Invalid for what is no sum."""

    async def change(name: str, tx: AccountTx) -> list[str]:
        await set_limits(tx, {Scope(scope): None if text == DEFAULT else text for scope, text in wanted.items()})
        return [name, *await _budgets(tx, settings)]

    return await _in_shops(settings, slug, change)


async def _in_shops(settings: Settings, slug: str | None, work: Callable[[str, AccountTx], Awaitable[list[str]]]) -> list[str]:
    lines: list[str] = []
    async with open_database(settings) as db:
        async with db.identity_tx() as tx:
            accounts = await list_accounts(tx) if slug is None else [await get_account_by_slug(tx, slug)]
        for account in accounts:
            with account_scope(account.id):
                async with db.account_tx() as own:
                    lines += await work(account.slug, own)
    return lines


async def _budgets(tx: AccountTx, settings: Settings) -> list[str]:
    own = await own_limits(tx)
    house = Limits(read_limit(settings.budget_client), read_limit(settings.budget_day), read_limit(settings.budget_month))
    return tell_budgets(house.of_shop(own), own, await spending(tx, await _today(tx)))


async def _today(tx: AccountTx) -> date:
    """In the shop's own time zone."""
    return SystemClock().now().astimezone((await get_account(tx)).zone).date()
