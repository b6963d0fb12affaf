"""Asking how it was: planned when a booking is done, asked a day later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from valera.accounts.account import get_account
from valera.bookings.telling.wording import sentence
from valera.chats.chat import tell
from valera.followup import queries as visit_queries
from valera.followup.feedback import queries
from valera.followup.feedback.answer import BEST, RATE
from valera.followup.quiet import after
from valera.followup.settings import quiet_of, read_settings
from valera.followup.speaking import Hearing, hear
from valera.followup.visit import DONE, Visit, seconds_of
from valera.kit.jobs.job import enqueue
from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from valera.accounts.account import Account
    from valera.kit.db import AccountTx
    from valera.kit.jobs.job import Job
    from valera.telegram.outbox.delivery import Keyboard

PHRASES = Phrases.load("valera.followup")

ASK_FEEDBACK = "ask_feedback"
DAY = timedelta(days=1)
PATIENCE = timedelta(days=7)
"""Who could not be asked for so long after the work is not asked any more."""
BOT_PAUSE = timedelta(hours=1)


async def plan_feedback(tx: AccountTx, account: Account, visit: Visit, now: datetime) -> None:
    if visit.status == DONE and read_settings(account).feedback and not await queries.is_asked(tx, visit.id):
        await _enqueue(tx, visit.id, done_at=now, at=after(now + DAY, quiet_of(account)))


async def ask_feedback(tx: AccountTx, job: Job, now: datetime) -> None:
    """A job. While a person answers the chat it waits, and after a week it is forgotten."""
    booking_id, done_at = job.payload["booking"], datetime.fromtimestamp(job.payload["done"], UTC)
    account = await get_account(tx)
    known = await visit_queries.select_visit(tx, Visit, booking_id)
    if known is None or not read_settings(account).feedback or now > done_at + PATIENCE:
        return
    hearing = await hear(tx, known.chat_id, quiet=quiet_of(account), now=now)
    visit = await visit_queries.hold_visit(tx, Visit, booking_id)
    if visit is None or visit.chat_id != known.chat_id or visit.status != DONE or await queries.is_asked(tx, booking_id):
        return
    match hearing:
        case Hearing.YES:
            turn_id = await _ask(tx, account, visit)
            await queries.insert_feedback(tx, booking_id=booking_id, chat_id=visit.chat_id, turn_id=turn_id, now=now)
        case Hearing.PERSON_ANSWERS:
            await _enqueue(tx, booking_id, done_at=done_at, at=after(now + DAY, quiet_of(account)))
        case Hearing.QUIET_HOURS:
            await _enqueue(tx, booking_id, done_at=done_at, at=after(now, quiet_of(account)))
        case Hearing.BOT_SILENT:
            await _enqueue(tx, booking_id, done_at=done_at, at=now + BOT_PAUSE)
        case Hearing.UNREACHABLE:
            pass
        case _:
            assert_never(hearing)


async def _enqueue(tx: AccountTx, booking_id: int, *, done_at: datetime, at: datetime) -> None:
    payload = {"booking": booking_id, "done": seconds_of(done_at)}
    await enqueue(tx, ASK_FEEDBACK, at=at, key=f"{booking_id}:{seconds_of(at)}", payload=payload)


async def _ask(tx: AccountTx, account: Account, visit: Visit) -> int:
    phrase = "feedback.ask_service" if visit.service else "feedback.ask"
    text = PHRASES.say(account.locale, phrase, number=visit.number, service=sentence(visit.service))
    return await tell(tx, visit.chat_id, text, trigger="feedback", keyboard=_keyboard(visit.number))


def _keyboard(number: int) -> Keyboard:
    return [[{"text": str(mark), "callback_data": f"{RATE}:{number}-{mark}"} for mark in range(1, BEST + 1)]]
