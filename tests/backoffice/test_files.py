"""`valera files`: the folder against the rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cast import World
from valera.backoffice.files import compare, tidy
from valera.kit.db import Database
from valera.kit.storage import FolderStorage


async def three_bytes() -> AsyncIterator[bytes]:
    yield b"jpg"


@pytest.fixture
async def storage(world: World, tmp_path: Path) -> FolderStorage:
    """As the cast has it."""
    storage = FolderStorage(tmp_path)
    for shop in (world.garage, world.rival):
        await storage.put(f"{shop.account_id}/0123456789abcdef", three_bytes())
    return storage


async def test_what_fits_is_well(db: Database, storage: FolderStorage) -> None:
    found = await compare(db, storage)

    assert found.is_well
    assert found.tell() == ["2 files stored, 0 waiting to be fetched or given up"]


async def test_missing_altered_and_unknown_files_are_named(db: Database, world: World, storage: FolderStorage) -> None:
    await storage.delete(f"{world.garage.account_id}/0123456789abcdef")
    (storage.root / f"{world.rival.account_id}/0123456789abcdef").write_bytes(b"longer")
    await storage.put(f"{world.rival.account_id}/of-nobody-at-all", three_bytes())

    found = await compare(db, storage)

    assert [row.account_id for row in found.missing] == [world.garage.account_id]
    assert [row.account_id for row in found.altered] == [world.rival.account_id]
    assert len(found.tell()) == 4
    assert await tidy(storage, found.unknown) == 1
    assert (await compare(db, storage)).unknown == ()
