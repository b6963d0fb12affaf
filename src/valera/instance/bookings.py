"""The book of one shop, for whoever works there and has no dashboard at hand."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from valera.accounts.account import get_account, get_account_by_slug
from valera.bookings.desk import acting
from valera.bookings.desk.acting import Acted, Caller
from valera.bookings.desk.book import list_book, show
from valera.bookings.desk.times import Term, read_time
from valera.bookings.life.booking import Booking, get_by_number
from valera.bookings.life.status import Status
from valera.bookings.schedule.works import plan_work
from valera.bookings.telling.wording import say_moment
from valera.clients.queries import upsert_caller
from valera.identity.membership import MemberNotFound, Membership, TeamRole, add_member, find_owner, get_member_by_name, make_owner
from valera.instance.database import open_database
from valera.kit.clock import SystemClock
from valera.kit.db import account_scope
from valera.kit.errors import Invalid
from valera.russian.phones import find_phone, format_phone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from valera.bookings.desk.book import Happened, Line
    from valera.kit.db import AccountTx, Database
    from valera.settings import Settings

    Step = Callable[[AccountTx, int, int, datetime], Awaitable[Acted]]

DAY = timedelta(days=1)
STEPS: dict[str, Step] = {
    "arrived": lambda tx, number, by, now: acting.arrive(tx, number, by=by, now=now),
    "begin": lambda tx, number, by, now: acting.begin(tx, number, by=by, now=now),
    "done": lambda tx, number, by, now: acting.finish(tx, number, by=by, now=now),
    "no-show": lambda tx, number, by, now: acting.give_up(tx, number, by=by, now=now),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose book it is, and which member writes in it; None: the owner."""

    slug: str
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """Who called, and what is wanted. ``client_id``: a client whom the shop knows; else a name with a phone."""

    at: str
    service: str = ""
    minutes: int | None = None
    client_id: int | None = None
    name: str = ""
    phone: str = ""
    comment: str = ""


async def list_bookings(settings: Settings, desk: Desk, *, day: str | None, days: int, status: Status | None) -> list[str]:
    """``day``: the first one, today if left out."""
    async with _shop(settings, desk.slug) as db, db.account_tx() as tx:
        zone, now = (await get_account(tx)).zone, SystemClock().now()
        first = now.astimezone(zone) if day is None else await read_time(tx, f"{day} 00:00", now=now)
        since = first.replace(hour=0, minute=0, second=0, microsecond=0)
        lines = await list_book(tx, since=since, until=since + days * DAY, status=status)
        return [await _tell_line(tx, line) for line in lines] or ["Nothing is booked."]


async def show_booking(settings: Settings, desk: Desk, number: int) -> list[str]:
    async with _shop(settings, desk.slug) as db, db.account_tx() as tx:
        line, life = await show(tx, number)
        said = [await _tell_line(tx, line)]
        said += [f"  {name}: {text}" for name, text in (("car", line.car), ("wish or comment", line.description)) if text]
        return said + [await _tell_event(tx, event) for event in life]


async def add_booking(settings: Settings, desk: Desk, called: Called) -> str:
    """Raises Invalid, TimeInvalid, TimeTaken."""
    async with _shop(settings, desk.slug) as db, db.account_tx() as tx:
        now, member = SystemClock().now(), await _acting_member(tx, desk)
        caller = Caller(await _client_of(tx, called), called.service, called.comment)
        term = await _term(tx, called.at, called.service, called.minutes, now=now)
        return await _tell_acted(tx, await acting.add(tx, caller, term, by=member.id, now=now))


async def confirm_booking(settings: Settings, desk: Desk, number: int, *, at: str, minutes: int | None) -> str:
    """Raises what `acting.confirm` raises."""
    async with _shop(settings, desk.slug) as db, db.account_tx() as tx:
        now, member = SystemClock().now(), await _acting_member(tx, desk)
        term = await _term(tx, at, (await get_by_number(tx, number)).service, minutes, now=now)
        return await _tell_acted(tx, await acting.confirm(tx, number, term, by=member.id, now=now))


