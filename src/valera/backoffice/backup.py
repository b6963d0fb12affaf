"""Everything in the database, in one file and back: a tar of PostgreSQL's own dump and a manifest that the copy is compared with.

Both directions go through the application's login as valera_owner: its policies show it every row, and no superuser is needed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg
import msgspec

from valera.backoffice import outbox, outbox_queries, queries
from valera.kit.db import UNREACHABLE, DatabaseUnavailable, Tx
from valera.kit.errors import Conflict, Invalid, ValeraError
from valera.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from valera.kit.postgres.binaries import Binaries

DUMP, MANIFEST = "valera.dump", "manifest.json"
OWNER = "valera_owner"

# One way of writing values, so that a sum over rows as text means the same on both sides.
SESSION = {"role": OWNER, "timezone": "UTC", "datestyle": "ISO", "extra_float_digits": "1", "idle_in_transaction_session_timeout": "0"}


class BackupFailed(ValeraError):
    """No file was written."""


class BackupUnreadable(Invalid):
    """The file is no backup of Valera, is damaged, or comes from a newer Valera."""


class DatabaseNotEmpty(Conflict):
    """A restore never mixes with rows that are there already."""


class RestoreFailed(ValeraError):
    """The database was left as it was, or differs from the file (the sentence says which)."""


class Table(msgspec.Struct, frozen=True):
    """``digest`` does not depend on the order of the rows."""

    rows: int
    digest: str


class Manifest(msgspec.Struct, frozen=True):
    """``counters`` are the last values of the identity columns, at the least: no snapshot holds them, a dump under load has later ones."""

    made_at: datetime
    schema: str
    server: str
    tables: dict[str, Table]
    counters: dict[str, int | None]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


async def backup(url: str, file: Path, *, binaries: Binaries) -> Manifest:
    """All or nothing, readable by us alone. ``url`` is the application's login. Raises BackupFailed, DatabaseUnavailable."""
    async with _owner(url) as tx, tx.connection.transaction(isolation="repeatable_read", readonly=True):
        snapshot = await queries.export_snapshot(tx)
        manifest = await _read_manifest(tx)
        try:
            with tempfile.TemporaryDirectory(prefix=f".{file.name}-", dir=file.parent) as folder:
                dump = Path(folder) / DUMP
                options = ("--format=custom", "--enable-row-security", f"--role={OWNER}", f"--snapshot={snapshot}", f"--file={dump}")
                await _run(binaries, "pg_dump", url, *options, error=BackupFailed)
                await asyncio.to_thread(_pack, dump, manifest, file)
        except OSError as error:
            raise BackupFailed(f"{file} cannot be written: {error.strerror}. Nothing was changed.") from None
    return manifest


