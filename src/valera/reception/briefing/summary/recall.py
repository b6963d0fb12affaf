"""What of a dialogue a turn reads: its newest part message by message, what is older as a summary.

When the newest part has grown too long, in messages or in characters, its older half becomes part of the summary: once in some thirty
messages, and never more rows than STRETCH. A client with two thousand messages costs a turn what one with fifty costs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from valera.assistant.journal import Step, StepKind
from valera.chats import queries as chat_queries
from valera.chats.chat import Message, Role
from valera.reception import turn_queries
from valera.reception.briefing.history import CHARACTERS, MESSAGES, Dialogue
from valera.reception.briefing.summary import queries
from valera.reception.briefing.summary.facts import Booked, Facts, collect
from valera.reception.briefing.summary.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from valera.kit.db import AccountTx

KEPT_MESSAGES = MESSAGES // 2
KEPT_CHARACTERS = CHARACTERS // 2
STRETCH = 500
"""Messages that one turn adds to a summary: a dialogue that is older than its first summary catches up with several turns."""


async def recall(
    tx: AccountTx, *, chat_id: int, client_id: int, summary: Summary | None, turn_id: int | None, locale: str
) -> tuple[Dialogue, Summary | None]:
    """``summary``: the newest one; ``turn_id``: the turn that begins, if it may have steps already."""
    messages = await chat_queries.select_messages(tx, Message, chat_id, MESSAGES, after=0 if summary is None else summary.upto_id)
    steps = await _steps_of(tx, {message.turn_id for message in messages} | {turn_id})
    if len(messages) < MESSAGES and _characters(messages, steps) <= CHARACTERS:
        return Dialogue(tuple(messages), steps, locale), summary
    kept = messages[_border(messages, steps) :]
    if len(kept) < len(messages):
        summary = await _extend(tx, summary, chat_id=chat_id, client_id=client_id, before=kept[0].id)
    turns = {message.turn_id for message in kept} | {turn_id}
    return Dialogue(tuple(kept), {turn: made for turn, made in steps.items() if turn in turns}, locale), summary


async def _steps_of(tx: AccountTx, turn_ids: Iterable[int | None]) -> dict[int, tuple[Step, ...]]:
    steps: dict[int, tuple[Step, ...]] = {}
    if known := sorted(id_ for id_ in turn_ids if id_ is not None):
        for step in await turn_queries.select_steps(tx, Step, known):
            steps[step.turn_id] = (*steps.get(step.turn_id, ()), step)
    return steps


async def _extend(tx: AccountTx, summary: Summary | None, *, chat_id: int, client_id: int, before: int) -> Summary | None:
    after = 0 if summary is None else summary.upto_id
    stretch = await queries.select_stretch(tx, Message, chat_id, after=after, before=before, limit=STRETCH)
    if not stretch:
        return summary
    first, last = stretch[0], stretch[-1]
    since = first.created_at if summary is None else summary.last_at
    booked = await queries.select_booked(tx, Booked, client_id, chat_id, since=since, upto=last.created_at)
    facts = collect(stretch, await _steps_of(tx, {message.turn_id for message in stretch}), booked)
    extended = Summary(
        from_id=first.id if summary is None else summary.from_id,
        upto_id=last.id,
        messages=len(stretch) + (0 if summary is None else summary.messages),
        first_at=first.created_at if summary is None else summary.first_at,
        last_at=last.created_at,
        content=(Facts() if summary is None else summary.content).merge(facts),
    )
    await queries.insert_summary(tx, chat_id, extended)
    return extended


def _border(messages: Sequence[Message], steps: dict[int, tuple[Step, ...]]) -> int:
    """Where the part begins that stays: between two exchanges, and with the last one that was answered before what is open."""
    at, room = len(messages), KEPT_CHARACTERS
    while at > 0 and len(messages) - at < KEPT_MESSAGES and room > 0:
        at -= 1
        room -= _characters(messages[at : at + 1], steps)
    is_open = [message.role == Role.USER and message.turn_id is None for message in messages]
    if True in is_open:
        at = min(at, max(0, is_open.index(True) - 1))
    at = min(at, max(0, len(messages) - 1))
    while at > 0 and messages[at].turn_id is not None and messages[at - 1].turn_id == messages[at].turn_id:
        at -= 1
    return at


def _characters(messages: Sequence[Message], steps: dict[int, tuple[Step, ...]]) -> int:
    """About as many as a model is shown: texts, and what tools returned."""
    turns = {message.turn_id for message in messages if message.role != Role.USER and message.turn_id is not None}
    returned = sum(
        len(msgspec.json.encode(step.content["content"])) for turn in turns for step in steps.get(turn, ()) if step.kind == StepKind.TOOL
    )
    return returned + sum(len(message.content) for message in messages)
