"""Call-backs of the installation's shops, for whoever calls."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from valera.accounts.account import get_account, get_account_by_slug, list_accounts
from valera.bookings.telling.wording import say_moment
from valera.followup.callbacks.callback import Outcome, call_again, close, list_callbacks
from valera.instance.database import open_database
from valera.kit.clock import SystemClock
from valera.kit.db import account_scope
from valera.russian.phones import format_phone

if TYPE_CHECKING:
    from valera.accounts.account import Account
    from valera.followup.callbacks.callback import Callback
    from valera.settings import Settings


async def describe_callbacks(settings: Settings, *, slug: str | None, closed_days: int) -> list[str]:
    lines: list[str] = []
    since = SystemClock().now() - timedelta(days=closed_days) if closed_days else None
    async with open_database(settings) as db:
        async with db.identity_tx() as tx:
            shops = await list_accounts(tx) if slug is None else [await get_account_by_slug(tx, slug)]
        for shop in shops:
            with account_scope(shop.id):
                async with db.account_tx() as own:
                    account = await get_account(own)
                    rows = await list_callbacks(own, closed_since=since)
            lines += [f"{shop.slug}: {len([row for row in rows if row.outcome is None])} open", *(_line(row, account) for row in rows)]
    return lines


async def note_call(settings: Settings, *, slug: str, number: int, outcome: str, again_minutes: int | None) -> str:
    """Raises CallbackNotFound, CallbackClosed."""
    now = SystemClock().now()
    async with open_database(settings) as db:
        async with db.identity_tx() as tx:
            shop = await get_account_by_slug(tx, slug)
        with account_scope(shop.id):
            async with db.account_tx() as own:
                account = await get_account(own)
                if again_minutes is not None:
                    callback = await call_again(own, number, wait=timedelta(minutes=again_minutes), now=now)
                else:
                    callback = await close(own, number, Outcome(outcome.replace("-", "_")), now=now)
    return _line(callback, account)


def _line(callback: Callback, account: Account) -> str:
    moment = say_moment(callback.due_at, account.zone, account.locale)
    state = "open" if callback.outcome is None else callback.outcome.value
    tried = f", {callback.attempts} without an answer" if callback.attempts else ""
    words = "; ".join(dict.fromkeys(part for part in (callback.wish, callback.reason) if part))
    who = " ".join(part for part in (format_phone(callback.phone), callback.client_name) if part)
    return f"  {callback.id}  {state}  {moment}  {who}{tried}" + (f"  «{words}»" if words else "")
