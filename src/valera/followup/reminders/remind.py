"""Reminding: planned when a booking has got a time, said when the time comes, if everything still stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from valera.accounts.account import get_account
from valera.accounts.fact import list_facts
from valera.accounts.notice import NoticeKind, raise_notice
from valera.bookings.telling.wording import say_moment, sentence
from valera.chats.chat import tell
from valera.followup import queries as visit_queries
from valera.followup.quiet import after
from valera.followup.reminders import queries
from valera.followup.reminders.plan import is_late, plan
from valera.followup.settings import quiet_of, read_settings
from valera.followup.speaking import Hearing, hear
from valera.followup.visit import CONFIRMED, Visit, seconds_of
from valera.kit.jobs.job import enqueue
from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from valera.accounts.account import Account
    from valera.kit.db import AccountTx
    from valera.kit.jobs.job import Job
    from valera.telegram.outbox.delivery import Keyboard

PHRASES = Phrases.load("valera.followup")

REMIND = "remind"
COME, MOVE, CANCEL = "come", "move", "cancel"
MINUTE = timedelta(minutes=1)
BOT_PAUSE = timedelta(minutes=10)


async def plan_reminders(tx: AccountTx, account: Account, visit: Visit, now: datetime) -> None:
    """After whatever happened to a booking: what was on its way for another time is called back, and its time gets its reminders."""
    starts_at = visit.starts_at if visit.status == CONFIRMED else None
    await queries.withdraw_stale(tx, booking_id=visit.id, starts_at=starts_at)
    if starts_at is None:
        return
    for planned in plan(starts_at, read_settings(account).leads, quiet_of(account), since=now):
        await _enqueue(tx, visit.id, starts_at, planned.lead, planned.at)


async def plan_all_reminders(tx: AccountTx, account: Account, now: datetime) -> None:
    """After the shop has changed what it wants."""
    for visit in await visit_queries.list_expected(tx, Visit, now):
        await plan_reminders(tx, account, visit, now)


async def remind(tx: AccountTx, job: Job, now: datetime) -> None:
    """A job. It does nothing for a booking that has another time or none, for a lead that the shop wants no longer, and when it is late."""
    booking_id, lead = job.payload["booking"], timedelta(minutes=job.payload["lead"])
    starts_at = datetime.fromtimestamp(job.payload["starts"], UTC)
    account = await get_account(tx)
    known = await visit_queries.select_visit(tx, Visit, booking_id)
    if known is None or lead not in read_settings(account).leads or is_late(starts_at, lead, now):
        return
    hearing = await hear(tx, known.chat_id, quiet=quiet_of(account), now=now)
    visit = await visit_queries.hold_visit(tx, Visit, booking_id)
    if visit is None or visit.chat_id != known.chat_id or not visit.is_expected(starts_at, now):
        return
    if await queries.is_decided(tx, booking_id=booking_id, starts_at=starts_at, lead_minutes=lead // MINUTE):
        return
    turn_id: int | None = None
    match hearing:
        case Hearing.YES:
            turn_id, outcome = await _say(tx, account, visit, starts_at), "said"
        case Hearing.PERSON_ANSWERS:
            outcome = "team"
            details = {"chat": visit.chat_id, "number": visit.number, "moment": say_moment(starts_at, account.zone, account.locale)}
            await raise_notice(tx, NoticeKind.REMINDER_BY_PERSON, details=details, subject=f"booking:{visit.id}")
        case Hearing.UNREACHABLE:
            outcome = "unreachable"
        case Hearing.QUIET_HOURS:
            await _enqueue(tx, booking_id, starts_at, lead, after(now, quiet_of(account)))
            return
        case Hearing.BOT_SILENT:
            await _enqueue(tx, booking_id, starts_at, lead, now + BOT_PAUSE)
            return
        case _:
            assert_never(hearing)
    await queries.insert_reminder(
        tx,
        booking_id=booking_id,
        starts_at=starts_at,
        lead_minutes=lead // MINUTE,
        outcome=outcome,
        chat_id=visit.chat_id,
        turn_id=turn_id,
    )


async def _enqueue(tx: AccountTx, booking_id: int, starts_at: datetime, lead: timedelta, at: datetime) -> None:
    starts, minutes = seconds_of(starts_at), lead // MINUTE
    key = f"{booking_id}:{starts}:{minutes}:{seconds_of(at)}"
    await enqueue(tx, REMIND, at=at, key=key, payload={"booking": booking_id, "starts": starts, "lead": minutes})


async def _say(tx: AccountTx, account: Account, visit: Visit, starts_at: datetime) -> int:
    locale = account.locale
    moment = say_moment(starts_at, account.zone, locale)
    lines = [PHRASES.say(locale, "reminder.text", number=visit.number, moment=moment)]
    lines += [sentence(visit.service)] if visit.service else []
    if address := (await list_facts(tx)).get("address"):
        lines.append(PHRASES.say(locale, "reminder.address", address=address))
    lines.append(PHRASES.say(locale, "reminder.question"))
    return await tell(tx, visit.chat_id, "\n".join(lines), trigger="reminder", keyboard=_keyboard(visit.number, starts_at, locale))


def _keyboard(number: int, starts_at: datetime, locale: str) -> Keyboard:
    """To come is noted by code; to move and to cancel are asked about as when a client says so in words."""
    data = {COME: f"{COME}:{number}-{seconds_of(starts_at)}", MOVE: f"{MOVE}:{number}", CANCEL: f"{CANCEL}:{number}"}
    buttons = {verb: {"text": PHRASES.say(locale, f"reminder.{verb}"), "callback_data": press} for verb, press in data.items()}
    return [[buttons[COME]], [buttons[MOVE], buttons[CANCEL]]]
