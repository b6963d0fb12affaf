"""Files are there whole or not at all, under keys that lead nowhere else."""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from valera.kit.db import AccountId
from valera.kit.storage import FileNotStored, FolderStorage, StorageUnavailable, new_key

KEY = "7/0123456789abcdef"


async def chunks(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "files")


async def test_what_is_put_is_read_and_gone_when_deleted(storage: FolderStorage) -> None:
    assert await storage.put(KEY, chunks(b"ab", b"", b"c")) == 3
    assert await storage.read(KEY) == b"abc"

    await storage.put(KEY, chunks(b"other"))
    assert await storage.read(KEY) == b"other"
    assert storage.sizes() == {KEY: 5}

    await storage.delete(KEY)
    await storage.delete(KEY)
    with pytest.raises(FileNotStored):
        await storage.read(KEY)


async def test_only_its_owner_reads_it(storage: FolderStorage) -> None:
    await storage.put(KEY, chunks(b"x"))

    assert stat.S_IMODE((storage.root / KEY).stat().st_mode) == 0o600
    assert stat.S_IMODE((storage.root / "7").stat().st_mode) == 0o700


async def test_a_file_that_breaks_off_leaves_nothing(storage: FolderStorage) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    await storage.put(KEY, chunks(b"whole"))
    with pytest.raises(ConnectionResetError):
        await storage.put(KEY, broken())

    assert await storage.read(KEY) == b"whole"
    assert list((storage.root / ".incoming").iterdir()) == []


async def test_what_a_dead_process_left_is_invisible_and_swept_away_later(storage: FolderStorage) -> None:
    await storage.put(KEY, chunks(b"x"))
    left = storage.root / ".incoming" / "left"
    left.write_bytes(b"half")

    assert storage.sizes() == {KEY: 1}
    assert storage.sweep() == 0
    os.utime(left, (0, 0))
    assert storage.sweep() == 1


@pytest.mark.parametrize(
    "key", ["", "../x", "7/../../etc/passwd", "/etc/passwd", "7/short", "7/0123456789abcde/", "a/0123456789abcdef", "7/0123456789abcdef\n"]
)
async def test_no_other_key_leads_anywhere(storage: FolderStorage, key: str) -> None:
    with pytest.raises(FileNotStored):
        await storage.put(key, chunks(b"x"))
    with pytest.raises(FileNotStored):
        await storage.read(key)
    with pytest.raises(FileNotStored):
        await storage.delete(key)
    assert storage.sizes() == {}


async def test_a_disk_that_refuses_has_a_name_for_it(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")

    with pytest.raises(StorageUnavailable):
        await FolderStorage(tmp_path / "files").put(KEY, chunks(b"x"))


async def test_keys_are_random_and_valid(storage: FolderStorage) -> None:
    keys = {new_key(AccountId(7)) for _ in range(50)}

    assert len(keys) == 50
    for key in keys:
        await storage.put(key, chunks(b""))
    assert set(storage.sizes()) == keys
