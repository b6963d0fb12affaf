"""What the database says of one shop: whether all is done, what has come of it; and time, which passes for leases only."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import LiteralString, cast

import asyncpg

from tests.cast import Shop, plant_shop
from valera.backoffice.verify import verify
from valera.kit.db import Database, Tx
from valera.kit.secrets import Place, Secret, Vault

MASTER_KEY = base64.b64encode(bytes(32)).decode()

SETTLED: LiteralString = """
    select not exists (select from telegram_updates where account_id = $1 and done_at is null)
       and not exists (select from mailboxes where account_id = $1 and (due_at is not null or leased_until is not null))
       and not exists (select from turns where account_id = $1 and state in ('waiting', 'running'))
       and not exists (select from deliveries where account_id = $1 and state in ('ready', 'sending'))
       and not exists (select from button_presses where account_id = $1 and acknowledged_at is null)
       and (select count(*) from telegram_updates where account_id = $1) > $2"""

LEASES_OF_THE_LIVING: tuple[LiteralString, ...] = (
    "update turns set leased_until = leased_until - $2::interval where account_id = $1 and state = 'running' and worker is not null",
    "update deliveries set leased_until = leased_until - $2::interval where account_id = $1 and state = 'sending'",
)
EVERYBODY_WAITS: tuple[LiteralString, ...] = (
    "update mailboxes set leased_until = leased_until - $2::interval where account_id = $1 and leased_until is not null",
    "update mailboxes set due_at = due_at - $2::interval where account_id = $1 and due_at > now()",
    "update turns set due_at = due_at - $2::interval where account_id = $1 and state = 'waiting'",
    "update turns set leased_until = leased_until - $2::interval where account_id = $1 and state = 'running' and worker is null",
    "update deliveries set due_at = due_at - $2::interval where account_id = $1 and state = 'ready'",
)
STEP = timedelta(seconds=6)
WAKE: LiteralString = "select pg_notify(channel, '') from unnest(array['mailbox', 'turn', 'delivery', 'press']) channel"

EFFECTS: Mapping[str, LiteralString] = {
    "updates": "select u.kind from telegram_updates u where u.account_id = $1 and u.done_at is not null order by u.seq",
    "messages": "select m.role || ' ' || m.content from messages m where m.account_id = $1 order by m.id",
    "turns": "select t.trigger || ' ' || t.state || ' ' || t.round from turns t where t.account_id = $1 order by t.id",
    "steps": "select concat_ws(' ', s.kind, s.content->>'tool', s.content->>'outcome') from turn_steps s where s.account_id = $1"
    " order by s.turn_id, s.step_no",
    "deliveries": "select d.state || ' ' || d.text from deliveries d where d.account_id = $1 order by d.id",
    "offers": "select o.starts_at::text from slot_offers o where o.account_id = $1 order by 1",
    "proposals": "select p.kind || ' ' || p.state from proposals p where p.account_id = $1 order by p.id",
    "bookings": "select concat_ws(' ', b.number, b.status, b.during) from bookings b where b.account_id = $1 order by b.id",
    "booking_events": "select e.event || ' ' || e.actor from booking_events e where e.account_id = $1 order by e.id",
    "clients": "select c.name from clients c where c.account_id = $1 order by c.id",
    "numbers": "select a.event_type from analytics_events a where a.account_id = $1 order by 1",
    "parked": "select q.reason from quarantined_updates q where q.account_id = $1 order by 1",
}

Effects = Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Ledger:
    db: Database
    pool: asyncpg.Pool
    shops: int = 0

    async def open_shop(self) -> Shop:
        """One more, with nothing to do and a bot whose token opens."""
        self.shops += 1
        vault = Vault(Secret(MASTER_KEY))
        async with self.pool.acquire() as connection, connection.transaction():
            shop = await plant_shop(Tx(cast("asyncpg.Connection", connection)), f"garage-{self.shops}", number=self.shops)
            bot = await connection.fetchrow(
                "select a.slug, b.telegram_id from bots b join accounts a on a.id = b.account_id where b.id = $1", shop.bot_id
            )
            assert bot is not None
            key = vault.new_data_key(bot["slug"])
            place = Place("bots.token", shop.account_id, str(bot["telegram_id"]))
            token = vault.seal(key, bot["slug"], place, Secret(f"{bot['telegram_id']}:token"))
            await connection.execute("update accounts set data_key = $2, name = 'Гараж' where id = $1", shop.account_id, key)
            await connection.execute("update bots set token = $2 where id = $1", shop.bot_id, token)
            for table in ("slot_offers", "proposals", "holidays"):  # their dates pass, and what is long over is pruned in between
                await connection.execute(f"delete from {table} where account_id = $1", shop.account_id)
            for table in ("mailboxes set due_at = null", "turns set state = 'done'", "deliveries set state = 'sent'"):
                await connection.execute(f"update {table} where account_id = $1", shop.account_id)
        return shop

    async def is_settled(self, shop: Shop, *, acts: int) -> bool:
        """All that was taken in so far is dealt with; ``acts``: how many updates of the client have come before."""
        return bool(await self.pool.fetchval(SETTLED, shop.account_id, 1 + acts))

    async def pass_time(self, shop: Shop, *, of_the_living: bool) -> None:
        """Nobody is at work, so whatever waits, waits for time to pass: it is a little later now for pauses and leases. Those of turns and
        deliveries only where their worker lives on: a dead one's are Valera's to find.
        """
        for statement in (*(LEASES_OF_THE_LIVING if of_the_living else ()), *EVERYBODY_WAITS):
            await self.pool.execute(statement, shop.account_id, STEP)
        await self.pool.execute(WAKE)

    async def count_marked(self, shop: Shop) -> int:
        """Deliveries of this conversation that are known to be sent."""
        return await self.pool.fetchval(
            "select count(*) from deliveries where account_id = $1 and state = 'sent' and id <> $2", shop.account_id, shop.delivery_id
        )

    async def effects(self, shop: Shop) -> Effects:
        return {name: tuple([row[0] for row in await self.pool.fetch(sql, shop.account_id)]) for name, sql in EFFECTS.items()}

    async def close_shop(self, shop: Shop) -> None:
        """What is stuck shall not trouble the next."""
        for table in (
            "mailboxes set due_at = null, leased_until = null",
            "telegram_updates set done_at = now()",
            "turns set state = 'withdrawn'",
            "deliveries set state = 'withdrawn'",
        ):
            await self.pool.execute(f"update {table} where account_id = $1", shop.account_id)

    async def breaches(self) -> dict[int, list[str]]:
        """Shop → the invariants that do not hold there, as `valera verify` sees them."""
        found: dict[int, list[str]] = {}
        for finding in await verify(self.db):
            for breach in finding.breaches:
                found.setdefault(breach.account_id, []).append(finding.invariant)
        return found


@asynccontextmanager
async def ledger(database_url: str) -> AsyncIterator[Ledger]:
    db = Database(database_url, min_size=0, max_size=1)
    settings = {"application_name": "ledger", "role": "valera_owner"}
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2, server_settings=settings) as pool:
        await db.open()
        try:
            yield Ledger(db, pool)
        finally:
            await db.close()
