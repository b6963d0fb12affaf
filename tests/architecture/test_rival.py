"""The rival shop against the garage's rows, in every table: it sees, changes, gives away and references nothing."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.architecture.allow_list import APP_TABLES, SHARED_TABLES
from tests.cast import World
from valera.kit.db import Database, account_scope

TABLES = sorted(APP_TABLES)


def key_of(table: str) -> str:
    return "id" if table == "accounts" else "account_id"


@contextlib.asynccontextmanager
async def as_rival(db: Database, world: World) -> AsyncIterator[asyncpg.Connection]:
    with account_scope(world.rival.account_id):
        async with db.account_tx() as tx:
            yield tx.connection


async def attempt(connection: asyncpg.Connection, sql: str) -> list[asyncpg.Record]:
    """No rows, or refused by a right or a policy; anything else is a hole."""
    await connection.execute("savepoint attempt")
    try:
        return await connection.fetch(sql)
    except asyncpg.InsufficientPrivilegeError:
        await connection.execute("rollback to savepoint attempt")
        return []
    except (asyncpg.GeneratedAlwaysError, asyncpg.SyntaxOrAccessError):
        await connection.execute("rollback to savepoint attempt")
        return []


@pytest.mark.parametrize("table", TABLES)
async def test_rival_sees_changes_and_plants_nothing(db: Database, world: World, table: str) -> None:
    key, theirs = key_of(table), world.garage.account_id
    owner = await db.connect(role="valera_owner")
    before = await owner.fetch(f"select * from {table} where {key} = {theirs}")
    columns = await owner.fetch(
        "select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and attidentity = '' and attgenerated = ''"
        " and not attisdropped",
        table,
    )
    others = ", ".join(record["attname"] for record in columns if record["attname"] != key)
    assert before, f"the cast has no row in {table}"

    async with as_rival(db, world) as connection:
        assert await attempt(connection, f"select 1 from {table} where {key} = {theirs}") == []
        assert await attempt(connection, f"delete from {table} where {key} = {theirs} returning 1") == []
        for record in columns:
            column = record["attname"]
            assert await attempt(connection, f"update {table} set {column} = {column} where {key} = {theirs} returning 1") == []
        assert await attempt(connection, f"update {table} set {key} = {theirs} returning 1") == []
        assert (
            await attempt(connection, f"insert into {table} ({key}, {others}) select {theirs}, {others} from {table} limit 1 returning 1")
            == []
        )

    assert await owner.fetch(f"select * from {table} where {key} = {theirs}") == before
    await owner.close()


@pytest.mark.parametrize("table", sorted(SHARED_TABLES))
async def test_tables_of_nobody_are_closed_to_a_shop(db: Database, world: World, table: str) -> None:
    async with as_rival(db, world) as connection:
        for sql in (f"select * from {table}", f"delete from {table}", f"insert into {table} default values"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with _savepoint(connection):
                    await connection.execute(sql)


async def test_rival_references_nothing(db: Database, world: World) -> None:
    """As the owner, whom no policy stops: the keys themselves refuse."""
    owner = await db.connect(role="valera_owner")
    keys = await owner.fetch(
        "select k.conrelid::regclass::text as child, k.confrelid::regclass::text as parent,"
        "  (select attname from pg_attribute where attrelid = k.conrelid and attnum = k.conkey[2]) as column,"
        "  (select attname from pg_attribute where attrelid = k.confrelid and attnum = k.confkey[2]) as target"
        "  from pg_constraint k where k.contype = 'f' and k.connamespace = 'public'::regnamespace"
        "   and k.confrelid::regclass::text not in ('accounts', 'telegram_users') and array_length(k.conkey, 1) = 2"
    )
    tried = 0
    for key in keys:
        theirs = await owner.fetchval(
            f"select max({key['target']}) from {key['parent']} where {key_of(key['parent'])} = $1", world.garage.account_id
        )
        mine = await owner.fetchval(
            f"select count(*) from {key['child']} where {key_of(key['child'])} = $1 and {key['column']} is not null", world.rival.account_id
        )
        if not mine:
            continue
        tried += 1
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await owner.execute(
                f"update {key['child']} set {key['column']} = $1 where {key_of(key['child'])} = $2 and {key['column']} is not null",
                theirs,
                world.rival.account_id,
            )
    await owner.close()

    assert tried > 20


async def test_without_an_account_nothing_is_seen(db: Database, world: World) -> None:
    connection = await db.connect(role="valera_app")
    for table in TABLES:
        with pytest.raises(asyncpg.PostgresError):
            await connection.fetch(f"select * from {table}")
    await connection.close()


@contextlib.asynccontextmanager
async def _savepoint(connection: asyncpg.Connection) -> AsyncIterator[None]:
    await connection.execute("savepoint attempt")
    try:
        yield
    except asyncpg.PostgresError:
        await connection.execute("rollback to savepoint attempt")
        raise
