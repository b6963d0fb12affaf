"""Callback: a telephone call that the shop owes a client: to which number, not before when, why, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.accounts.account import get_account
from valera.accounts.notice import NoticeKind, raise_notice, resolve_notice
from valera.analytics.event import EventType, track
from valera.bookings.telling.wording import say_moment
from valera.followup.callbacks import queries
from valera.kit.errors import Conflict, Invalid, NotFound
from valera.kit.jobs.job import enqueue

if TYPE_CHECKING:
    from valera.kit.db import AccountTx
    from valera.kit.jobs.job import Job

DUE, OVERDUE = "callback_due", "callback_overdue"
PATIENCE = timedelta(minutes=15)
"""So long after its time a call that nobody made is overdue."""
NOTICES = (NoticeKind.CALLBACK_REQUESTED, NoticeKind.CALLBACK_DUE, NoticeKind.CALLBACK_OVERDUE)
LONGEST_WAIT = timedelta(days=14)


class CallbackNotFound(NotFound):
    """The shop has no such call-back."""


class CallbackClosed(Conflict):
    """It has its outcome already."""


class CallbackTaken(Conflict):
    """A colleague is about to call."""


class Outcome(StrEnum):
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    NOT_NEEDED = "not_needed"
    BOOKED = "booked"


@dataclass(frozen=True, slots=True)
class Callback:
    """``wish`` and ``reason`` are the client's own words; ``attempts``: calls that nobody answered."""

    id: int
    client_id: int
    client_name: str
    chat_id: int | None
    phone: str
    wish: str
    reason: str
    due_at: datetime
    attempts: int
    outcome: Outcome | None
    created_at: datetime

    @property
    def subject(self) -> str:
        return f"callback:{self.id}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks for; what he leaves out stays as it was."""

    chat_id: int
    client_id: int
    turn_id: int
    phone: str
    due_at: datetime
    wish: str
    reason: str


async def request(tx: AccountTx, asked: Asked, *, now: datetime) -> tuple[Callback, bool]:
    """The client's one open request, made or changed, with its timer and a notice for the team. True: there was one already."""
    known = await queries.lock_open(tx, Callback, asked.client_id)
    if known is None:
        callback_id = await queries.insert_callback(
            tx,
            client_id=asked.client_id,
            chat_id=asked.chat_id,
            turn_id=asked.turn_id,
            phone=asked.phone,
            wish=asked.wish,
            reason=asked.reason,
            due_at=asked.due_at,
        )
        await track(tx, EventType.CALLBACK_REQUESTED, {"chat": asked.chat_id, "callback": callback_id})
    else:
        callback_id = known.id
        await queries.update_asked(
            tx,
            callback_id,
            chat_id=asked.chat_id,
            turn_id=asked.turn_id,
            phone=asked.phone,
            wish=asked.wish,
            reason=asked.reason,
            due_at=asked.due_at,
        )
    callback = await get_callback(tx, callback_id)
    await _forget_notices(tx, callback)
    await _tell_team(tx, NoticeKind.CALLBACK_REQUESTED, callback)
    await _set_timer(tx, callback, now)
    return callback, known is not None


async def find_open(tx: AccountTx, client_id: int) -> Callback | None:
    return await queries.select_open(tx, Callback, client_id)


async def get_callback(tx: AccountTx, callback_id: int) -> Callback:
    callback = await queries.select_callback(tx, Callback, callback_id)
    if callback is None:
        raise CallbackNotFound(f"The shop has no call-back {callback_id}. `valera callbacks list` shows them.")
    return callback


async def list_callbacks(tx: AccountTx, *, closed_since: datetime | None = None) -> list[Callback]:
    """Those that are open, the most urgent first; then those closed since."""
    return await queries.select_callbacks(tx, Callback, closed_since)


async def close(tx: AccountTx, callback_id: int, outcome: Outcome, *, now: datetime, by: int | None = None) -> Callback:
    """Somebody called, or there is no need any more. ``by``: the member. Raises CallbackNotFound, CallbackClosed."""
    callback = await _lock(tx, callback_id)
    await queries.update_closed(tx, callback_id, outcome=outcome, by=by, now=now)
    await _forget_notices(tx, callback)
    await track(tx, EventType.CALLBACK_CLOSED, {"chat": callback.chat_id, "callback": callback_id, "outcome": outcome.value})
    return await get_callback(tx, callback_id)


