"""What a schedule begins from and comes back to: one database per group, its rows put back before each schedule, a gated
database for each actor, and a Telegram that writes down what it is sent.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg

from tests.cast import Shop, plant_world
from tests.conftest import Cluster
from tests.reception.stage import Script, Stage
from tests.reliability.interleavings.actor import Actor
from tests.reliability.interleavings.border import Schema
from tests.reliability.interleavings.gated import GatedDatabase, Sent, Wire
from tests.reliability.interleavings.play import Play
from valera.kit.clock import FixedClock
from valera.kit.db import Database
from valera.kit.secrets import Place, Secret, Vault
from valera.migrations.migrate import LOGIN
from valera.reception.update_writer import UpdateWriter
from valera.telegram.update import User

Parts = dict[str, Callable[[GatedDatabase], Awaitable[object]]]

TOKEN = Secret("700000001:AAE-planted-token-of-the-garage-000001")

PARENTS = """
    select t.relname as name, coalesce(array_agg(p.relname) filter (where p.relname is not null), '{}') as parents
      from pg_class t left join pg_constraint c on c.conrelid = t.oid and c.contype = 'f' left join pg_class p on p.oid = c.confrelid
     where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace and t.relname <> 'alembic_version' group by t.relname"""

COLUMNS = """
    select string_agg(quote_ident(column_name), ', ' order by ordinal_position) from information_schema.columns
     where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'"""


@dataclass(slots=True)
class Scene:
    """``prompter`` is a superuser: it puts rows back, and looks at locks while actors stand still. ``telegram`` reads for the wire."""

    url: str
    shop: Shop
    schema: Schema
    prompter: asyncpg.Connection
    telegram: asyncpg.Connection
    house: Database
    stage: Stage
    vault: Vault
    sent: list[Sent] = field(default_factory=list[Sent])
    taken_over_at: dict[int, int] = field(default_factory=dict[int, int])
    by_statement: bool = False
    sent_before: set[int] = field(default_factory=set[int])
    known: set[User] = field(default_factory=set[User])
    play: Play | None = None
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _writers: dict[GatedDatabase, UpdateWriter] = field(default_factory=dict["GatedDatabase", UpdateWriter])
    _databases: dict[str, GatedDatabase] = field(default_factory=dict[str, GatedDatabase])
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1000))

    # ---- before each schedule -------------------------------------------------------------------

    async def set(self, set_up: Callable[[Scene], Awaitable[Parts]]) -> Parts:
        """The cast as it was planted, and what ``set_up`` adds; the parts that it gives out."""
        await self._put_back("planted")
        self.known.clear()
        self.stage.clock.at = datetime.now(UTC)
        parts = await set_up(self)
        self.sent_before = {row["id"] for row in await self.prompter.fetch("select id from deliveries where state = 'sent'")}
        return parts

    async def begin(self, parts: Parts, *, again: bool = True) -> Play:
        """Actors at their first borders. ``again``: from the rows that were kept."""
        self.sent.clear()
        self.taken_over_at.clear()
        if again:
            await self._put_back("kept")
        actors: list[Actor] = []
        for name, part in parts.items():
            db = await self.database(name)
            actors.append(Actor(name, lambda part=part, db=db: part(db)))
            db.actor = actors[-1]
        self.play = Play.of(actors, self.prompter)
        await self.play.begin()
        return self.play

    async def database(self, name: str) -> GatedDatabase:
        """Of one actor, the same in every schedule."""
        if name not in self._databases:
            self._databases[name] = GatedDatabase(self.url, self.schema, by_statement=self.by_statement)
            await self._databases[name].open()
        return self._databases[name]

    async def writer(self, db: GatedDatabase) -> UpdateWriter:
        """As long-lived as a web process's."""
        if db not in self._writers:
            self._writers[db] = UpdateWriter(db)
            await self._writers[db].open()
        return self._writers[db]

    async def close(self) -> None:
        for writer in self._writers.values():
            await writer.close()
        for db in self._databases.values():
            await db.close()

    async def keep(self, name: str = "kept") -> None:
        """The rows as they are now are where each schedule begins."""
        await self.prompter.execute(f"drop schema if exists {name} cascade; create schema {name}")
        out, back = "", ""
        for table in self.schema.parents:
            columns = await self.prompter.fetchval(COLUMNS, table)
            await self.prompter.execute(f"create table {name}.{table} as select {columns} from public.{table}")
            out += f"delete from {table};"
            back += f"insert into {table} ({columns}) overriding system value select {columns} from {name}.{table};"
        await self.prompter.execute(f"create function {name}.put_back() returns void language plpgsql as $$ begin {out} {back} end $$")

    async def _put_back(self, name: str) -> None:
        await self.prompter.execute(f"select {name}.put_back()")

    # ---- Telegram -------------------------------------------------------------------------------

    def wire(self, db: GatedDatabase) -> Wire:
        return Wire(db, lambda: self.play.now if self.play is not None else 0, self._write_down)

    async def _write_down(self, wire: Wire, message: dict[str, Any], since: int) -> int:
        """Telegram has it now. Who spoke in the chat at this moment is looked up at this moment."""
        async with self._asking:
            chat = await self.telegram.fetchrow(
                "select id, status from chats where telegram_chat_id = $1 and bot_id = $2", message["chat_id"], self.shop.bot_id
            )
        assert chat is not None
        by = wire.db.actor.name if wire.db.actor is not None else "house"
        self.sent.append(Sent(by, chat["id"], message["text"], chat["status"] == "human", since))
        return next(self._numbers)

    def note_takeover(self, chat_id: int) -> None:
        """Its commit is the step that is being made."""
        if self.play is not None:
            self.taken_over_at[chat_id] = self.play.now


