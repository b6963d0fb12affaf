"""Shops with a random past, written row by row: chats, answers by the assistant and by people, bookings and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from valera.insights.dialogue import KEPT, LOST
from valera.insights.period import Period
from valera.kit.db import AccountId, Tx, execute, value

ZONES = ("Europe/Moscow", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
SOURCES = (None, "", "vk", "utm_source=avito&utm_campaign=spring", "utm_campaign=x&utm_source=avito", "  ", "=cmd()")
OUTCOMES = tuple(str(outcome) for outcome in (*LOST, *KEPT) if outcome != "open")
NOW = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)


@dataclass(slots=True)
class History:
    """Writes as the owner; ``update_id`` and ``person`` are the next free ones."""

    tx: Tx
    account_id: AccountId
    zone: ZoneInfo
    random: Random
    bot_id: int
    member_id: int
    bays: list[int]
    update_id: int = 0
    number: int = 0
    taken: dict[int, datetime] = field(default_factory=dict[int, datetime])

    async def write(self, chats: int) -> None:
        for _ in range(chats):
            await self._chat()

    async def _chat(self) -> None:
        client_id = await value(self.tx, "insert into clients (name, source) values ('Анна', $1) returning id", self.random.choice(SOURCES))
        at = self._some_time()
        status = self.random.choice(["assistant", "assistant", "human", "closed"])
        chat_id = await value(
            self.tx,
            "insert into chats (bot_id, telegram_chat_id, client_id, status, human_called_at, last_message_at)"
            " values ($1, $2, $3, $4, $5, $6) returning id",
            self.bot_id,
            client_id,
            client_id,
            status,
            at if self.random.random() < 0.2 else None,
            at,
        )
        stretches = self.random.randint(1, 4)
        for stretch in range(stretches):
            at = await self._stretch(chat_id, client_id, at, is_settled=stretch < stretches - 1 or self.random.random() < 0.5)
            at += timedelta(hours=self.random.uniform(24.2, 200))
            if at > NOW:
                break

    async def _stretch(self, chat_id: int, client_id: int, at: datetime, *, is_settled: bool) -> datetime:
        """Returns when the last word was said."""
        began_at = at
        first = last = await self._says(chat_id, "user", at)
        for _ in range(self.random.randint(0, 5)):
            at += timedelta(seconds=self.random.choice([1, 3, 40, 900, 7200]))
            last = await self._says(chat_id, self.random.choice(["user", "assistant", "assistant", "manager", "system"]), at)
            await self._happens(chat_id, client_id, at)
        if is_settled:
            await execute(
                self.tx,
                "insert into dialogue_outcomes (chat_id, first_message_id, last_message_id, outcome, message_id, began_at, ended_at)"
                " values ($1, $2, $3, $4, $2, $5, $6)",
                chat_id,
                first,
                last,
                self.random.choice(OUTCOMES),
                began_at,
                at,
            )
        if self.random.random() < 0.3:  # after the last word, before the next dialogue
            await self._book(chat_id, client_id, at + timedelta(hours=5))
        return at

    async def _says(self, chat_id: int, role: str, at: datetime) -> int:
        self.update_id += 1
        is_client = role == "user"
        turn_id = await self._turn(chat_id, at) if self.random.random() < 0.7 else None
        await execute(self.tx, "update chats set last_message_at = $2 where id = $1", chat_id, at)
        return await value(
            self.tx,
            "insert into messages (chat_id, role, content, bot_id, update_id, turn_id, created_at, deleted_at)"
            " values ($1, $2, '=1+1', $3, $4, $5, $6, $7) returning id",
            chat_id,
            role,
            self.bot_id if is_client else None,
            self.update_id if is_client else None,
            turn_id,
            at,
            at if not is_client and self.random.random() < 0.1 else None,
        )

    async def _turn(self, chat_id: int, at: datetime) -> int:
        cost = self.random.choice([None, 0, 1, 7])
        return await value(
            self.tx,
            "insert into turns (chat_id, state, created_at, charged_on, cost) values ($1, 'done', $2, $3, $4::numeric / 1000) returning id",
            chat_id,
            at,
            None if cost is None else at.astimezone(self.zone).date(),
            cost,
        )

    async def _happens(self, chat_id: int, client_id: int, at: datetime) -> None:
        for event in ("price_named", "human_called", "answered"):
            if self.random.random() < 0.3:
                await self._event(event, {"chat": chat_id}, at)
        if self.random.random() < 0.02:
            await self._event("price_named", {}, at)
        if self.random.random() < 0.2:
            await self._book(chat_id, client_id, at)

    async def _event(self, name: str, about: dict[str, object], at: datetime) -> None:
        await execute(self.tx, "insert into analytics_events (event_type, properties, created_at) values ($1, $2, $3)", name, about, at)

    async def _book(self, chat_id: int, client_id: int, at: datetime) -> None:
        """Made then, by one of the two ways, or merely held; its visit lies within days, and something became of it."""
        bay_id = self.random.choice(self.bays)
        starts_at = max(at + timedelta(hours=self.random.randint(1, 90)), self.taken.get(bay_id, at))
        self.taken[bay_id] = starts_at + timedelta(hours=1)
        became = self.random.choice(["confirmed", "arrived", "done", "no_show", "cancelled", "expired", "requested"])
        self.number += 1
        is_real = became != "expired"
        booking_id = await value(
            self.tx,
            "insert into bookings (chat_id, client_id, number, status, during, bay_id, created_at)"
            " values ($1, $2, $3, $4, case when $4 <> 'requested' then tstzrange($5::timestamptz, $5::timestamptz + interval '1 hour') end,"
            "  case when $4 <> 'requested' then $6::bigint end, $7) returning id",
            chat_id if self.random.random() < 0.8 else None,
            client_id,
            self.number if is_real else None,
            became,
            starts_at,
            bay_id,
            at,
        )
        actor = self.random.choice(["client", "member", "system"])
        told = {
            "expired": ["held", "expired"],
            "requested": ["requested"],
            "confirmed": self.random.choice([["held", "confirmed"], ["requested", "confirmed", "moved"], ["confirmed"]]),
            "done": ["confirmed", "arrived", "in_work", "done"],
        }.get(became, ["held", "confirmed", became])
        for revision, event in enumerate(told, start=1):
            await execute(
                self.tx,
                "insert into booking_events (booking_id, event, actor, member_id, message_id, revision, status, created_at)"
                " values ($1, $2, $3, case when $3 = 'member' then $4::bigint end,"
                "  case when $3 = 'client' then (select max(id) from messages) end, $5, $2, $6)",
                booking_id,
                event,
                actor,
                self.member_id,
                revision,
                at + timedelta(minutes=revision - 1),
            )

    def _some_time(self) -> datetime:
        return NOW - timedelta(days=self.random.choice([0, 1, 5, 20, 40]), minutes=self.random.randint(1, 2000))


async def open_shop(tx: Tx, seed: int) -> History:
    random = Random(seed)
    zone = random.choice(ZONES)
    account_id = await value(
        tx, "insert into accounts (slug, name, data_key, time_zone) values ($1, 'Прошлое', 'x', $2) returning id", f"past-{seed}", zone
    )
    await execute(tx, "select set_config('app.account_id', $1, true)", str(account_id))
    member_id = await value(tx, "insert into memberships (name, role) values ('Мастер', 'admin') returning id")
    bot_id = await value(
        tx,
        "insert into bots (telegram_id, username, token, webhook_key, webhook_secret_hash)"
        " values ($1, 'past_bot', 'sealed', $2, sha256('x')) returning id",
        800_000 + seed,
        f"past-webhook-key-of-shop-{seed}",
    )
    await execute(tx, "insert into opening_hours (weekday, opens, closes) select d, $1, $2 from generate_series(1, 6) d", time(9), time(20))
    await execute(tx, "insert into special_hours (on_day, opens, closes) values ('2026-11-20', $1, $2)", time(22), time(0))
    await execute(tx, "insert into holidays (closed_on) values ('2026-11-19')")
    bays = [await value(tx, "insert into bays (name) values ($1) returning id", name) for name in ("1", "2", "3")]
    return History(tx, AccountId(account_id), ZoneInfo(zone), random, bot_id, member_id, bays)


def some_period(history: History) -> Period:
    """Whole days of the shop, of any length, around what has happened."""
    today = NOW.astimezone(history.zone).date()
    last = today - timedelta(days=history.random.choice([0, 0, 1, 10, 30]))
    return Period(last - timedelta(days=history.random.choice([0, 1, 6, 29, 60])), last, history.zone)
