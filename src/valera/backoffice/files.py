"""Whether the folder of clients' files is the one that the database speaks of."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.kit.db import AccountId
from valera.telegram.files import queries

if TYPE_CHECKING:
    from valera.kit.db import Database
    from valera.kit.storage import FolderStorage

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """A row: where its file should be."""

    account_id: AccountId
    id: int
    storage_key: str
    is_stored: bool
    size: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """``unknown``: keys of files that no row refers to, such as those of somebody who was erased while a file came in."""

    stored: int
    waiting: int
    missing: tuple[Kept, ...]
    altered: tuple[Kept, ...]
    unknown: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        return not (self.missing or self.altered or self.unknown)

    def tell(self) -> list[str]:
        """No key: whoever has it needs to know nothing else of a file."""
        told = [f"{self.stored} files stored, {self.waiting} waiting to be fetched or given up"]
        told += [_line("missing", self.missing)] if self.missing else []
        told += [_line("of another length", self.altered)] if self.altered else []
        told += [f"{len(self.unknown)} files belong to nothing: `valera files --tidy` deletes them"] if self.unknown else []
        return told


async def compare(db: Database, storage: FolderStorage) -> Comparison:
    """The folder is read before the rows, since a file's row is older than the file; what seems to be missing is looked for once more."""
    sizes = await asyncio.to_thread(storage.sizes)
    async with db.owner_tx() as tx:
        rows = await queries.select_all(tx, Kept)
    stored = [row for row in rows if row.is_stored]
    if any(row.storage_key not in sizes for row in stored):
        sizes = await asyncio.to_thread(storage.sizes) | sizes
    known = {row.storage_key for row in rows}
    return Comparison(
        stored=len(stored),
        waiting=len(rows) - len(stored),
        missing=tuple(row for row in stored if row.storage_key not in sizes),
        altered=tuple(row for row in stored if sizes.get(row.storage_key, row.size) != row.size),
        unknown=tuple(sorted(sizes.keys() - known)),
    )


async def tidy(storage: FolderStorage, unknown: tuple[str, ...]) -> int:
    """Deletes them, and what dead processes left half fetched."""
    for key in unknown:
        await storage.delete(key)
    return len(unknown) + await asyncio.to_thread(storage.sweep)


def _line(what: str, rows: tuple[Kept, ...]) -> str:
    shown = ", ".join(f"shop {row.account_id} row {row.id}" for row in rows[:SHOWN])
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return f"BROKEN {what}: {shown}{more}"
