"""Files of shops: what a client sent, kept where only Valera reads it. One small interface; a folder of this machine is the first of it.

A key is ``{account_id}/{random}``: nothing of it comes from outside. A file is there whole or not at all: it is written beside, made
durable and then given its name, so that neither a crash nor a full disk leaves half of one under a key.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

from valera.kit.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterator
    from pathlib import Path

    from valera.kit.db import AccountId

KEY = re.compile(r"[0-9]{1,19}/[A-Za-z0-9_-]{16,64}")
INCOMING = ".incoming"
ABANDONED_SECONDS = 24 * 3600.0
"""A file that came in for so long belongs to a process that died over it."""


class FileNotStored(NotFound):
    """Nothing lies under this key."""


class StorageUnavailable(Unavailable):
    """The disk is full, read-only or not ours."""


class Storage(Protocol):
    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> int:
        """Returns the number of bytes. What was under the key is replaced; if ``chunks`` raises, nothing has happened. Raises
        StorageUnavailable.
        """
        ...

    async def read(self, key: str) -> bytes:
        """Raises FileNotStored."""
        ...

    async def delete(self, key: str) -> None:
        """Also if it is gone already."""
        ...


def new_key(account_id: AccountId) -> str:
    """Nobody guesses it, and nothing is known from it but whose file it is."""
    return f"{account_id}/{secrets.token_urlsafe(24)}"


@dataclass(frozen=True, slots=True)
class FolderStorage:
    """Below ``root``, readable by its owner alone."""

    root: Path

    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> int:
        target = self._place(key)
        with _told():
            incoming = await asyncio.to_thread(self._prepare, target)
        try:
            size = await _write(incoming, chunks)
            with _told():
                await asyncio.to_thread(_publish, incoming, target)
        finally:
            incoming.unlink(missing_ok=True)
        return size

    async def read(self, key: str) -> bytes:
        target = self._place(key)
        try:
            with _told():
                return await asyncio.to_thread(target.read_bytes)
        except FileNotFoundError:
            raise FileNotStored("This file is not stored here.") from None

    async def delete(self, key: str) -> None:
        target = self._place(key)
        with _told():
            await asyncio.to_thread(target.unlink, missing_ok=True)

    def sizes(self) -> dict[str, int]:
        """Every stored file by its key."""
        files = self.root.glob("[0-9]*/*") if self.root.is_dir() else ()
        return {key: file.stat().st_size for file in files if KEY.fullmatch(key := f"{file.parent.name}/{file.name}")}

    def sweep(self) -> int:
        """Takes away what processes left that died while a file came in."""
        left = [file for file in (self.root / INCOMING).glob("*") if file.stat().st_mtime < time.time() - ABANDONED_SECONDS]
        for file in left:
            file.unlink(missing_ok=True)
        return len(left)

    def _place(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise FileNotStored("This is no key of a stored file.")
        return self.root / key

    def _prepare(self, target: Path) -> Path:
        """An empty file on the same disk, from where it can be renamed."""
        for folder in (self.root, target.parent, incoming := self.root / INCOMING):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return incoming / secrets.token_hex(16)


async def _write(file: Path, chunks: AsyncIterable[bytes]) -> int:
    """What ``chunks`` raises is raised as it is: it is not the disk's."""
    size = 0
    with _told():
        out = os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)
    with out:
        async for chunk in chunks:
            with _told():
                await asyncio.to_thread(_write_whole, out, chunk)
            size += len(chunk)
        with _told():
            await asyncio.to_thread(os.fsync, out.fileno())
    return size


def _write_whole(out: BinaryIO, chunk: bytes) -> None:
    """An unbuffered file may take a part only."""
    view = memoryview(chunk)
    while view:
        view = view[out.write(view) :]


def _publish(file: Path, target: Path) -> None:
    """The name, too, must survive a power cut."""
    file.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """The operating system's refusals with a name; which file it was stays out of logs."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StorageUnavailable(f"A file could not be stored or read ({type(error).__name__}, error {error.errno}).") from None
