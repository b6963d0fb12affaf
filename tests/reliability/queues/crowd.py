"""Many shops with many chats, put down by SQL: what waits, what is finished, and how much of it a claim has to look at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, LiteralString

import asyncpg

from tests.architecture.statements import find_statements
from valera.kit.db import AccountId
from valera.kit.portions import EVERYTHING, Portions

LEASE = timedelta(seconds=10)
WORKER = 1


@dataclass(frozen=True, slots=True)
class Crowd:
    """``shops`` in the order in which they were opened; ``owner`` may do anything."""

    owner: asyncpg.Connection
    shops: tuple[AccountId, ...]

    async def message(self, shop: AccountId, *, chats: int, since: timedelta = timedelta(0)) -> None:
        """So many chats of a shop have something to take in, to answer and to be sent, due since then."""
        values = (shop, chats, since)
        await self.owner.execute(
            "update mailboxes m set due_at = now() - $3::interval from ("
            "   select peer_id from mailboxes where account_id = $1 and due_at is null order by peer_id limit $2) free"
            " where m.account_id = $1 and m.peer_id = free.peer_id",
            *values,
        )
        await self.owner.execute(
            "insert into turns (account_id, chat_id, due_at) select $1, c.id, now() - $3::interval from chats c where c.account_id = $1"
            "  and not exists (select from turns t where (t.account_id, t.chat_id) = ($1, c.id) and t.state in ('waiting', 'running'))"
            " order by c.id limit $2",
            *values,
        )
        await self.owner.execute(
            "insert into deliveries (account_id, chat_id, bot_id, telegram_chat_id, text, turn_id, due_at)"
            " select $1, c.id, c.bot_id, c.telegram_chat_id, 'x', "
            "       (select min(id) from turns t where t.account_id = $1), now() - $3::interval"
            "  from chats c where c.account_id = $1"
            "   and not exists (select from deliveries d where (d.account_id, d.chat_id) = ($1, c.id) and d.state in ('ready', 'sending'))"
            " order by c.id limit $2",
            *values,
        )

    async def finish(self, times: int) -> None:
        """Every chat has had so many conversations: finished updates, turns, steps and deliveries."""
        await self.owner.execute(
            "insert into turns (account_id, chat_id, state, attempts, due_at, finished_at, created_at)"
            " select account_id, id, 'done', 1, now() - interval '1 day', now(), now() - interval '1 day'"
            "   from chats, generate_series(1, $1)",
            times,
        )
        await self.owner.execute(
            "insert into deliveries (account_id, chat_id, bot_id, telegram_chat_id, text, turn_id, state, due_at, sent_at)"
            " select t.account_id, t.chat_id, c.bot_id, c.telegram_chat_id, 'Бампер: 20 000 ₽', t.id, 'sent', t.due_at, now()"
            "   from turns t join chats c on (c.account_id, c.id) = (t.account_id, t.chat_id) where t.state = 'done'"
        )
        await self.owner.execute("vacuum analyze mailboxes, turns, deliveries")


async def plant_crowd(owner: asyncpg.Connection, *, shops: int, chats: int) -> Crowd:
    """``chats`` in each shop."""
    accounts = await owner.fetch(
        "insert into accounts (slug, name, data_key) select 'crowd-' || n, 'Shop', 'wrapped' from generate_series(1, $1) n returning id",
        shops,
    )
    ids = sorted(AccountId(record["id"]) for record in accounts)
    await owner.execute(
        "insert into bots (account_id, telegram_id, username, token, webhook_key, webhook_secret_hash)"
        " select id, 5000000 + id, 'crowd_bot', 'sealed', 'crowd-webhook-key-' || lpad(id::text, 8, '0'), sha256('x')"
        "   from accounts where id = any ($1)",
        ids,
    )
    await owner.execute(
        "insert into chats (account_id, bot_id, telegram_chat_id) select b.account_id, b.id, n from bots b, generate_series(1, $2) n"
        " where b.account_id = any ($1)",
        ids,
        chats,
    )
    await owner.execute(
        "insert into mailboxes (account_id, bot_id, peer_id, marks) select account_id, bot_id, telegram_chat_id, 1 from chats"
        " where account_id = any ($1)",
        ids,
    )
    await owner.execute("vacuum analyze")
    return Crowd(owner, tuple(ids))


@dataclass(frozen=True, slots=True)
class Claim:
    """One of the three claim statements of the product, to be run or explained."""

    function: LiteralString

    @property
    def sql(self) -> str:
        [statement] = [found for found in find_statements() if found.function == self.function]
        return statement.sql

    def values(self, limit: int, portions: Portions) -> Sequence[Any]:
        shares = (portions.accounts, portions.counts, portions.most, portions.lately)
        return (limit, LEASE, *shares, WORKER) if self.function == "claim_mailboxes" else (WORKER, limit, LEASE, *shares)

    async def take(self, queue: asyncpg.Connection, limit: int, portions: Portions = EVERYTHING) -> list[AccountId]:
        """The shops of what was claimed, in no order."""
        return [record["account_id"] for record in await queue.fetch(self.sql, *self.values(limit, portions))]

    async def looks(self, queue: asyncpg.Connection, limit: int, portions: Portions = EVERYTHING) -> int:
        """How many pages a claim looks at, and at how many rows that an index still names; it is rolled back."""
        transaction = queue.transaction()
        await transaction.start()
        [explained] = await queue.fetch(f"explain (analyze, buffers, timing off, format json) {self.sql}", *self.values(limit, portions))
        await transaction.rollback()
        plan = json.loads(explained[0])[0]["Plan"]
        return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] + _heap_fetches(plan)


def _heap_fetches(plan: dict[str, Any]) -> int:
    return plan.get("Heap Fetches", 0) + sum(map(_heap_fetches, plan.get("Plans", [])))


CLAIMS = (Claim("claim_mailboxes"), Claim("claim_turns"), Claim("claim_deliveries"))