async def restore(url: str, file: Path, *, binaries: Binaries) -> Manifest:
    """Into a database that is bootstrapped and has no rows yet; then brought to the newest schema, and every shop held: see `outbox`.

    Interrupted, it leaves a database that nothing starts on, or one that sends nothing. Raises BackupUnreadable, DatabaseNotEmpty,
    RestoreFailed, DatabaseUnavailable.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="valera-restore-") as folder:
            manifest = await asyncio.to_thread(_unpack, file, Path(folder))
            await _make_room(url)
            await _load(url, Path(folder), binaries)
    except OSError as error:
        raise RestoreFailed(f"{file} cannot be unpacked: {error.strerror}. The database was not touched.") from None
    async with _owner(url) as tx, tx.connection.transaction():
        await outbox_queries.insert_schema_version(tx, manifest.schema)
        _compare(manifest, await _read_manifest(tx))
        await outbox_queries.pause_bots(tx)
    await asyncio.to_thread(migrate.upgrade, url)
    async with _owner(url) as tx, tx.connection.transaction():
        await outbox.hold(tx, backed_up_at=manifest.made_at)
    return manifest


async def _load(url: str, folder: Path, binaries: Binaries) -> None:
    """All but the version of the schema: without it no process of Valera takes the database for one of its own."""
    entries = await _run(binaries, "pg_restore", None, "--list", str(folder / DUMP), error=RestoreFailed)
    kept = [line for line in entries.splitlines() if " TABLE DATA public alembic_version " not in line]
    (folder / "entries").write_text("\n".join(kept), "utf-8")
    options = ("--enable-row-security", f"--role={OWNER}", "--no-owner", "--exit-on-error", "--single-transaction")
    await _run(binaries, "pg_restore", url, *options, f"--use-list={folder / 'entries'}", str(folder / DUMP), error=RestoreFailed)


@contextlib.asynccontextmanager
async def _owner(url: str) -> AsyncIterator[Tx]:
    try:
        connection = await asyncpg.connect(url, server_settings=SESSION, timeout=10)
    except (*UNREACHABLE, asyncpg.PostgresError) as error:
        raise DatabaseUnavailable(
            f"The database does not answer ({type(error).__name__}: {error}). Check DATABASE_URL and that it runs."
        ) from None
    try:
        yield Tx(connection)
    finally:
        await connection.close()


# ---- what is in the database --------------------------------------------------------------------


async def _read_manifest(tx: Tx) -> Manifest:
    names = await queries.table_names(tx)
    if "alembic_version" not in names:
        raise BackupFailed("This database has no tables of Valera: there is nothing to back up. Check DATABASE_URL.")
    return Manifest(
        made_at=datetime.now(UTC),
        schema=await queries.schema_version(tx),
        server=await queries.server_version(tx),
        tables={name: await _read_table(tx, name) for name in names},
        counters={counter.name: counter.last_value for counter in await queries.list_counters(tx)},
    )


async def _read_table(tx: Tx, name: str) -> Table:
    [(rows, digest)] = await tx.connection.fetch(
        f"select count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0) from {_quoted(name)} t"  # noqa: S608
    )
    return Table(rows, str(digest))


async def _make_room(url: str) -> None:
    """A database that was migrated and never used gives way; one with rows does not."""
    async with _owner(url) as tx, tx.connection.transaction():
        names = await queries.table_names(tx)
        filled = [name for name in names if name != "alembic_version" and (await _read_table(tx, name)).rows]
        if filled:
            raise DatabaseNotEmpty(
                f"The database already holds rows in {len(filled)} tables ({filled[0]} is one). Restore into an empty one: another "
                "DATABASE_URL, or another VALERA_HOME."
            )
        await tx.connection.execute(f"drop owned by {OWNER} cascade")  # tables, functions, extensions; the database itself stays


def _quoted(name: str) -> str:
    """A table's name cannot be bound as a value is. It comes from the catalogue."""
    return '"' + name.replace('"', '""') + '"'


def _compare(wanted: Manifest, found: Manifest) -> None:
    differing = sorted(name for name in wanted.tables.keys() | found.tables.keys() if wanted.tables.get(name) != found.tables.get(name))
    differing += sorted(name for name, value in wanted.counters.items() if (found.counters.get(name) or 0) < (value or 0))
    if differing:
        raise RestoreFailed(
            f"The restored database differs from the file in {', '.join(differing)}. Do not use it; keep the file and report this."
        )


# ---- the file -----------------------------------------------------------------------------------


def _pack(dump: Path, manifest: Manifest, file: Path) -> None:
    described, unfinished = dump.with_name(MANIFEST), dump.with_name("packed")
    described.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w") as packed:
            for path in (described, dump):
                packed.add(path, path.name)
        raw.flush()
        os.fsync(raw.fileno())
    unfinished.replace(file)


def _unpack(file: Path, folder: Path) -> Manifest:
    try:
        with tarfile.open(file) as packed:
            for name in (MANIFEST, DUMP):
                member = packed.extractfile(name)
                with contextlib.closing(member or BytesIO()) as source, (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (tarfile.TarError, KeyError, EOFError, msgspec.MsgspecError):
        raise BackupUnreadable(f"{file} is no backup made by `valera backup`, or it is damaged. The database was not touched.") from None
    if manifest.schema > migrate.newest():
        raise BackupUnreadable(
            f"{file} was made by a newer Valera (schema {manifest.schema}, this one knows {migrate.newest()}). Update first. "
            "The database was not touched."
        )
    return manifest


# ---- PostgreSQL's own programs ------------------------------------------------------------------


async def _run(binaries: Binaries, program: str, url: str | None, *options: str, error: type[ValeraError]) -> str:
    """Returns what it wrote. The password goes by the environment: the command line is for everybody to read."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    command = [binaries.program(program), *options]
    if url is not None:
        address = urlsplit(url)
        place = address.netloc.replace(f":{address.password}@", "@") if address.password else address.netloc
        environment["PGPASSWORD"] = unquote(address.password or "")
        command[1:1] = [f"--dbname={urlunsplit(address._replace(netloc=place))}", "--no-password"]
    ran = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        said = " / ".join(ran.stderr.strip().splitlines()[-3:])
        raise error(
            f"{program} (PostgreSQL {binaries.version}) failed: {said}. Nothing was changed. If the server is newer, or asks for TLS, "
            "set VALERA_PG_BIN to programs of its version."
        )
    return ran.stdout