async def call_again(tx: AccountTx, callback_id: int, *, wait: timedelta, now: datetime) -> Callback:
    """Nobody answered: it is due once more after ``wait``. Raises CallbackNotFound, CallbackClosed, Invalid."""
    if not timedelta() < wait <= LONGEST_WAIT:
        raise Invalid(f"Call again within {LONGEST_WAIT.days} days.")
    callback = await _lock(tx, callback_id)
    await queries.update_again(tx, callback_id, due_at=now + wait)
    await _forget_notices(tx, callback)
    callback = await get_callback(tx, callback_id)
    await _set_timer(tx, callback, now)
    return callback


async def take(tx: AccountTx, callback_id: int, *, by: int, now: datetime) -> None:
    """This member calls, and the others see it. Raises CallbackNotFound, CallbackClosed, CallbackTaken."""
    await _lock(tx, callback_id)
    if not await queries.update_taken(tx, callback_id, by=by, now=now):
        raise CallbackTaken("A colleague is about to call already.")


async def let_go(tx: AccountTx, callback_id: int) -> None:
    """Whoever comes first may call. Raises CallbackNotFound, CallbackClosed."""
    await _lock(tx, callback_id)
    await queries.update_let_go(tx, callback_id)


# ---- the timer ----------------------------------------------------------------------------------


async def due(tx: AccountTx, job: Job, now: datetime) -> None:
    """A job: it is time to call."""
    callback = await _still_owed(tx, job)
    if callback is None:
        return
    await _tell_team(tx, NoticeKind.CALLBACK_DUE, callback)
    await _enqueue(tx, OVERDUE, callback, max(callback.due_at + PATIENCE, now))


async def overdue(tx: AccountTx, job: Job, now: datetime) -> None:
    """A job: nobody has called. The team is told once more, and then no more."""
    callback = await _still_owed(tx, job)
    if callback is not None and await queries.update_escalated(tx, callback.id, now):
        await _tell_team(tx, NoticeKind.CALLBACK_OVERDUE, callback)


async def _still_owed(tx: AccountTx, job: Job) -> Callback | None:
    """None: it was closed, or put off to another time, or its client was erased."""
    callback = await queries.lock_callback(tx, Callback, job.payload["callback"])
    if callback is None or callback.outcome is not None or _seconds(callback.due_at) != job.payload["due"]:
        return None
    return callback


async def _set_timer(tx: AccountTx, callback: Callback, now: datetime) -> None:
    """Of a call that is owed at once the team has just heard: it can only become overdue."""
    if callback.due_at > now:
        await _enqueue(tx, DUE, callback, callback.due_at)
    else:
        await _enqueue(tx, OVERDUE, callback, now + PATIENCE)


async def _enqueue(tx: AccountTx, entrypoint: str, callback: Callback, at: datetime) -> None:
    due_at = _seconds(callback.due_at)
    await enqueue(tx, entrypoint, at=at, key=f"{callback.id}:{due_at}", payload={"callback": callback.id, "due": due_at})


def _seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())


# ---- the team -----------------------------------------------------------------------------------


async def _tell_team(tx: AccountTx, kind: NoticeKind, callback: Callback) -> None:
    """Which one and when; the number and the name stand in the list, which is deleted with the person."""
    account = await get_account(tx)
    moment = say_moment(callback.due_at, account.zone, account.locale)
    await raise_notice(tx, kind, details={"callback": callback.id, "moment": moment, "chat": callback.chat_id}, subject=callback.subject)


async def _forget_notices(tx: AccountTx, callback: Callback) -> None:
    for kind in NOTICES:
        await resolve_notice(tx, kind, subject=callback.subject)


async def _lock(tx: AccountTx, callback_id: int) -> Callback:
    callback = await queries.lock_callback(tx, Callback, callback_id)
    if callback is None:
        raise CallbackNotFound(f"The shop has no call-back {callback_id}. `valera callbacks list` shows them.")
    if callback.outcome is not None:
        raise CallbackClosed(f"Call-back {callback_id} is closed already: {callback.outcome.value}.")
    return callback
