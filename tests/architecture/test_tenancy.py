"""The catalogue against the allow-list: row-level security, policies, grants, and account_id in every key."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from tests.architecture.allow_list import (
    ACROSS,
    APP_COLUMNS,
    APP_TABLES,
    ERASED,
    ERASED_COLUMNS,
    PRUNED,
    SHARED_TABLES,
    UNIQUE_BY_THEMSELVES,
)
from valera.kit.db import Database

OWN = "(account_id = ( SELECT (current_setting('app.account_id'::text))::bigint AS current_setting))"
ROLES = ("valera_app", "valera_ingest", "valera_queue", "valera_identity", "valera_platform")


@pytest.fixture
async def catalogue(db: Database) -> asyncpg.Connection:
    return await db.connect(role="valera_owner")


async def rows(catalogue: asyncpg.Connection, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(record) for record in await catalogue.fetch(sql)]


async def test_every_table_has_row_level_security_forced(catalogue: asyncpg.Connection) -> None:
    bare = await rows(
        catalogue,
        "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
        " and relname <> 'alembic_version' and not (relrowsecurity and relforcerowsecurity)",
    )

    assert bare == []


async def test_shop_tables_carry_the_account_and_no_other_table_is_open_to_the_app(catalogue: asyncpg.Connection) -> None:
    without = await rows(
        catalogue,
        "select relname from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'alembic_version'"
        " and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'account_id' and a.attnotnull)",
    )

    assert {name for (name,) in without} == SHARED_TABLES | {"accounts"}
    assert not SHARED_TABLES & APP_TABLES.keys()


async def test_the_apps_policies_are_exactly_the_proven_text(catalogue: asyncpg.Connection) -> None:
    policies = await rows(
        catalogue, "select tablename, cmd, qual, with_check from pg_policies where roles = '{valera_app}' order by tablename"
    )

    assert {table for table, *_ in policies} == APP_TABLES.keys()
    for table, command, using, check in policies:
        own = OWN.replace("account_id =", "id =") if table == "accounts" else OWN
        assert (command, using, check) == ("ALL", own, own), table


async def test_policies_across_shops_are_those_of_the_allow_list(catalogue: asyncpg.Connection) -> None:
    policies = await rows(
        catalogue,
        "select roles[1], tablename, lower(cmd) from pg_policies"
        " where schemaname = 'public' and roles not in ('{valera_app}', '{valera_owner}', '{valera_platform}')",
    )
    owners = await rows(
        catalogue, "select tablename, qual, with_check from pg_policies where schemaname = 'public' and roles = '{valera_owner}'"
    )

    assert set(policies) == set(ACROSS) | {("valera_queue", table, "delete") for table in PRUNED}
    assert len(owners) == len(APP_TABLES) + len(SHARED_TABLES)
    assert {(using, check) for _, using, check in owners} == {("true", "true")}


async def test_the_operator_is_bound_to_one_shop_at_a_time(catalogue: asyncpg.Connection) -> None:
    policies = await rows(catalogue, "select tablename, cmd, qual, with_check from pg_policies where roles = '{valera_platform}'")

    assert {table for table, *_ in policies} == ERASED.keys()
    for table, command, using, check in policies:
        assert (command, using, check) == (("ALL", "true", None) if table in SHARED_TABLES else ("ALL", OWN, OWN)), table


async def test_grants_are_those_of_the_allow_list(catalogue: asyncpg.Connection) -> None:
    on_tables = await rows(
        catalogue,
        "select grantee, table_name, lower(privilege_type) from information_schema.role_table_grants"
        " where table_schema = 'public' and grantee <> 'valera_owner' and table_name <> 'alembic_version'",
    )
    on_columns = await rows(
        catalogue,
        "select g.grantee, g.table_name, lower(g.privilege_type), g.column_name from information_schema.role_column_grants g"
        " where g.table_schema = 'public' and g.grantee <> 'valera_owner' and g.table_name <> 'alembic_version'"
        "   and not exists (select from information_schema.role_table_grants t where (t.grantee, t.table_name, t.privilege_type)"
        "                   = (g.grantee, g.table_name, g.privilege_type))",
    )

    expected_on_tables = {("valera_app", table, verb) for table, verbs in APP_TABLES.items() for verb in verbs}
    expected_on_tables |= {("valera_platform", table, verb) for table, verbs in ERASED.items() for verb in verbs}
    assert set(on_tables) == expected_on_tables | {("valera_queue", table, "delete") for table in PRUNED}
    expected = {(role, table, verb, column) for (role, table, verb), columns in ACROSS.items() for column in columns}
    expected |= {("valera_app", table, verb, column) for (table, verb), columns in APP_COLUMNS.items() for column in columns}
    expected |= {("valera_platform", table, verb, column) for (table, verb), columns in ERASED_COLUMNS.items() for column in columns}
    assert set(on_columns) == expected


async def test_only_old_rows_can_be_pruned(catalogue: asyncpg.Connection) -> None:
    policies = await rows(catalogue, "select tablename, qual from pg_policies where schemaname = 'public' and cmd = 'DELETE'")

    assert dict(policies) == PRUNED


async def test_keys_between_shop_tables_lead_with_the_account(catalogue: asyncpg.Connection) -> None:
    keys = await rows(
        catalogue,
        "select k.conname, array(select attname::text from unnest(k.conkey) with ordinality n(num, at)"
        "         join pg_attribute on attrelid = k.conrelid and attnum = n.num order by at)"
        "  from pg_constraint k where k.contype = 'f' and k.connamespace = 'public'::regnamespace"
        "   and k.confrelid::regclass::text not in ('accounts', 'telegram_users')",
    )
    unique = await rows(
        catalogue,
        "select c.relname, a.attname from pg_index i join pg_class c on c.oid = i.indexrelid"
        "  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]"
        " where i.indisunique and c.relnamespace = 'public'::regnamespace and i.indrelid::regclass::text <> 'alembic_version'",
    )

    assert len(keys) > 30
    assert {name for name, columns in keys if columns[0] != "account_id"} == {"accounts_id_owner_id_fkey"}  # its id is the account
    assert {name for name, first in unique if first != "account_id"} == UNIQUE_BY_THEMSELVES


async def test_no_view_no_definer_function_and_no_powerful_role(catalogue: asyncpg.Connection) -> None:
    assert await rows(catalogue, "select relname from pg_class where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace") == []
    assert await rows(catalogue, "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace") == []
    powerful = await rows(
        catalogue,
        "select rolname from pg_roles where rolname like 'valera%' and (rolsuper or rolbypassrls or rolcreaterole or rolreplication"
        " or (rolcanlogin and rolname <> 'valera_login'))",
    )
    assert powerful == []


@pytest.mark.parametrize("role", ROLES)
async def test_nobody_but_the_owner_changes_the_schema(db: Database, role: str) -> None:
    connection = await db.connect(role=role)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("create table planted (id int)")

    await connection.close()
