"""What an operator asks of clients' files: whether they are all there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.backoffice.files import compare, tidy
from valera.instance.database import open_database
from valera.services import open_storage

if TYPE_CHECKING:
    from valera.backoffice.files import Comparison
    from valera.settings import Settings


async def look_at_files(settings: Settings, *, is_tidied: bool) -> tuple[Comparison, int]:
    """What was found, and how many files were deleted."""
    storage = open_storage(settings)
    async with open_database(settings) as db:
        found = await compare(db, storage)
        return (found, await tidy(storage, found.unknown)) if is_tidied else (found, 0)
