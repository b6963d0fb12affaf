"""The overview's numbers counted once more, by loops over raw rows: slow, and written from docs/overview.md instead of from the SQL."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from valera.insights.period import Period

Row = dict[str, Any]
FAR = datetime(9999, 1, 1, tzinfo=UTC)
TABLES = (
    "chats", "clients", "messages", "dialogue_outcomes", "analytics_events", "bookings", "booking_events", "turns", "opening_hours",
    "special_hours", "holidays",
)  # fmt: skip


@dataclass(slots=True)
class Told:
    """One dialogue, and everything that belongs to it."""

    chat: Row
    message_id: int
    began_at: datetime
    outcome: str
    ends_at: datetime = FAR
    figures: set[str] = field(default_factory=set[str])
    seconds: float | None = None
    person_seconds: float | None = None
    cost: Decimal = Decimal(0)
    source: str = ""


def dialogues(rows: dict[str, list[Row]], period: Period) -> list[Told]:
    found: list[Told] = []
    for chat in rows["chats"]:
        own = _of_chat(rows, chat)
        for before, after in pairwise(own):
            before.ends_at = after.began_at
        found += [told for told in own if _is_in(told.began_at, period)]
    for told in found:
        _describe(rows, told, period.zone)
    return found


def _is_in(moment: datetime, period: Period) -> bool:
    """By the calendar on the shop's wall."""
    return period.first <= moment.astimezone(period.zone).date() <= period.last


def _of_chat(rows: dict[str, list[Row]], chat: Row) -> list[Told]:
    settled = sorted((row for row in rows["dialogue_outcomes"] if row["chat_id"] == chat["id"]), key=lambda row: row["first_message_id"])
    own = [Told(chat, row["first_message_id"], row["began_at"], row["outcome"]) for row in settled]
    upto = max((row["last_message_id"] for row in settled), default=0)
    going = [row for row in _messages(rows, chat) if row["id"] > upto and row["role"] == "user"]
    return own + [Told(chat, row["id"], row["created_at"], "open") for row in going[:1]]


def _messages(rows: dict[str, list[Row]], chat: Row) -> list[Row]:
    return sorted((row for row in rows["messages"] if row["chat_id"] == chat["id"] and not row["deleted_at"]), key=lambda row: row["id"])


def _describe(rows: dict[str, list[Row]], told: Told, zone: ZoneInfo) -> None:
    when = "inside" if is_open(rows, told.began_at, zone) else "outside"
    told.figures = {"dialogues", f"outcome:{told.outcome}"}
    source = next((row["source"] or "" for row in rows["clients"] if row["id"] == told.chat["client_id"]), "")
    named = re.search(r"(?:^|&)utm_source=([^&]+)", source)
    told.source = named[1] if named else source.strip(" ")

    def is_within(moment: datetime) -> bool:
        return told.began_at <= moment < told.ends_at

    events = [row for row in rows["analytics_events"] if row["properties"].get("chat") == told.chat["id"] and is_within(row["created_at"])]
    if any(row["event_type"] == "price_named" for row in events):
        told.figures.add("priced")
    _answers(rows, told, when, [row["created_at"] for row in events if row["event_type"] == "human_called"])
    for booking in rows["bookings"]:
        made = _made(rows, booking)
        if booking["chat_id"] == told.chat["id"] and made is not None and is_within(made["created_at"]):
            told.figures.add("booked")
            if any(row["event"] == "arrived" for row in rows["booking_events"] if row["booking_id"] == booking["id"]):
                told.figures.add("visited")
    told.cost = sum(
        (row["cost"] for row in rows["turns"] if row["chat_id"] == told.chat["id"] and row["cost"] and is_within(row["created_at"])),
        Decimal(0),
    )


def _answers(rows: dict[str, list[Row]], told: Told, when: str, calls: list[datetime]) -> None:
    after = [row for row in _messages(rows, told.chat) if row["id"] > told.message_id and row["created_at"] < told.ends_at]
    first = next((row for row in after if row["role"] in {"assistant", "manager"}), None)
    by = first["role"] if first else "nobody"
    told.figures |= {f"answer:{by}", f"answer:{by}:{when}"}
    if first:
        told.seconds = (first["created_at"] - told.began_at).total_seconds()
    if calls:
        told.figures |= {"called", f"called:{when}"}
        helper = next((row for row in after if row["role"] == "manager" and row["created_at"] >= min(calls)), None)
        if helper:
            told.figures |= {"helped", f"helped:{when}"}
            told.person_seconds = (helper["created_at"] - min(calls)).total_seconds()


def _made(rows: dict[str, list[Row]], booking: Row) -> Row | None:
    """The event that made it more than a hold."""
    events = (row for row in rows["booking_events"] if row["booking_id"] == booking["id"] and row["event"] in {"requested", "confirmed"})
    return min(events, key=lambda row: row["revision"], default=None)


def is_open(rows: dict[str, list[Row]], moment: datetime, zone: ZoneInfo) -> bool:
    local = moment.astimezone(zone)
    if any(row["closed_on"] == local.date() for row in rows["holidays"]):
        return False
    special = [row for row in rows["special_hours"] if row["on_day"] == local.date()]
    usual = [row for row in rows["opening_hours"] if row["weekday"] == local.isoweekday()]
    return any(row["opens"] <= local.time() and (local.time() < row["closes"] or row["closes"] == time(0)) for row in special or usual)


def visits(rows: dict[str, list[Row]], period: Period, now: datetime) -> dict[int, set[str]]:
    """Of each booking that counts to anything."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for booking in rows["bookings"]:
        made, status, during = _made(rows, booking), booking["status"], booking["during"]
        if made is not None and _is_in(made["created_at"], period):
            found[booking["id"]] |= {"made", "made:team" if made["actor"] == "member" else "made:assistant"}
        if status in {"requested", "expired", "held"} or not _is_in(during.lower, period):
            continue
        if status == "confirmed":
            became = "expected" if during.upper > now else "unmarked"
        else:
            became = {"no_show": "missed", "cancelled": "cancelled"}.get(status, "arrived")
        found[booking["id"]] |= {f"visits:{became}"} | ({"visits"} if became != "cancelled" else set())
    return dict(found)


def waiting(rows: dict[str, list[Row]]) -> set[int]:
    """Chats."""
    return {
        chat["id"]
        for chat in rows["chats"]
        if chat["status"] != "closed"
        and (
            chat["human_called_at"]
            or (chat["status"] == "human" and any(row["role"] == "user" and not row["turn_id"] for row in _messages(rows, chat)))
        )
    }


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
