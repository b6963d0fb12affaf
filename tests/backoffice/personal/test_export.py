"""What is kept about a client is handed out whole, and nobody else's."""

from __future__ import annotations

import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.backoffice.personal.markers import NAME, PHONE, PLATE, TELEGRAM_ID, VIN, WORDS, plant_person
from tests.cast import World
from valera.backoffice.personal.export import ExportExists, export
from valera.backoffice.personal.person import PersonNotFound
from valera.kit.db import Database, account_scope
from valera.kit.storage import FolderStorage

SIGNS = {NAME, PHONE, PLATE, VIN, WORDS}


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "files")


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await db.connect(role="valera_owner")
    yield connection
    await connection.close()


async def photo() -> AsyncIterator[bytes]:
    yield b"\xff\xd8 a photo"


async def test_all_of_one_client_and_their_files(
    db: Database, world: World, owner: asyncpg.Connection, storage: FolderStorage, tmp_path: Path
) -> None:
    shop = world.garage
    key = f"{shop.account_id}/0123456789abcdefexport"
    await storage.put(key, photo())
    client_id = await plant_person(owner, shop, storage_key=key)
    target = tmp_path / "client.zip"

    with account_scope(shop.account_id):
        exported = await export(db, storage, client_id, target)
    with zipfile.ZipFile(target) as archive:
        told = json.loads(archive.read("client.json"))
        files = {name: archive.read(name) for name in archive.namelist() if name.startswith("files/")}

    assert target.stat().st_mode & 0o777 == 0o600
    assert exported.files == len(files) == 2
    assert exported.missing == 0
    assert set(files.values()) == {b"\xff\xd8 a photo"}
    assert all(name.endswith("-photo.jpg") for name in files)
    assert {sign for sign in SIGNS if sign in json.dumps(told, ensure_ascii=False)} == SIGNS
    assert exported.counts["messages"] == len(told["tables"]["messages"]) == 4
    assert [row["name"] for row in told["tables"]["clients"]] == [NAME, NAME]
    assert [row["telegram_id"] for row in told["tables"]["telegram_users"]] == [TELEGRAM_ID]
    assert "Анна" not in json.dumps(told, ensure_ascii=False)


async def test_a_lost_file_is_counted_and_an_older_archive_stays(
    db: Database, world: World, owner: asyncpg.Connection, storage: FolderStorage, tmp_path: Path
) -> None:
    client_id = await plant_person(owner, world.garage, storage_key=f"{world.garage.account_id}/0123456789abcdefgone")
    target = tmp_path / "client.zip"

    with account_scope(world.garage.account_id):
        exported = await export(db, storage, client_id, target)
        before = target.read_bytes()
        with pytest.raises(ExportExists):
            await export(db, storage, client_id, target)

    assert (exported.files, exported.missing) == (0, 2)
    assert target.read_bytes() == before


async def test_a_rivals_client_is_not_handed_out(db: Database, world: World, storage: FolderStorage, tmp_path: Path) -> None:
    with account_scope(world.garage.account_id), pytest.raises(PersonNotFound):
        await export(db, storage, world.rival.client_id, tmp_path / "client.zip")
    assert not (tmp_path / "client.zip").exists()
