"""Hours, days and bays of one shop, for its owner, until the dashboard has their page."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING

from valera.accounts.account import get_account, get_account_by_slug
from valera.bookings.schedule.floor import get_bay, read_day_hours, show_floor
from valera.bookings.schedule.opening_hours import parse_hours
from valera.bookings.schedule.queries import update_bay
from valera.bookings.schedule.works import set_duration
from valera.bookings.schedule.workshop import close_between, dedicate_bay, open_bay, open_on, set_hours
from valera.instance.database import open_database
from valera.kit.clock import SystemClock
from valera.kit.db import account_scope
from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from valera.bookings.schedule.floor import Bay
    from valera.kit.db import AccountTx
    from valera.settings import Settings


async def show(settings: Settings, slug: str) -> list[str]:
    async with _shop(settings, slug) as tx:
        account = await get_account(tx)
        floor = await show_floor(tx, SystemClock().now().astimezone(account.zone).date(), account.locale)
    days = [f"{day.on_day:%Y-%m-%d}  {', '.join(day.hours) or 'closed'}  {day.name}".rstrip() for day in floor.other_days]
    return [f"hours  {floor.hours}", *[f"bay    {_say(bay)}" for bay in floor.bays], *[f"day    {day}" for day in days]]


async def change_hours(settings: Settings, slug: str, hours: str) -> None:
    async with _shop(settings, slug) as tx:
        await set_hours(tx, parse_hours(hours, (await get_account(tx)).locale))


async def close(settings: Settings, slug: str, first: str, last: str | None, name: str) -> None:
    async with _shop(settings, slug) as tx:
        await close_between(tx, _day(first), _day(last or first), name)


async def open_day(settings: Settings, slug: str, day: str, hours: str | None) -> None:
    async with _shop(settings, slug) as tx:
        await open_on(tx, _day(day), read_day_hours(hours, (await get_account(tx)).locale) if hours else [])


async def change_bay(settings: Settings, slug: str, name: str, *, sections: tuple[str, ...] | None, is_closed: bool) -> str:
    """A bay of that name, opened if there is none. ``sections``: what it does from now on; empty: everything; None: as before."""
    async with _shop(settings, slug) as tx:
        bay_id = (await get_bay(tx, name)).id if is_closed else await open_bay(tx, name)
        if is_closed:
            await update_bay(tx, bay_id, is_open=False)
        if sections is not None:
            await dedicate_bay(tx, bay_id, sections)
        return _say(await get_bay(tx, name))


async def change_duration(settings: Settings, slug: str, section: str, minutes: int) -> None:
    async with _shop(settings, slug) as tx:
        await set_duration(tx, section, minutes)


@asynccontextmanager
async def _shop(settings: Settings, slug: str) -> AsyncIterator[AccountTx]:
    async with open_database(settings) as db:
        async with db.identity_tx() as opening:
            account = await get_account_by_slug(opening, slug)
        with account_scope(account.id):
            async with db.account_tx() as tx:
                yield tx


def _say(bay: Bay) -> str:
    does = ", ".join(bay.sections) or "everything"
    return f"{bay.name}: {does}" if bay.is_open else f"{bay.name}: closed"


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Invalid(f"{written!r} is no day. Write it as 2026-12-31.") from None