@asynccontextmanager
async def open_scene(cluster: Cluster) -> AsyncIterator[Scene]:
    """A database of its own with the cast in it and nothing waiting."""
    name = await cluster.create()
    # An actor may stand still in a transaction for longer than a process should, and a deadlock need not be waited for.
    await cluster.administer(f"alter role {LOGIN} in database {name} set idle_in_transaction_session_timeout = 0")
    await cluster.administer(f"alter database {name} set deadlock_timeout = '200ms'")
    prompter, telegram = [await asyncpg.connect(cluster.server.admin_url(name)) for _ in range(2)]
    await prompter.execute("set session_replication_role = replica")  # rows are put back in any order
    house = Database(cluster.url(name), min_size=1, max_size=4)
    await house.open()
    owner = await house.connect(role="valera_owner")
    scene: Scene | None = None
    try:
        scene = await _set(cluster.url(name), (prompter, telegram), house, owner)
        await scene.keep("planted")
        yield scene
    finally:
        if scene is not None:
            await scene.close()
        await owner.close()
        await house.close()
        await prompter.close()
        await telegram.close()
        await cluster.drop(name)


async def _set(
    url: str, administrators: tuple[asyncpg.Connection, asyncpg.Connection], house: Database, owner: asyncpg.Connection
) -> Scene:
    prompter, telegram = administrators
    connection = await asyncpg.connect(url)
    world = await plant_world(connection)
    await connection.close()
    await owner.execute("update mailboxes set due_at = null")
    await owner.execute("update deliveries set state = 'sent'")
    await owner.execute("delete from telegram_update_conflicts")
    schema = Schema({row["name"]: frozenset(row["parents"]) for row in await prompter.fetch(PARENTS)})
    stage = Stage(house, world.garage, owner, Script(), FixedClock(datetime.now(UTC)))
    return Scene(url, world.garage, schema, prompter, telegram, house, stage, await _seal_token(owner, world.garage))


async def _seal_token(owner: asyncpg.Connection, shop: Shop) -> Vault:
    vault = Vault(Secret(base64.b64encode(bytes(32)).decode()))
    telegram_id = await owner.fetchval("select telegram_id from bots where id = $1", shop.bot_id)
    wrapped = vault.new_data_key("garage")
    sealed = vault.seal(wrapped, "garage", Place("bots.token", shop.account_id, str(telegram_id)), TOKEN)
    await owner.execute("update accounts set data_key = $2 where id = $1", shop.account_id, wrapped)
    await owner.execute("update bots set token = $2 where id = $1", shop.bot_id, sealed)
    return vault
