"""What came of a dialogue, read from the rows that it left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from valera.russian.money.sums import find_sums

if TYPE_CHECKING:
    from dialogues.house import House
    from dialogues.shop import Shop


@dataclass(frozen=True, slots=True)
class Booked:
    """``starts_at`` is the shop's local time."""

    number: int
    service: str
    starts_at: datetime
    is_cancelled: bool
    is_moved: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """A call that the client asked for, not before ``due_at`` (the shop's local time)."""

    phone: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Source:
    """A sum that may be named: a cell of the price list that a tool returned, a total that code added up, or the shop's own sentence."""

    amount: Decimal
    row: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of the assistant; ``by``: the model that wrote it, or ``code``. ``told``: what the client had named before it;
    ``alarms``: what the gates found in the draft before it.
    """

    text: str
    by: str
    sources: tuple[Source, ...]
    told: tuple[Decimal, ...]
    alarms: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """``words``: who said what, as it stood on the client's screen; ``drafts``: how many texts a model wrote; ``refused_drafts``: what
    the gates did not let out of them; ``failures``: what went wrong on the way.
    """

    words: tuple[tuple[str, str], ...]
    unanswered: tuple[str, ...]
    replies: tuple[Reply, ...]
    bookings: tuple[Booked, ...]
    is_human_called: bool
    human_reason: str
    is_taken_over: bool
    said_after_takeover: int
    phone: str
    client: str
    steps: int
    tokens: int
    cost: Decimal | None
    drafts: int
    refused_drafts: tuple[str, ...]
    failures: tuple[str, ...]
    calls: tuple[Owed, ...] = ()
    waits: int = 0

    @property
    def said(self) -> tuple[str, ...]:
        return tuple(text for who, text in self.words if who == "shop")


async def read_record(house: House, shop: Shop, words: list[tuple[str, str]], unanswered: list[str]) -> Record:
    account_id, owner = shop.account_id, house.owner
    messages = await owner.fetch(MESSAGES, account_id)
    searches = await owner.fetch(SEARCHES, account_id)
    chat = await owner.fetchrow(CHAT, account_id)
    bookings = await owner.fetch(BOOKINGS, account_id)
    failures = [row["what"] for row in await owner.fetch(FAILURES, account_id)]
    facts = tuple(Source(found.amount, "said by the shop") for text in shop.facts for found in find_sums(text))
    found = [(row["turn_id"], source) for row in searches for source in _sources(row["content"])]
    takeover = next((row["id"] for row in messages if row["role"] == "system" and row["content"] == "taken_over"), None)
    costs = [_cost(row["origin"]) for row in messages if row["role"] == "assistant"]
    return Record(
        words=tuple(words),
        unanswered=tuple(unanswered),
        replies=tuple(_replies(messages, found, facts)),
        bookings=tuple(
            Booked(row["number"], row["service_type"], row["scheduled_at"].astimezone(shop.zone), row["is_cancelled"], row["is_moved"])
            for row in bookings
        ),
        is_human_called=bool(chat and (chat["human_called_at"] or chat["status"] == "human")),
        human_reason=(chat and chat["human_reason"]) or "",
        is_taken_over=takeover is not None,
        said_after_takeover=sum(takeover is not None and row["role"] == "assistant" and row["id"] > takeover for row in messages),
        phone=(chat and chat["phone"]) or "",
        client=(chat and chat["name"]) or "",
        steps=await owner.fetchval(STEPS, account_id),
        tokens=sum(sum(((row["origin"] or {}).get("tokens") or {}).values()) for row in messages),
        cost=None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0)),
        drafts=await owner.fetchval(DRAFTS, account_id),
        refused_drafts=tuple(why for row in messages for why in (row["origin"] or {}).get("gates") or ()),
        failures=(*failures, *house.telegram.refused[shop.token]),
        calls=tuple(Owed(row["phone"], row["due_at"].astimezone(shop.zone)) for row in await owner.fetch(CALLS, account_id)),
        waits=await owner.fetchval(WAITS, account_id),
    )


def _replies(messages: list[Any], found: list[tuple[int, Source]], facts: tuple[Source, ...]) -> list[Reply]:
    """Every message with the sums that stood behind it then: a tool's of its own turn or of one before."""
    told: list[Decimal] = []
    replies: list[Reply] = []
    for row in messages:
        if row["role"] == "user":
            told += [amount for said in find_sums(row["content"]) for amount in (said.amount, said.upto) if amount is not None]
        if row["role"] == "assistant":
            known = tuple(source for turn_id, source in found if row["turn_id"] is None or turn_id <= row["turn_id"])
            by = (row["origin"] or {}).get("model") or "code"
            replies.append(Reply(row["content"], by, (*known, *facts), tuple(told), len((row["origin"] or {}).get("gates") or ())))
    return replies


def _sources(content: dict[str, Any]) -> list[Source]:
    cells = [(row, row) for row in content.get("found", ())]
    cells += [(row, cell) for row in content.get("by_class", ()) for cell in row["prices"]]
    named = [(cell, ", ".join(filter(None, (row["name"], cell.get("car_class")))) + f" (row {row['row']})") for row, cell in cells]
    if content.get("total"):
        named.append((content["total"], f"total of {len(content.get('found', ()))} rows"))
    return [Source(Decimal(str(cell[key])), row) for cell, row in named for key in ("amount", "upto") if cell.get(key) is not None]


def _cost(origin: dict[str, Any] | None) -> Decimal | None:
    cost = (origin or {}).get("cost", "0")
    return None if cost is None else Decimal(cost)


MESSAGES = """
select id, role, content, turn_id, llm_response_data as origin from messages where account_id = $1 order by id
"""

SEARCHES = """
select turn_id, content -> 'content' as content from turn_steps
 where account_id = $1 and kind = 'tool' and content ->> 'tool' = 'find_prices' and content ->> 'outcome' = 'done' order by turn_id, step_no
"""

CHAT = """
select h.status, h.human_called_at, h.human_reason, c.phone, c.name
  from chats h left join clients c on c.account_id = h.account_id and c.id = h.client_id
 where h.account_id = $1 order by h.human_called_at nulls last, h.id desc limit 1
"""

BOOKINGS = """
select b.number, b.service_type, b.scheduled_at, b.status = 'cancelled' as is_cancelled,
       exists (select from booking_events e where e.account_id = b.account_id and e.booking_id = b.id and e.event = 'moved') as is_moved
  from bookings b where b.account_id = $1 and b.number < 900000 order by b.number
"""

CALLS = "select phone, due_at from callbacks where account_id = $1 and outcome is null order by id"

WAITS = "select count(*) from waitlist where account_id = $1 and state = 'waiting'"

STEPS = "select count(*) from turn_steps where account_id = $1"

DRAFTS = """
select count(*) from turn_steps
 where account_id = $1 and kind = 'model' and not jsonb_path_exists(content, '$.response.parts[*] ? (@.part_kind == "tool-call")')
"""

FAILURES = """
select 'turn ' || state as what from turns where account_id = $1 and state = 'failed'
union all select 'delivery ' || coalesce(error, state) from deliveries where account_id = $1 and state = 'failed'
union all select 'update ' || reason from quarantined_updates where account_id = $1
"""
