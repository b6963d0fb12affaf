"""The database, its roles and its clock; the workers that live on it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from valera.backoffice.doctor.check import Check, broken, doubtful, well
from valera.backoffice.status import look_around
from valera.kit.db import DatabaseUnavailable
from valera.kit.errors import ValeraError
from valera.migrations import migrate
from valera.migrations.checks import refuse_old_schema, refuse_superuser

if TYPE_CHECKING:
    from valera.kit.db import Database

OLDEST = 16
CLOCK_SECONDS = 5.0
ROLES = ("valera_owner", "valera_app", "valera_ingest", "valera_queue", "valera_identity")


async def look_at_database(db: Database) -> list[Check]:
    """Without a database nothing else about it can be said."""
    try:
        connection = await db.connect()
    except DatabaseUnavailable as error:
        return [broken("database", f"{error.detail} Check DATABASE_URL and whether PostgreSQL runs.")]
    major = connection.get_server_version().major
    try:
        server = await connection.fetchrow("select current_setting('server_version') as version, clock_timestamp() as now")
        assert server is not None
        away = (server["now"] - datetime.now(UTC)).total_seconds()
        missing = await connection.fetch(
            "select r from unnest($1::text[]) r where not exists (select from pg_roles where rolname = r)"
            " or not pg_has_role(session_user, (select oid from pg_roles where rolname = r), 'member')",
            list(ROLES),
        )
    finally:
        await connection.close()
    return [
        await _schema(db, major, server["version"]),
        await _roles(db, [row["r"] for row in missing]),
        _clock(away),
    ]


async def look_at_workers(db: Database) -> Check:
    status = await look_around(db)
    if status.workers == 0:
        return broken("workers", "None is alive: clients get no answers. Start `valera worker` (or `valera up`).")
    if status.parked:
        return doubtful("workers", f"{status.workers} alive, and {status.parked} jobs failed each time: their log says why (job_parked).")
    if not status.is_well:
        return doubtful("workers", f"{status.workers} alive, and something has waited for more than a minute: `valera status` says what.")
    return well("workers", f"{status.workers} alive, nothing is late")


async def _schema(db: Database, major: int, version: str) -> Check:
    if major < OLDEST:
        return broken("database", f"PostgreSQL {version} is too old: Valera needs {OLDEST} or newer.")
    try:
        await refuse_old_schema(db)
    except ValeraError as error:
        return broken("database", error.detail)
    return well("database", f"PostgreSQL {version}, schema {migrate.newest()}")


async def _roles(db: Database, missing: list[str]) -> Check:
    try:
        await refuse_superuser(db)
    except ValeraError as error:
        return broken("roles", error.detail)
    if missing:
        return broken("roles", f"The login may not act as {', '.join(missing)}: run `valera migrate --bootstrap` as an administrator.")
    return well("roles", f"row-level security binds the login; it may act as all {len(ROLES)} roles")


def _clock(away: float) -> Check:
    if abs(away) > CLOCK_SECONDS:
        return doubtful(
            "clock", f"The database's clock is {away:+.0f} s from this machine's: set both by NTP, or bookings expire early or late."
        )
    return well("clock", f"{abs(away):.1f} s from the database's")
