"""A backup comes back as it was, and nothing else is ever overwritten."""

from __future__ import annotations

import tarfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from tests.cast import World
from tests.conftest import Cluster
from valera.backoffice import backup as module
from valera.backoffice.backup import BackupFailed, BackupUnreadable, DatabaseNotEmpty, RestoreFailed, backup, restore
from valera.kit.db import AccountTx, Database, DatabaseUnavailable, account_scope, execute, value
from valera.kit.postgres.binaries import Binaries


@pytest.fixture
def binaries(cluster: Cluster) -> Binaries:
    return cluster.server.binaries


@pytest.fixture
async def empty(cluster: Cluster) -> AsyncIterator[str]:
    name = await cluster.create(template="template0")
    yield cluster.url(name)
    await cluster.drop(name)


async def test_backup_comes_back_row_by_row_with_its_policies(
    database_url: str, world: World, empty: str, binaries: Binaries, tmp_path: Path
) -> None:
    file = tmp_path / "all.backup"

    written = await backup(database_url, file, binaries=binaries)
    read = await restore(empty, file, binaries=binaries)

    assert written == read
    assert written.tables["bookings"].rows == 2
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["all.backup"]
    restored = Database(empty, min_size=1, max_size=2)
    await restored.open()
    try:
        with account_scope(world.garage.account_id):
            async with restored.account_tx() as tx:
                assert await value(tx, "select array_agg(id) from bookings") == [world.garage.booking_id]
                await next_bay_has_a_new_id(tx, world.garage.bays)
    finally:
        await restored.close()


async def next_bay_has_a_new_id(tx: AccountTx, bays: tuple[int, ...]) -> None:
    await execute(tx, "insert into bays (name) values ('Новый')")
    assert await value(tx, "select max(id) from bays") > max(bays)


async def test_migrated_database_without_rows_takes_a_backup(
    database_url: str, world: World, cluster: Cluster, binaries: Binaries, tmp_path: Path
) -> None:
    name = await cluster.create()
    try:
        await backup(database_url, tmp_path / "b", binaries=binaries)
        assert (await restore(cluster.url(name), tmp_path / "b", binaries=binaries)).rows > 50
    finally:
        await cluster.drop(name)


async def test_restore_over_rows_is_refused_and_changes_nothing(
    database_url: str, world: World, binaries: Binaries, tmp_path: Path
) -> None:
    before = await backup(database_url, tmp_path / "b", binaries=binaries)
    with pytest.raises(DatabaseNotEmpty, match="VALERA_HOME"):
        await restore(database_url, tmp_path / "b", binaries=binaries)
    after = await backup(database_url, tmp_path / "b", binaries=binaries)
    assert after.tables == before.tables


@pytest.mark.parametrize("content", [b"", b"PNG\r\n", b"\0" * 20480])
async def test_file_that_is_no_backup_is_refused(empty: str, binaries: Binaries, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b").write_bytes(content)
    with pytest.raises(BackupUnreadable, match="not touched"):
        await restore(empty, tmp_path / "b", binaries=binaries)


async def test_cut_backup_is_refused_and_the_database_stays_empty(
    database_url: str, world: World, empty: str, binaries: Binaries, tmp_path: Path
) -> None:
    await backup(database_url, tmp_path / "b", binaries=binaries)
    whole = (tmp_path / "b").read_bytes()
    (tmp_path / "b").write_bytes(whole[: len(whole) // 2])
    with pytest.raises((BackupUnreadable, RestoreFailed)):
        await restore(empty, tmp_path / "b", binaries=binaries)
    connection = await asyncpg.connect(empty)
    try:
        assert await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
    finally:
        await connection.close()


async def test_backup_of_a_newer_valera_is_refused(
    database_url: str, empty: str, binaries: Binaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await backup(database_url, tmp_path / "b", binaries=binaries)
    monkeypatch.setattr(module.migrate, "newest", lambda: "0000")
    with pytest.raises(BackupUnreadable, match="newer Valera"):
        await restore(empty, tmp_path / "b", binaries=binaries)


async def test_row_that_changed_on_the_way_is_noticed(
    database_url: str, world: World, empty: str, binaries: Binaries, tmp_path: Path
) -> None:
    await backup(database_url, tmp_path / "b", binaries=binaries)
    with tarfile.open(tmp_path / "b") as packed:
        packed.extractall(tmp_path / "x", filter="data")
    manifest = tmp_path / "x" / module.MANIFEST
    wrong = module.msgspec.json.decode(manifest.read_bytes())
    wrong["tables"]["facts"]["digest"] = "1"
    manifest.write_bytes(module.msgspec.json.encode(wrong))
    with tarfile.open(tmp_path / "b", "w") as packed:
        for name in (module.MANIFEST, module.DUMP):
            packed.add(tmp_path / "x" / name, name)
    with pytest.raises(RestoreFailed, match="differs from the file in facts"):
        await restore(empty, tmp_path / "b", binaries=binaries)


async def test_failed_backup_keeps_the_old_file(database_url: str, binaries: Binaries, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("yesterday's")
    with pytest.raises(BackupFailed, match="Nothing was changed"):
        await backup(database_url, tmp_path / "b", binaries=replace(binaries, folder=make_failing(tmp_path / "bin")))
    assert (tmp_path / "b").read_text() == "yesterday's"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "bin"]


def make_failing(folder: Path) -> Path:
    folder.mkdir()
    (folder / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump: error: No space left on device' >&2\nexit 1\n")
    (folder / "pg_dump").chmod(0o755)
    return folder


async def test_folder_that_is_missing_is_explained(database_url: str, binaries: Binaries, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="cannot be written"):
        await backup(database_url, tmp_path / "missing" / "b", binaries=binaries)


async def test_database_without_tables_has_nothing_to_back_up(empty: str, binaries: Binaries, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="nothing to back up"):
        await backup(empty, tmp_path / "b", binaries=binaries)


async def test_server_that_does_not_answer_is_explained(binaries: Binaries, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="DATABASE_URL"):
        await backup("postgresql://valera_login@127.0.0.1:1/valera", tmp_path / "b", binaries=binaries)