async def move_booking(settings: Settings, desk: Desk, number: int, *, at: str, reason: str) -> str:
    """Raises what `acting.move_to` raises."""
    async with _shop(settings, desk.slug) as db, db.account_tx() as tx:
        now, member = SystemClock().now(), await _acting_member(tx, desk)
        starts_at = await read_time(tx, at, now=now)
        return await _tell_acted(tx, await acting.move_to(tx, number, starts_at, by=member.id, now=now, reason=reason))


async def cancel_booking(settings: Settings, desk: Desk, number: int, *, reason: str) -> str:
    """Raises what `acting.cancel` raises."""
    async with _shop(settings, desk.slug) as db, db.account_tx() as tx:
        member = await _acting_member(tx, desk)
        return await _tell_acted(tx, await acting.cancel(tx, number, by=member.id, now=SystemClock().now(), reason=reason))


async def step_booking(settings: Settings, desk: Desk, number: int, step: str) -> str:
    """``step``: one of STEPS. Raises what it raises."""
    async with _shop(settings, desk.slug) as db, db.account_tx() as tx:
        member = await _acting_member(tx, desk)
        return await _tell_acted(tx, await STEPS[step](tx, number, member.id, SystemClock().now()))


# ---- whose, who, when ---------------------------------------------------------------------------


@asynccontextmanager
async def _shop(settings: Settings, slug: str) -> AsyncIterator[Database]:
    """The database, with everything inside belonging to this shop. Raises AccountNotFound."""
    async with open_database(settings) as db:
        async with db.identity_tx() as identity:
            account = await get_account_by_slug(identity, slug)
        with account_scope(account.id):
            yield db


async def _acting_member(tx: AccountTx, desk: Desk) -> Membership:
    """Where the team is empty, whoever says his name becomes its first member. Raises MemberNotFound."""
    owner = await find_owner(tx)
    if desk.member is None:
        if owner is None:
            raise MemberNotFound("Nobody is in the shop's team yet. Say who you are: --by NAME.")
        return owner
    try:
        return await get_member_by_name(tx, desk.member)
    except MemberNotFound:
        if owner is not None:
            raise
    member = await add_member(tx, name=desk.member, role=TeamRole.ADMIN)
    await make_owner(tx, member)
    return member


async def _client_of(tx: AccountTx, called: Called) -> int:
    if called.client_id is not None:
        return called.client_id
    phone = find_phone(called.phone)
    if phone is None:
        raise Invalid("For whom? Name --client NUMBER, or --phone with the caller's phone.")
    return await upsert_caller(tx, name=called.name, phone=phone.e164)


async def _term(tx: AccountTx, at: str, service: str, minutes: int | None, *, now: datetime) -> Term:
    """As long as was said, else as long as the work takes here."""
    work = await plan_work(tx, service)
    return Term(await read_time(tx, at, now=now), timedelta(minutes=minutes or work.minutes), work.sections)


# ---- what is told of it -------------------------------------------------------------------------


async def _tell_acted(tx: AccountTx, acted: Acted) -> str:
    entry = acted.booking
    when = await _say(tx, entry.starts_at) if isinstance(entry, Booking) else "no time yet"
    told = " The client was told." if acted.is_told else ""
    return f"No. {entry.number}: {entry.status.said}, {when}.{told}"


async def _tell_line(tx: AccountTx, line: Line) -> str:
    when = await _say(tx, line.starts_at) if line.starts_at is not None else "no time yet"
    phone = find_phone(line.phone) if line.phone else None
    parts = [when, line.bay, line.service, line.client, format_phone(phone.e164) if phone else line.phone]
    return f"No. {line.number}  {line.status.said}  {', '.join(part for part in parts if part)}"


async def _tell_event(tx: AccountTx, event: Happened) -> str:
    when = f", {await _say(tx, event.starts_at)}" if event.starts_at is not None else ""
    who = f"{event.actor.value} {event.member}".strip()
    reason = f" ({event.reason})" if event.reason else ""
    return f"  {event.created_at:%Y-%m-%d %H:%M} UTC  {event.event.replace('_', ' ')} by {who}{when}{reason}"


async def _say(tx: AccountTx, moment: datetime) -> str:
    account = await get_account(tx)
    return say_moment(moment, account.zone, account.locale)
