"""A stretch of a thread, put together: messages in their order, and between them what was done and what happened."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from valera.chats.chat import Role
from valera.dashboard.inbox.thread import queries
from valera.dashboard.inbox.thread.happenings import Stretch, list_happenings, list_outcomes, tell_note
from valera.dashboard.inbox.thread.lines import DayLine, EventLine, MessageLine, UnreadLine
from valera.dashboard.inbox.thread.messages import DeliveryRow, FileRow, MessageRow, Press, join_album, tell_message
from valera.dashboard.inbox.thread.steps import StepRow, tell_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from valera.dashboard.inbox.thread.lines import Line, ToolLine
    from valera.kit.db import AccountTx

PAGE = 50
MOST_LIVE = 400
"""Messages that the part of a thread may grow to that is fetched again and again; beyond it the page is loaded anew."""
AROUND = 15
"""Messages before one that is looked for."""


@dataclass(frozen=True, slots=True)
class Block:
    """``older``: the first message, if there are more before it; ``newer``: the last one, if some are missing behind it."""

    lines: list[Line]
    first_id: int
    last_id: int
    older: int | None = None
    newer: int | None = None
    is_answered_now: bool = False
    is_overgrown: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """How a thread is looked at: in which zone and language; the message that is looked for; the first one not seen yet."""

    zone: ZoneInfo
    locale: str
    found: int = 0
    unread_from: int | None = None


async def newest(tx: AccountTx, chat_id: int, look: Look, *, since_id: int = 0) -> Block:
    """The end of the thread; with ``since_id`` all from there, so that nothing falls out of it while new messages come."""
    limit = MOST_LIVE if since_id else PAGE
    rows = await queries.select_newest(tx, MessageRow, chat_id, since_id=since_id, limit=limit + 1)
    is_more = len(rows) > limit
    shown = rows[:limit][::-1]
    lines = await _tell(tx, chat_id, shown, look, is_end=True)
    first, last = (shown[0].id, shown[-1].id) if shown else (0, 0)
    has_older = is_more or (since_id > 0 and bool(shown) and await queries.select_moment_before(tx, chat_id, first) is not None)
    is_answered_now = await queries.is_being_answered(tx, chat_id)
    return Block(lines, first, last, first if has_older else None, is_answered_now=is_answered_now, is_overgrown=since_id > 0 and is_more)


async def before(tx: AccountTx, chat_id: int, look: Look, *, before_id: int) -> Block:
    """A page further back."""
    rows = await queries.select_before(tx, MessageRow, chat_id, before_id=before_id, limit=PAGE + 1)
    shown = rows[:PAGE][::-1]
    lines = await _tell(tx, chat_id, shown, look, until_id=before_id)
    first, last = (shown[0].id, shown[-1].id) if shown else (0, 0)
    return Block(lines, first, last, older=first if len(rows) > PAGE else None)


async def between(tx: AccountTx, chat_id: int, look: Look, *, after_id: int, before_id: int) -> Block:
    """A page forward, as far as what is shown already."""
    rows = await queries.select_between(tx, MessageRow, chat_id, after_id=after_id, before_id=before_id, limit=PAGE + 1)
    shown = rows[:PAGE]
    is_more = len(rows) > PAGE
    until_id = rows[PAGE].id if is_more else before_id
    lines = await _tell(tx, chat_id, shown, look, until_id=until_id)
    first, last = (shown[0].id, shown[-1].id) if shown else (0, 0)
    return Block(lines, first, last, newer=last if is_more else None)


async def around(tx: AccountTx, chat_id: int, look: Look, *, wanted: int, before_id: int) -> Block | None:
    """The page with a message that is looked for. None: there is no such one, or it is among those from ``before_id`` on."""
    if wanted >= before_id or not await queries.has_message(tx, chat_id, wanted):
        return None
    earlier = await queries.select_before(tx, MessageRow, chat_id, before_id=wanted, limit=AROUND + 1)
    start = earlier[:AROUND][-1].id if earlier else wanted
    block = await between(tx, chat_id, look, after_id=start - 1, before_id=before_id)
    return Block(block.lines, block.first_id, block.last_id, older=start if len(earlier) > AROUND else None, newer=block.newer)


async def first_unread(tx: AccountTx, chat_id: int, *, upto_id: int | None) -> int | None:
    """Above which message the line stands. Who was never in the chat begins at what nobody has answered."""
    if upto_id is None:
        return await queries.select_first_unanswered(tx, chat_id)
    return await queries.select_first_unseen(tx, chat_id, upto_id=upto_id)


async def _tell(
    tx: AccountTx, chat_id: int, rows: Sequence[MessageRow], look: Look, *, until_id: int | None = None, is_end: bool = False
) -> list[Line]:
    if not rows:
        return []
    until = await queries.select_moment(tx, chat_id, until_id) if until_id else None
    stretch = Stretch(rows[0].created_at, until, rows[0].id, rows[-1].id)
    beside = await list_happenings(tx, chat_id, stretch)
    outcomes = await list_outcomes(tx, chat_id, stretch)
    done = await _steps(tx, chat_id, rows, is_end=is_end)
    told = await _bubbles(tx, chat_id, rows, look)
    previous = await queries.select_moment_before(tx, chat_id, rows[0].id)
    day = previous.astimezone(look.zone).date() if previous else None
    return list(_with_days(_merge(rows, told, done, beside, outcomes), look, day))


async def _steps(tx: AccountTx, chat_id: int, rows: Sequence[MessageRow], *, is_end: bool) -> dict[int, list[ToolLine | EventLine]]:
    """By the message before which they stand (0: at the end). What an answer on the next page was made of stands there."""
    turns = {row.turn_id for row in rows if row.turn_id is not None}
    steps = await queries.select_steps(tx, StepRow, chat_id, sorted(turns))
    anchors = {row.turn_id: row.id for row in reversed(rows) if row.turn_id is not None and row.role is Role.ASSISTANT}
    found: defaultdict[int, list[ToolLine | EventLine]] = defaultdict(list)
    for step in steps:
        anchor = anchors.get(step.turn_id)
        if anchor is None:
            anchor = next((row.id for row in rows if row.created_at > step.created_at), 0)
        line = tell_step(step)
        if line is not None and (anchor or is_end):
            found[anchor].append(line)
    return found


async def _bubbles(tx: AccountTx, chat_id: int, rows: Sequence[MessageRow], look: Look) -> dict[int, MessageLine | EventLine]:
    ids = [row.id for row in rows]
    deliveries = {row.message_id: row for row in await queries.select_deliveries(tx, DeliveryRow, ids)}
    files = {key: list(group) for key, group in groupby(await _files(tx, rows), key=lambda file: file.message_id)}
    offered = [row.telegram_message_id for row in deliveries.values() if row.markup and row.telegram_message_id is not None]
    presses = await queries.select_presses(tx, Press, chat_id, offered) if offered else []
    titles = {
        (row.telegram_message_id, button.get("callback_data")): str(button.get("text", ""))
        for row in deliveries.values()
        for keys in (row.markup or {}).get("inline_keyboard", ())
        for button in keys
    }
    told: dict[int, MessageLine | EventLine] = {}
    for row in rows:
        note = tell_note(row) or _press(row, titles)
        told[row.id] = note or tell_message(
            row, files.get(row.id, ()), deliveries.get(row.id), presses, found=look.found, locale=look.locale
        )
    return told


async def _files(tx: AccountTx, rows: Sequence[MessageRow]) -> list[FileRow]:
    bearing = [row.id for row in rows if row.attachments]
    return sorted(await queries.select_files(tx, FileRow, bearing), key=lambda file: (file.message_id, file.id)) if bearing else []


def _press(row: MessageRow, titles: dict[tuple[int | None, str], str]) -> EventLine | None:
    """A button that the client pressed. None: the message is no press."""
    if row.role is not Role.USER or row.pressed is None:
        return None
    title = titles.get((row.pressed_under, row.pressed)) or row.content
    return EventLine(f"message-{row.id}", "event.pressed", {"title": title}, "check", row.created_at)


def _merge(
    rows: Sequence[MessageRow],
    told: dict[int, MessageLine | EventLine],
    done: dict[int, list[ToolLine | EventLine]],
    beside: list[EventLine],
    outcomes: dict[int, EventLine],
) -> Iterable[tuple[int, Line]]:
    """Each line with the message that it stands at."""
    waiting = list(beside)
    for row in rows:
        while waiting and (waiting[0].at < row.created_at or (waiting[0].at == row.created_at and row.role is not Role.USER)):
            yield row.id, waiting.pop(0)
        for step in done.get(row.id, ()):
            yield row.id, step
        yield row.id, told[row.id]
        if row.id in outcomes:
            yield row.id, outcomes[row.id]
    last = rows[-1].id
    yield from ((last, step) for step in done.get(0, ()))
    yield from ((last, line) for line in waiting)


def _with_days(lines: Iterable[tuple[int, Line]], look: Look, day: date | None) -> Iterable[Line]:
    """Days, of which ``day`` has begun before, and the line above what is new; photos that were sent together become one line."""
    is_new = False
    run: list[MessageLine] = []
    for at_id, line in lines:
        begins_new = look.unread_from is not None and not is_new and at_id >= look.unread_from
        on = line.at.astimezone(look.zone).date() if not isinstance(line, DayLine | UnreadLine) else None
        if isinstance(line, MessageLine) and not begins_new and on == day and join_album(run, line):
            continue
        yield from run
        run = []
        if on is not None and on != day:
            day = on
            yield DayLine(on)
        if begins_new:
            is_new = True
            yield UnreadLine()
        if isinstance(line, MessageLine):
            run = [line]
        else:
            yield line
    yield from run
