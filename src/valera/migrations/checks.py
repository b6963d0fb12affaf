"""What a start must find true of the database before anything is served."""

from __future__ import annotations

from valera.kit.db import Database
from valera.kit.errors import Forbidden, Unavailable
from valera.migrations import migrate


class SuperuserRefused(Forbidden):
    """Row-level security does not bind superusers: with such a login no shop would be hidden from another."""


class SchemaBehind(Unavailable):
    """The tables are those of an older Valera, or of a restore that was interrupted."""


async def refuse_old_schema(db: Database) -> None:
    """Raises SchemaBehind: this program's statements do not fit these tables."""
    if await migrate.is_behind(db.url):
        raise SchemaBehind(
            f"The database is not at schema {migrate.newest()} yet: run `valera migrate`. If a restore was interrupted, restore once more, "
            "into another database."
        )


async def refuse_superuser(db: Database) -> None:
    """Raises SuperuserRefused if the login is, or can become, a role that row-level security does not bind."""
    connection = await db.connect()
    try:
        unbound = await connection.fetchval(
            """select string_agg(rolname, ', ' order by rolname) from pg_roles
                where (rolsuper or rolbypassrls) and (rolname = session_user or pg_has_role(session_user, oid, 'member'))"""
        )
    finally:
        await connection.close()
    if unbound is not None:
        raise SuperuserRefused(
            f"The login of DATABASE_URL can act as {unbound}, which row-level security does not bind: no shop would be safe from another. "
            "Use the login valera_login that `valera migrate --bootstrap` makes."
        )
