"""Bootstrap and upgrade: from nothing, twice, at once, and by a login that is not allowed to."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.conftest import TEMPLATE, Cluster
from valera.kit.db import Database, DatabaseUnavailable
from valera.kit.errors import Invalid
from valera.migrations import migrate
from valera.migrations.checks import SuperuserRefused, refuse_superuser


@pytest.fixture
async def empty(cluster: Cluster) -> AsyncIterator[str]:
    """A database that is bootstrapped and not migrated."""
    name = await cluster.create(template="template0")
    yield cluster.url(name)
    await cluster.drop(name)


async def rows(url: str, sql: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url, server_settings={"role": "valera_owner"})
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


async def test_empty_database_is_brought_to_the_newest_schema_by_its_owner(empty: str) -> None:
    await asyncio.to_thread(migrate.upgrade, empty)
    owners = await rows(empty, "select distinct tableowner from pg_tables where schemaname = 'public'")
    assert [row["tableowner"] for row in owners] == ["valera_owner"]
    assert len(await rows(empty, "select * from alembic_version")) == 1


async def test_upgrade_twice_changes_nothing(empty: str) -> None:
    await asyncio.to_thread(migrate.upgrade, empty)
    before = await rows(empty, "select oid, relname from pg_class order by oid")
    await asyncio.to_thread(migrate.upgrade, empty)
    assert await rows(empty, "select oid, relname from pg_class order by oid") == before


async def test_upgrades_at_once_wait_for_each_other(empty: str) -> None:
    command = (sys.executable, "-c", "import sys; from valera.migrations.migrate import upgrade; upgrade(sys.argv[1])", empty)
    processes = [await asyncio.create_subprocess_exec(*command) for _ in range(3)]
    assert [await process.wait() for process in processes] == [0, 0, 0]
    assert len(await rows(empty, "select * from alembic_version")) == 1


async def test_broken_migration_leaves_nothing_behind(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await rows(empty, "create table vehicles (id int)")  # in the way of the first migration, after some of its tables
    with pytest.raises(migrate.MigrationFailed, match="vehicles"):
        await asyncio.to_thread(migrate.upgrade, empty)
    assert [row["tablename"] for row in await rows(empty, "select tablename from pg_tables where schemaname = 'public'")] == ["vehicles"]


async def test_application_cannot_read_the_version_table(database_url: str) -> None:
    connection = await asyncpg.connect(database_url, server_settings={"role": "valera_app"})
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select * from alembic_version")
    finally:
        await connection.close()


async def test_bootstrap_may_be_repeated_and_changes_the_password(cluster: Cluster) -> None:
    administrator = cluster.server.admin_url()
    await migrate.bootstrap(administrator, password="it's new", database="bootstrapped")
    connection = await asyncpg.connect(cluster.url("bootstrapped"), password="it's new")
    await connection.close()
    await migrate.bootstrap(administrator, password=cluster.server.place.password(migrate.LOGIN), database="bootstrapped")
    connection = await asyncpg.connect(cluster.url("bootstrapped"))
    await connection.close()
    await cluster.drop("bootstrapped")


async def test_administrator_needs_no_superuser_to_bootstrap(cluster: Cluster) -> None:
    """On a managed server: roles that somebody else made are granted again without harm."""
    await cluster.administer("create role managed login createrole createdb password 'p'")
    await cluster.administer(
        "grant valera_owner, valera_app, valera_ingest, valera_queue, valera_identity, valera_platform, valera_login "
        "to managed with admin option"
    )
    try:
        url = cluster.server.admin_url().replace(f"postgres:{cluster.server.place.password('postgres')}@", "managed:p@")
        await migrate.bootstrap(url, password=cluster.server.place.password(migrate.LOGIN), database="managed_database")
        await asyncio.to_thread(migrate.upgrade, cluster.url("managed_database"))
    finally:
        await cluster.drop("managed_database")
        await cluster.administer("revoke valera_owner from managed cascade; drop owned by managed cascade; drop role managed")


async def test_bootstrap_for_a_person_ends_with_the_address_to_set(cluster: Cluster) -> None:
    try:
        said = await migrate.bootstrap_login(cluster.server.admin_url())
        url = said.partition("DATABASE_URL=")[2]
        assert await migrate.is_current(url)
        await refuse_superuser(Database(url))
    finally:
        await cluster.drop(migrate.DATABASE)
        await migrate.bootstrap(cluster.server.admin_url(), password=cluster.server.place.password(migrate.LOGIN), database=TEMPLATE)


async def test_bootstrap_by_a_login_without_rights_is_explained(cluster: Cluster) -> None:
    with pytest.raises(migrate.BootstrapRefused, match="--print"):
        await migrate.bootstrap(cluster.url("postgres"), password="x", database="never")


async def test_upgrade_by_a_login_that_cannot_become_owner_is_explained(cluster: Cluster, empty: str) -> None:
    await cluster.administer("create role stranger login password 'p'")
    try:
        url = empty.replace(f"{migrate.LOGIN}:{cluster.server.place.password(migrate.LOGIN)}@", "stranger:p@")
        with pytest.raises(migrate.SchemaNotPrepared, match="valera migrate --bootstrap"):
            await asyncio.to_thread(migrate.upgrade, url)
    finally:
        await cluster.administer("drop role stranger")


async def test_server_that_does_not_answer_is_explained() -> None:
    with pytest.raises(DatabaseUnavailable, match="DATABASE_URL"):
        await asyncio.to_thread(migrate.upgrade, "postgresql://valera_login@127.0.0.1:1/valera")


@pytest.mark.parametrize("name", ["Valera", "a b", "", 'x"; drop role y; --'])
def test_name_of_the_database_is_plain(name: str) -> None:
    with pytest.raises(Invalid, match="cannot be the name"):
        migrate.bootstrap_script(name)


def test_printed_script_holds_every_statement_and_no_password() -> None:
    script = migrate.bootstrap_script()
    assert migrate.roles_sql() in script
    assert "create database valera owner valera_owner" in script
    assert r"\password valera_login" in script


async def test_superuser_is_refused(cluster: Cluster) -> None:
    with pytest.raises(SuperuserRefused, match="postgres"):
        await refuse_superuser(Database(cluster.server.admin_url()))


async def test_login_of_bootstrap_is_served(cluster: Cluster, database_url: str) -> None:
    await refuse_superuser(Database(database_url))


async def test_login_that_can_become_superuser_is_refused(cluster: Cluster, database_url: str) -> None:
    await cluster.administer("create role strong nologin bypassrls; grant strong to valera_login with set true, inherit false")
    try:
        with pytest.raises(SuperuserRefused, match="strong"):
            await refuse_superuser(Database(database_url))
    finally:
        await cluster.administer("drop role strong")
