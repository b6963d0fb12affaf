"""Offering: a time that is free goes to whoever has waited longest for one like it, to one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from valera.accounts.account import get_account
from valera.accounts.notice import NoticeKind, raise_notice
from valera.analytics.event import EventType, track
from valera.bookings.proposals.offer import new_key
from valera.bookings.schedule.diary import Own
from valera.bookings.schedule.slots import find_slots
from valera.bookings.schedule.works import plan_work
from valera.bookings.telling.wording import say_moment, sentence
from valera.chats.chat import tell
from valera.followup.quiet import BEFORE, after, is_quiet, last_before
from valera.followup.settings import quiet_of
from valera.followup.speaking import Hearing, hear
from valera.followup.waitlist import queries
from valera.followup.waitlist.entry import Entry
from valera.kit.jobs.job import enqueue
from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from valera.accounts.account import Account
    from valera.followup.settings import Quiet
    from valera.kit.db import AccountTx
    from valera.kit.jobs.job import Job
    from valera.telegram.outbox.delivery import Keyboard

PHRASES = Phrases.load("valera.followup.waitlist")

MATCH, OFFER_OVER = "waitlist_match", "waitlist_offer_over"
TAKE, SKIP = "take", "skip"
LIFE = timedelta(minutes=15)
BOT_PAUSE = timedelta(minutes=10)
HOUR = timedelta(hours=1)
MOST_ASKED = 200
"""So many of those who wait are looked at in one go."""
MOST_STARTS = 100
KEY_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Round:
    """One look at all who wait."""

    account: Account
    quiet: Quiet
    now: datetime


async def rematch(tx: AccountTx, *, why: str, now: datetime) -> None:
    """Something may have become free. ``why`` names the occasion: each has a look of its own."""
    if await queries.has_waiting(tx):
        await enqueue(tx, MATCH, at=now, key=why, payload={})


async def look_hourly(tx: AccountTx, now: datetime) -> None:
    """As long as somebody waits: a bay that was opened or hours that were changed make a time free without any booking's doing."""
    await _look_again(tx, now.replace(minute=0, second=0, microsecond=0) + HOUR)


async def note_change(tx: AccountTx, job: Job, now: datetime) -> None:
    """A booking changed: whoever has booked the time that they waited for waits no longer, and what became free is offered."""
    await queries.end_fulfilled(tx, job.payload["booking"], now)
    await rematch(tx, why=f"event:{job.payload['event']}", now=now)


async def match(tx: AccountTx, _job: Job, now: datetime) -> None:
    """A job: what is free is offered in the order of waiting. In the quiet hours it waits for their end."""
    await queries.lock_waitlist(tx)
    idle = await queries.select_idle(tx, Entry, MOST_ASKED, now)
    account = await get_account(tx)
    look = Round(account, quiet_of(account), now)
    if not idle:
        return
    await look_hourly(tx, now)
    if is_quiet(now, look.quiet):
        await _look_again(tx, after(now, look.quiet))
        return
    for entry in idle:
        start = await free_for(tx, entry, account.zone, now)
        if start is not None:
            await _offer(tx, look, entry, start)


async def over(tx: AccountTx, job: Job, now: datetime) -> None:
    """A job: nobody answered an offer; it goes on to the next."""
    if await queries.expire_offer(tx, job.payload["offer"], now):
        await rematch(tx, why=f"offer:{job.payload['offer']}", now=now)


async def free_for(tx: AccountTx, entry: Entry, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The first free start that meets the wish and is neither offered to anybody nor was refused by this one."""
    wish, own = entry.wish(zone), Own(entry.chat_id)
    sections = (await plan_work(tx, entry.service)).sections
    found = await find_slots(tx, wish, duration=entry.duration, now=now, limit=MOST_STARTS, own=own, sections=sections)
    passed = await queries.select_passed(tx, entry.id)
    starts = () if found.obstacle is not None else found.starts
    return next((start for start in starts if not any(start < ends and begins < start + entry.duration for begins, ends in passed)), None)


async def _offer(tx: AccountTx, look: Round, entry: Entry, start: datetime) -> None:
    hearing = await hear(tx, entry.chat_id, quiet=look.quiet, now=look.now)
    match hearing:
        case Hearing.YES:
            await _say(tx, look, entry, start)
        case Hearing.PERSON_ANSWERS:
            details = {"chat": entry.chat_id, "moment": say_moment(start, look.account.zone, look.account.locale)}
            await raise_notice(tx, NoticeKind.WAITLIST_BY_PERSON, details=details, subject=f"waitlist:{entry.id}")
        case Hearing.BOT_SILENT:
            await _look_again(tx, look.now + BOT_PAUSE)
        case Hearing.UNREACHABLE | Hearing.QUIET_HOURS:
            pass
        case _:
            assert_never(hearing)


async def _say(tx: AccountTx, look: Round, entry: Entry, start: datetime) -> None:
    zone, locale, key = look.account.zone, look.account.locale, new_key(KEY_LENGTH)
    expires_at = min(_waking(look.now, look.quiet), start)
    offer_id = await queries.insert_offer(
        tx, entry_id=entry.id, key=key, starts_at=start, ends_at=start + entry.duration, expires_at=expires_at
    )
    lines = [PHRASES.say(locale, "offer.free", moment=say_moment(start, zone, locale))]
    lines += [sentence(entry.service)] if entry.service else []
    lines.append(PHRASES.say(locale, "offer.until", until=say_moment(expires_at, zone, locale)))
    turn_id = await tell(tx, entry.chat_id, "\n".join(lines), trigger="waitlist", keyboard=_keyboard(key, locale))
    await queries.update_said(tx, offer_id, turn_id)
    await enqueue(tx, OFFER_OVER, at=expires_at, key=str(offer_id), payload={"offer": offer_id})
    await track(tx, EventType.WAITLIST_OFFERED, {"chat": entry.chat_id, "entry": entry.id, "offer": offer_id})


def _waking(now: datetime, quiet: Quiet) -> datetime:
    """A quarter of an hour later, the quiet hours not counted."""
    ends = now + LIFE
    if not is_quiet(ends, quiet):
        return ends
    fell_asleep = last_before(ends, quiet) + BEFORE
    return after(ends, quiet) + (ends - fell_asleep)


def _keyboard(key: str, locale: str) -> Keyboard:
    return [
        [
            {"text": PHRASES.say(locale, "offer.take"), "callback_data": f"{TAKE}:{key}"},
            {"text": PHRASES.say(locale, "offer.skip"), "callback_data": f"{SKIP}:{key}"},
        ]
    ]


async def _look_again(tx: AccountTx, at: datetime) -> None:
    await enqueue(tx, MATCH, at=at, key=f"at:{int(at.timestamp())}", payload={})
