"""What the database holds of the players of a batch, read by the owner."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from evil.shops import SHOPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from evil.house import House
    from evil.player import Player

ACTIVE = frozenset({"confirmed", "requested", "arrived", "in_work"})
REAL = ACTIVE | {"done", "cancelled", "no_show"}


@dataclass(frozen=True, slots=True)
class Delivered:
    text: str
    turn_id: int | None
    state: str
    at: datetime
    by_code: bool


@dataclass(frozen=True, slots=True)
class Booking:
    id: int
    number: int | None
    status: str
    starts_at: datetime | None
    service: str


@dataclass(slots=True)
class Rows:
    """Of one player."""

    zone: ZoneInfo
    account_id: int = 0
    client_id: int | None = None
    is_human_called: bool = False
    deliveries: list[Delivered] = field(default_factory=list)
    results: list[tuple[int, str, Any]] = field(default_factory=list)
    client_texts: list[str] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    proposals: list[asyncpg.Record] = field(default_factory=list)
    events: list[asyncpg.Record] = field(default_factory=list)
    turns: list[asyncpg.Record] = field(default_factory=list)
    steps: dict[int, list[asyncpg.Record]] = field(default_factory=lambda: defaultdict(list))
    open_ends: list[str] = field(default_factory=list)

    def committed_in(self, turn_id: int | None) -> set[str]:
        """What tools of this very turn say is done."""
        told = [content.get("committed") for turn, _, content in self.results if turn == turn_id and isinstance(content, dict)]
        return {one["kind"] for made in told if made for one in (made if isinstance(made, list) else [made])}


async def read_rows(house: House, players: Sequence[Player]) -> dict[int, Rows]:
    """By person."""
    owner = house.owner
    people = [player.person for player in players]
    rows = {player.person: Rows(ZoneInfo(SHOPS[player.shop].zone), house.shops[player.shop].account_id) for player in players}
    of_chat = await _read_chats(owner, people, rows)
    chats = list(of_chat)
    for record in await owner.fetch(DELIVERIES, chats):
        made = Delivered(record["text"], record["turn_id"], record["state"], record["created_at"], record["by_code"])
        of_chat[record["chat_id"]].deliveries.append(made)
    for record in await owner.fetch(MESSAGES, chats):
        of_chat[record["chat_id"]].client_texts.append(record["content"])
    await _read_bookings(owner, of_chat)
    for name, statement in (("proposals", PROPOSALS), ("events", EVENTS), ("turns", TURNS)):
        for record in await owner.fetch(statement, chats):
            getattr(of_chat[record["chat_id"]], name).append(record)
    await _read_steps(owner, of_chat)
    for record in await owner.fetch(OPEN_ENDS, people, chats):
        rows[record["person"]].open_ends.append(record["what"])
    return rows


async def _read_chats(owner: asyncpg.Pool, people: list[int], rows: dict[int, Rows]) -> dict[int, Rows]:
    of_chat: dict[int, Rows] = {}
    for record in await owner.fetch(CHATS, people):
        row = rows[record["telegram_chat_id"]]
        if record["account_id"] != row.account_id:
            row.open_ends.append("a chat in another shop")
            continue
        of_chat[record["id"]] = row
        row.client_id, row.is_human_called = record["client_id"], record["human_called_at"] is not None
    return of_chat


async def _read_bookings(owner: asyncpg.Pool, of_chat: dict[int, Rows]) -> None:
    of_client = {row.client_id: row for row in of_chat.values()}
    for record in await owner.fetch(BOOKINGS, list(of_chat), list(of_client)):
        row = of_client.get(record["client_id"]) or of_chat[record["chat_id"]]
        if record["client_id"] is not None and of_chat.get(record["chat_id"], row) is not row:
            row.open_ends.append("a booking of one client in another's chat")
        row.bookings.append(Booking(record["id"], record["number"], record["status"], record["starts_at"], record["service_type"] or ""))


async def _read_steps(owner: asyncpg.Pool, of_chat: dict[int, Rows]) -> None:
    for record in await owner.fetch(STEPS, list(of_chat)):
        row = of_chat[record["chat_id"]]
        row.steps[record["turn_id"]].append(record)
        content = record["content"]
        if record["kind"] == "tool" and content.get("outcome") == "done":
            row.results.append((record["turn_id"], content["tool"], content["content"]))


CHATS = "select id, account_id, client_id, telegram_chat_id, human_called_at from chats where telegram_chat_id = any($1::bigint[])"
DELIVERIES = """
select d.chat_id, d.text, d.turn_id, d.state, d.created_at, coalesce(m.llm_response_data ->> 'model' = 'code', false) as by_code
  from deliveries d left join messages m on (m.account_id, m.id) = (d.account_id, d.message_id)
 where d.chat_id = any($1::bigint[]) order by d.id
"""
MESSAGES = "select chat_id, content from messages where chat_id = any($1::bigint[]) and role = 'user' order by id"
BOOKINGS = """
select id, chat_id, client_id, number, status, lower(during) as starts_at, service_type
  from bookings where chat_id = any($1::bigint[]) or client_id = any($2::bigint[]) order by id
"""
PROPOSALS = "select * from proposals where chat_id = any($1::bigint[]) order by id"
EVENTS = """
select b.chat_id, e.event, e.actor, e.created_at, e.booking_id
  from booking_events e join bookings b on (b.account_id, b.id) = (e.account_id, e.booking_id)
 where b.chat_id = any($1::bigint[]) order by e.id
"""
TURNS = "select * from turns where chat_id = any($1::bigint[]) order by id"
STEPS = """
select t.chat_id, s.turn_id, s.round, s.kind, s.content
  from turn_steps s join turns t on (t.account_id, t.id) = (s.account_id, s.turn_id)
 where t.chat_id = any($1::bigint[]) order by s.turn_id, s.step_no
"""
OPEN_ENDS = """
select peer_id as person, 'an update is not taken in' as what from telegram_updates where peer_id = any($1::bigint[]) and done_at is null
union all
select c.telegram_chat_id, 'a turn is ' || t.state from turns t join chats c on (c.account_id, c.id) = (t.account_id, t.chat_id)
 where t.chat_id = any($2::bigint[]) and t.state in ('waiting', 'running')
union all
select c.telegram_chat_id, 'a delivery is ' || d.state from deliveries d join chats c on (c.account_id, c.id) = (d.account_id, d.chat_id)
 where d.chat_id = any($2::bigint[]) and d.state <> 'sent'
union all
select c.telegram_chat_id, 'a message has no answer' from messages m join chats c on (c.account_id, c.id) = (m.account_id, m.chat_id)
 where m.chat_id = any($2::bigint[]) and m.role = 'user' and m.turn_id is null
"""
