"""Prepares a cluster (`bootstrap`) and brings a database to the newest schema (`upgrade`)."""

from __future__ import annotations

import asyncio
import re
import secrets
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from valera.kit.db import UNREACHABLE, DatabaseUnavailable
from valera.kit.errors import Invalid, ValeraError

if TYPE_CHECKING:
    from sqlalchemy import Connection

LOGIN = "valera_login"
DATABASE = "valera"

REFUSED = (asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError)  # no such database, wrong name or password

# The login's own time-outs guard the application; a migration may wait for another one and may work long.
PATIENT = {
    "application_name": "valera migrate",
    "role": "valera_owner",
    "lock_timeout": "10min",
    "idle_in_transaction_session_timeout": "0",
}


class BootstrapRefused(Invalid):
    """The cluster does not allow this login to make roles or databases."""


class SchemaNotPrepared(Invalid):
    """The roles of `bootstrap` are not there."""


class MigrationFailed(ValeraError):
    """A statement of a migration was refused; the transaction around all of them was rolled back."""


def newest() -> str:
    """The last migration's number: their files are numbered and the numbers are their names for Alembic."""
    files = resources.files("valera.migrations.versions").iterdir()
    return max(file.name[:4] for file in files if re.fullmatch(r"\d{4}_\w+\.py", file.name))


async def is_current(url: str) -> bool:
    """Asked at every start, and answered in milliseconds: Alembic alone takes half a second to import."""
    return await _version(url) == newest()


async def is_behind(url: str) -> bool:
    """Whether the tables are older than this program. Tables of a newer one are no obstacle while processes are replaced one by one."""
    version = await _version(url)
    return version is None or version < newest()


async def _version(url: str) -> str | None:
    try:
        connection = await asyncpg.connect(url, server_settings=PATIENT, timeout=10)
        try:
            return await connection.fetchval("select version_num from alembic_version")
        finally:
            await connection.close()
    except asyncpg.UndefinedTableError:
        return None
    except (*UNREACHABLE, asyncpg.PostgresError) as error:
        raise _explain(error) from None


def upgrade(url: str) -> None:
    """Runs what is pending, in one transaction, as valera_owner. A second one at the same time waits and finds nothing to do.

    Blocks, needs a thread without a running event loop, and one call at a time in a process (Alembic keeps its context in a global).
    """
    asyncio.run(_upgrade(url))


async def _upgrade(url: str) -> None:
    from sqlalchemy import make_url, pool  # only a start that has something to migrate pays for these imports
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        poolclass=pool.NullPool,
        connect_args={"server_settings": PATIENT, "timeout": 10},
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run_alembic)
    except DBAPIError as error:
        raise _explain(error.orig.__cause__ if error.orig is not None else None) from None
    except (*UNREACHABLE, asyncpg.PostgresError) as error:
        raise _explain(error) from None
    finally:
        await engine.dispose()


def _explain(cause: BaseException | None) -> DatabaseUnavailable | SchemaNotPrepared | MigrationFailed:
    """What the driver raised; SQLAlchemy wraps it, but not while it connects."""
    if isinstance(cause, (asyncpg.InvalidParameterValueError, asyncpg.InsufficientPrivilegeError)):
        return SchemaNotPrepared(
            f"The login of DATABASE_URL cannot become valera_owner ({cause}). Let an administrator run `valera migrate --bootstrap` first, "
            "or what `valera migrate --bootstrap --print` prints."
        )
    if isinstance(cause, asyncpg.PostgresError) and not isinstance(cause, (*UNREACHABLE, *REFUSED)):
        return MigrationFailed(f"The migration failed and changed nothing ({type(cause).__name__}: {cause}).")
    return DatabaseUnavailable(
        f"The database of DATABASE_URL does not answer ({type(cause).__name__}: {cause}). Check the address and that PostgreSQL runs."
    )


def _run_alembic(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "valera:migrations")
    command.upgrade(config, "head")


async def bootstrap(admin_url: str, *, password: str, database: str = DATABASE) -> None:
    """Roles and an empty database, as an administrator (CREATEROLE and CREATEDB are enough). May be repeated; sets the password."""
    try:
        connection = await asyncpg.connect(admin_url, timeout=10)
    except (*UNREACHABLE, asyncpg.PostgresError) as error:
        raise DatabaseUnavailable(f"The cluster does not answer its administrator ({type(error).__name__}: {error}).") from None
    try:
        await connection.execute(roles_sql())
        await connection.execute(await connection.fetchval(f"select format('alter role {LOGIN} password %L', $1::text)", password))
        if not await connection.fetchval("select exists (select from pg_database where datname = $1)", database):
            await connection.execute(_create_database(database))
    except asyncpg.InsufficientPrivilegeError as error:
        raise BootstrapRefused(
            f"This login may not prepare the cluster ({error}). Let an administrator run what `valera migrate --bootstrap --print` prints."
        ) from None
    finally:
        await connection.close()


async def bootstrap_login(admin_url: str) -> str:
    """`bootstrap` and `upgrade` with a password made for it. Returns what to tell the administrator: the address for DATABASE_URL."""
    password = secrets.token_urlsafe(24)
    await bootstrap(admin_url, password=password)
    address = urlsplit(admin_url)
    url = urlunsplit(address._replace(netloc=f"{LOGIN}:{password}@{address.netloc.rpartition('@')[2]}", path=f"/{DATABASE}"))
    await asyncio.to_thread(upgrade, url)
    return f"The database is ready. Set DATABASE_URL={url}"


def bootstrap_script(database: str = DATABASE) -> str:
    """What `bootstrap` runs, for an administrator to read and run with psql."""
    return f"{roles_sql()}\n-- Choose the password; it goes into DATABASE_URL.\n\\password {LOGIN}\n\n{_create_database(database)};\n"


def roles_sql() -> str:
    return resources.files("valera.migrations").joinpath("roles.sql").read_text("utf-8")


def _create_database(name: str) -> str:
    if re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name) is None:
        message = f"{name!r} cannot be the name of the database: small letters, digits and underscores only."
        raise Invalid(message)
    return f"create database {name} owner valera_owner encoding 'UTF8' template template0"
