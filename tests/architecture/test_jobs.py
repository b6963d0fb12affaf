"""The schema of the jobs: who may do what there, and that a job holds nothing but its shop and numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from tests.cast import World
from valera.kit.db import Database, account_scope, execute

DEFINERS = {"put", "enqueue", "booking_changed", "dialogue_begun"}
"""Functions that act as the schema's owner. `put` is called by the others alone."""

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
async def catalogue(db: Database) -> asyncpg.Connection:
    return await db.connect(role="valera_owner")


async def rows(catalogue: asyncpg.Connection, sql: str) -> set[tuple[Any, ...]]:
    return {tuple(record) for record in await catalogue.fetch(sql)}


async def test_grants_are_these(catalogue: asyncpg.Connection) -> None:
    on_tables = await rows(
        catalogue,
        "select grantee, table_name, lower(privilege_type) from information_schema.role_table_grants"
        " where table_schema = 'jobs' and grantee <> 'valera_owner'",
    )
    on_columns = await rows(
        catalogue,
        "select distinct grantee, table_name from information_schema.role_column_grants"
        " where table_schema = 'jobs' and grantee <> 'valera_owner'",
    )

    assert on_tables == {
        *(("valera_queue", "pgqueuer", verb) for verb in ("select", "update", "delete")),
        *(("valera_queue", "pgqueuer_log", verb) for verb in ("select", "insert", "delete")),
        ("valera_queue", "pgqueuer_statistics", "select"),
    }
    assert on_columns == {(grantee, table) for grantee, table, _ in on_tables}


async def test_every_table_has_row_level_security_forced(catalogue: asyncpg.Connection) -> None:
    bare = (
        "select relname from pg_class where relkind = 'r' and relnamespace = 'jobs'::regnamespace"
        " and not (relrowsecurity and relforcerowsecurity)"
    )

    assert await rows(catalogue, bare) == set()


async def test_young_entries_of_the_log_stay(catalogue: asyncpg.Connection) -> None:
    policies = "select qual from pg_policies where schemaname = 'jobs' and tablename = 'pgqueuer_log' and cmd = 'DELETE'"

    assert await rows(catalogue, policies) == {("(created < (now() - '30 days'::interval))",)}


async def test_functions_that_act_as_the_owner_have_a_fixed_path_and_few_may_call_them(catalogue: asyncpg.Connection) -> None:
    definers = await catalogue.fetch("select proname, proconfig from pg_proc where prosecdef and pronamespace = 'jobs'::regnamespace")
    callable_by = await rows(
        catalogue,
        "select distinct g.grantee, g.routine_name from information_schema.role_routine_grants g"
        " where g.routine_schema = 'jobs' and g.grantee <> 'valera_owner'",
    )

    assert {record["proname"] for record in definers} == DEFINERS
    assert {tuple(record["proconfig"]) for record in definers} == {("search_path=pg_catalog, pg_temp",)}
    assert callable_by == {("valera_app", "enqueue")}


async def test_a_shop_puts_down_its_own_jobs_and_sees_none(db: Database, world: World, catalogue: asyncpg.Connection) -> None:
    with account_scope(world.rival.account_id):
        async with db.account_tx() as tx:
            forged = {"account": world.garage.account_id, "booking": 1}
            await execute(tx, "select jobs.enqueue('remind', $1, 'mine', $2)", NOW, forged)
            for forbidden in ("select from jobs.pgqueuer", "select jobs.put(1, 'remind', now(), 'x', '{}')"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with tx.savepoint():
                        await tx.connection.execute(forbidden)

    planted = await catalogue.fetchrow(
        "select dedupe_key, convert_from(payload, 'UTF8')::jsonb ->> 'account' as account from jobs.pgqueuer where entrypoint = 'remind'"
    )
    assert dict(planted or {}) == {"dedupe_key": f"{world.rival.account_id}:remind:mine", "account": str(world.rival.account_id)}


@pytest.mark.parametrize("payload", [{"name": "Анна"}, {"phone": "+79160000001"}, {"deep": {"id": 1}}, {"ids": [1, 2]}, {"sum": 1.5}])
async def test_a_job_holds_no_words(db: Database, world: World, payload: dict[str, object]) -> None:
    with account_scope(world.garage.account_id), pytest.raises(asyncpg.CheckViolationError):
        async with db.account_tx() as tx:
            await execute(tx, "select jobs.enqueue('remind', $1, 'x', $2)", NOW, payload)


async def test_every_change_of_a_booking_makes_a_job_of_its_shop(db: Database, world: World, catalogue: asyncpg.Connection) -> None:
    made = await rows(catalogue, "select dedupe_key from jobs.pgqueuer where entrypoint = 'booking_changed'")

    assert {key.partition(":")[0] for (key,) in made} == {str(world.garage.account_id), str(world.rival.account_id)}
