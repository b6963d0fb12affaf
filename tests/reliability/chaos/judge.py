"""Decides from both sides: what Telegram's history shows, and what the database says of every update, turn, delivery and booking."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg

from tests.reliability.chaos import queries
from tests.reliability.chaos.client import Client
from tests.reliability.chaos.model_peer import TOKEN
from tests.reliability.chaos.telegram import Accepted, Telegram
from valera.backoffice.verify import verify
from valera.kit.db import Database

CLOSED_WELL = {"done", "failed"}


@dataclass(slots=True)
class Verdict:
    """``broken``: a sentence for each promise that does not hold, with the rows that show it. The rest are counts."""

    broken: list[str] = field(default_factory=list[str])
    lost: int = 0
    duplicate_effects: int = 0
    duplicate_bookings: int = 0
    missing_bookings: int = 0
    bookings: int = 0
    out_of_order: int = 0
    duplicate_sends: int = 0
    duplicate_sends_answer_lost: int = 0
    doubled_at: list[float] = field(default_factory=list[float])
    sends: int = 0
    given_up: int = 0
    apologies: int = 0
    stuck: int = 0
    window_ms: float = 0

    def find(self, what: str, rows: Sequence[object]) -> int:
        if rows:
            self.broken.append(f"{what}: {len(rows)}, as {', '.join(map(str, rows[:5]))}")
        return len(rows)


async def judge(url: str, admin_url: str, clients: Sequence[Client], telegram: Telegram) -> Verdict:
    verdict = Verdict()
    connection = await asyncpg.connect(admin_url)
    try:
        await _judge_updates(connection, clients, verdict)
        excused = await _judge_answers(connection, verdict)
        await _judge_sends(connection, clients, verdict)
        _judge_threads(clients, excused, verdict)
        await _judge_bookings(connection, clients, verdict)
        left = await queries.unfinished(connection)
        verdict.stuck = sum(left.values())
        verdict.find("stuck", [f"{count} {what}" for what, count in left.items() if count])
    finally:
        await connection.close()
    verdict.find("calls that Telegram had to refuse", list(telegram.refused.items()))
    db = Database(url, max_size=4)
    await db.open()
    try:
        verdict.find("`valera verify`", [finding.tell() for finding in await verify(db) if finding.breaches])
    finally:
        await db.close()
    return verdict


async def _judge_updates(connection: asyncpg.Connection, clients: Sequence[Client], verdict: Verdict) -> None:
    """Every update that was answered with 200 is stored once and is one message."""
    stored = {(row["bot"], row["update_id"]): row["messages"] for row in await connection.fetch(queries.UPDATES)}
    said = {(client.line.bot, said.update_id) for client in clients for said in client.said}
    verdict.lost += verdict.find("updates that are not stored", sorted(said - stored.keys()))
    verdict.lost += verdict.find("updates without a message", [key for key in said & stored.keys() if stored[key] == 0])
    verdict.duplicate_effects += verdict.find("updates with two messages", [key for key, count in stored.items() if count > 1])
    stray = await connection.fetchrow(queries.STRAY)
    assert stray is not None
    verdict.find("stray updates", [f"{count} {what}" for what, count in stray.items() if count])


async def _judge_answers(connection: asyncpg.Connection, verdict: Verdict) -> set[tuple[int, int]]:
    """Every message is answered by a turn that ended, in the order in which Telegram sent them; a failed turn has called a person.
    Returns what such turns answered, and what the receptionist did when the model failed: no word of it comes back.
    """
    last: dict[int, int] = {}
    unanswered: list[object] = []
    disorder: list[object] = []
    apologies: set[tuple[int, int]] = set()
    excused: set[tuple[int, int]] = set()
    for row in await connection.fetch(queries.MESSAGES):
        if row["turn"] not in CLOSED_WELL or (row["turn"] == "failed" and not row["has_human"]):
            unanswered.append((row["chat"], row["update_id"], row["turn"]))
        if row["turn"] == "failed":
            apologies.add((row["chat"], row["update_id"]))
        if row["turn"] == "failed" or row["is_by_receptionist"]:
            excused.add((row["chat"], row["update_id"]))
        if row["number"] is not None:
            if row["number"] < last.get(row["chat"], 0):
                disorder.append((row["chat"], row["update_id"]))
            last[row["chat"]] = row["number"]
    verdict.lost += verdict.find("messages that nobody answered", unanswered)
    verdict.out_of_order += verdict.find("messages taken in out of order", disorder)
    verdict.apologies = len(apologies)
    return excused


def _judge_threads(clients: Sequence[Client], excused: set[tuple[int, int]], verdict: Verdict) -> None:
    """From Telegram's history alone: each message's word comes back, in the order of asking, in one reply."""
    silent: list[object] = []
    disorder: list[object] = []
    twice: list[object] = []
    for client in clients:
        heard: dict[str, str] = {}
        for reply in client.thread.messages:
            words = TOKEN.findall(reply.text)
            twice += [(client.user_id, word) for word in words if heard.setdefault(word, reply.text) != reply.text]
        asked = [said for said in client.said if said.token is not None]
        expected = [said.token for said in asked if said.token in heard]
        silent += [
            (client.user_id, said.update_id, said.token)
            for said in asked
            if said.token not in heard and (client.user_id, said.update_id) not in excused
        ]
        if [word for word in heard if word in expected] != expected:
            disorder.append(client.user_id)
    verdict.lost += verdict.find("messages whose answer never came", silent)
    verdict.out_of_order += verdict.find("chats whose replies came out of order", disorder)
    verdict.duplicate_effects += verdict.find("messages answered by two different replies", twice)


async def _judge_sends(connection: asyncpg.Connection, clients: Sequence[Client], verdict: Verdict) -> None:
    """Each delivery that is sent stands in the chat; what stands there more often than it was to be sent is a duplicate."""
    wanted: dict[int, Counter[str]] = defaultdict(Counter)
    given_up: dict[int, Counter[str]] = defaultdict(Counter)
    marked: dict[int, float] = {}
    for row in await connection.fetch(queries.DELIVERIES):
        (wanted if row["state"] == "sent" else given_up)[row["chat"]][row["text"]] += 1
        if row["state"] == "sent":
            marked[row["number"]] = row["sent_at"]
    missing: list[object] = []
    windows: list[float] = []
    for client in clients:
        accepted: dict[str, list[Accepted]] = defaultdict(list)
        for message in client.thread.messages:
            accepted[message.text].append(message)
            if message.message_id in marked:
                windows.append(marked[message.message_id] - message.at)
        due, left = wanted[client.user_id], given_up[client.user_id]
        missing += [(client.user_id, text) for text, count in due.items() if len(accepted[text]) < count]
        for text, copies in accepted.items():
            extra = max(0, len(copies) - due[text] - left[text])
            lost_answers = sum(copy.lost_answer for copy in copies)
            verdict.duplicate_sends_answer_lost += min(extra, lost_answers)
            verdict.duplicate_sends += max(0, extra - lost_answers)
            verdict.doubled_at += [copy.at for copy in copies[-extra:]] if extra > lost_answers else []
        verdict.sends += len(client.thread.messages)
    verdict.given_up = sum(sum(texts.values()) for texts in given_up.values())
    verdict.lost += verdict.find("deliveries marked as sent that never arrived", missing)
    verdict.window_ms = 1000 * sum(windows) / len(windows) if windows else 0


async def _judge_bookings(connection: asyncpg.Connection, clients: Sequence[Client], verdict: Verdict) -> None:
    """Each confirmed proposal is one booking, and there are no others."""
    rows = {row["chat"]: row for row in await connection.fetch(queries.BOOKINGS)}
    states = {(row["chat"], row["key"]): row["state"] for row in await connection.fetch(queries.PROPOSALS)}
    doubled: list[object] = []
    missing: list[object] = []
    for client in clients:
        keys, row = set(client.confirmed), rows.get(client.user_id)
        accepted = {key for chat, key in states if chat == client.user_id and states[chat, key] == "accepted"}
        if row is not None:
            verdict.bookings += row["bookings"]
            doubled += [client.user_id] * max(0, row["bookings"] - len(keys), row["confirmed"] - row["bookings"])
        doubled += [(client.user_id, key) for key in accepted - keys]
        pressed = {said.key for said in client.said if said.key is not None}
        missing += [(client.user_id, key, states.get((client.user_id, key))) for key in pressed - accepted]
    verdict.duplicate_bookings = verdict.find("bookings that nobody confirmed, or twice", doubled)
    verdict.missing_bookings = len(missing)
    verdict.lost += verdict.find("confirmations without a booking", missing)
