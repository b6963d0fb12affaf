"""Call-backs: whom the shop owes a call now, whom later, and what came of those that were made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, URLEncodedBody

from valera.dashboard.board.moment import read_moment
from valera.dashboard.callbacks import queries
from valera.dashboard.frame.given import TheDb, ThePage
from valera.followup.callbacks.callback import CallbackNotFound, Outcome, call_again, close, let_go, take
from valera.identity.permission import Permission
from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountTx

DONE_FOR = timedelta(days=7)
MOST = 300
LARGEST = (1 << 63) - 1
SOON = (15, 60, 180)
"""Minutes after which somebody who did not answer is called again at a press."""


@dataclass(frozen=True, slots=True)
class Call:
    id: int
    client_id: int
    client: str
    chat_id: int | None
    phone: str
    wish: str
    reason: str
    due_at: datetime
    attempts: int
    outcome: Outcome | None
    created_at: datetime
    closed_at: datetime | None
    taken_by: int | None
    taken_name: str
    closed_name: str


@dataclass(frozen=True, slots=True)
class Calls:
    due: tuple[Call, ...]
    later: tuple[Call, ...]
    done: tuple[Call, ...]


class OutcomeForm(msgspec.Struct):
    """No answer: ``minutes``, or ``day`` and ``time``, say when to call again; neither: nobody calls any more."""

    outcome: Outcome
    minutes: str = ""
    day: str = ""
    time: str = ""


@get("/callbacks", permission=Permission.BOOKINGS)
async def get_callbacks(page: ThePage, db: TheDb) -> Response[bytes]:
    async with db.account_tx() as tx:
        calls = sort(await queries.select_calls(tx, Call, closed_since=page.now - DONE_FOR, limit=MOST), page.now)
    return page.html("_callbacks.html" if page.is_fragment else "callbacks.html", calls=calls, soon=SOON)


@post("/callbacks/{callback_id:int}/caller", status_code=200, permission=Permission.BOOKINGS)
async def post_caller(page: ThePage, db: TheDb, callback_id: FromPath[int]) -> Response[bytes]:
    """Raises CallbackNotFound, CallbackClosed, CallbackTaken."""
    async with db.account_tx() as tx:
        await take(tx, _known(callback_id), by=page.entry.member_id, now=page.now)
    return await _shown(page, db)


@delete("/callbacks/{callback_id:int}/caller", status_code=200, permission=Permission.BOOKINGS)
async def delete_caller(page: ThePage, db: TheDb, callback_id: FromPath[int]) -> Response[bytes]:
    async with db.account_tx() as tx:
        await let_go(tx, _known(callback_id))
    return await _shown(page, db)


@post("/callbacks/{callback_id:int}/outcome", status_code=200, permission=Permission.BOOKINGS)
async def post_outcome(page: ThePage, db: TheDb, callback_id: FromPath[int], data: URLEncodedBody[OutcomeForm]) -> Response[bytes]:
    """Raises CallbackNotFound, CallbackClosed, Invalid."""
    async with db.account_tx() as tx:
        said = await _note(tx, page, _known(callback_id), data)
    return await _shown(page, db, said)


HANDLERS: list[Any] = [get_callbacks, post_caller, delete_caller, post_outcome]


def sort(calls: list[Call], now: datetime) -> Calls:
    due = tuple(call for call in calls if call.outcome is None and call.due_at <= now)
    later = tuple(call for call in calls if call.outcome is None and call.due_at > now)
    return Calls(due, later, tuple(call for call in calls if call.outcome is not None))


async def _note(tx: AccountTx, page: Page, callback_id: int, data: OutcomeForm) -> str:
    if data.outcome is Outcome.NO_ANSWER and (data.minutes or data.day or data.time):
        callback = await call_again(tx, callback_id, wait=_wait(page, data), now=page.now)
        return page.t("callbacks.said.again", day=page.t.short_day(callback.due_at), time=page.t.clock(callback.due_at))
    await close(tx, callback_id, data.outcome, now=page.now, by=page.entry.member_id)
    return page.t(f"callbacks.said.{data.outcome.value}")


def _wait(page: Page, data: OutcomeForm) -> timedelta:
    """Raises Invalid."""
    if data.minutes.isascii() and data.minutes.isdigit() and len(data.minutes) <= 6:  # noqa: PLR2004
        return timedelta(minutes=int(data.minutes))
    at = read_moment(data.day, data.time, page.zone)
    if at is None:
        raise Invalid(page.t("callbacks.problem.time"), fields={"time": "unreadable"})
    if at <= page.now:
        raise Invalid(page.t("callbacks.problem.past"), fields={"time": "past"})
    return at - page.now


def _known(callback_id: int) -> int:
    if not 0 < callback_id <= LARGEST:
        raise CallbackNotFound("The shop has no such call-back.")
    return callback_id


async def _shown(page: Page, db: TheDb, said: str | None = None) -> Response[bytes]:
    if not page.is_fragment:
        return page.go("/callbacks", said)
    async with db.account_tx() as tx:
        calls = sort(await queries.select_calls(tx, Call, closed_since=page.now - DONE_FOR, limit=MOST), page.now)
    response = page.html("_callbacks.html", calls=calls, soon=SOON)
    return page.toast(response, said) if said else response
