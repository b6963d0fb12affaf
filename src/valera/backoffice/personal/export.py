"""Handing out: everything that one shop keeps about one client, as JSON and the files that they sent, in one archive."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from valera.accounts.account import get_account
from valera.backoffice.personal import queries
from valera.backoffice.personal.person import get_person
from valera.kit.errors import Conflict, NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from valera.kit.db import Database
    from valera.kit.storage import Storage


class ExportExists(Conflict):
    """There is such a file already."""


@dataclass(frozen=True, slots=True)
class Exported:
    """``counts``: table → rows; ``missing``: files that are not stored (any more)."""

    counts: dict[str, int]
    files: int
    missing: int


async def export(db: Database, storage: Storage, client_id: int, target: Path) -> Exported:
    """Inside `account_scope`. The archive is readable by its owner alone. Raises PersonNotFound, ExportExists."""
    told = await collect(db, client_id)
    tables: dict[str, list[dict[str, Any]]] = told["tables"]
    files = missing = 0
    try:
        out = os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except FileExistsError:
        raise ExportExists(f"{target} exists already: an export overwrites nothing.") from None
    with out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("client.json", json.dumps(told, ensure_ascii=False, indent=2, default=str))
        for attachment in tables["attachments"]:
            if attachment["state"] != "stored":
                continue
            try:
                body = await storage.read(attachment["storage_key"])
            except NotFound:
                missing += 1
            else:
                files += 1
                archive.writestr(f"files/{attachment['id']}-{attachment['kind']}{_ending(attachment['mime_type'])}", body)
    return Exported({table: len(rows) for table, rows in tables.items()}, files, missing)


async def collect(db: Database, client_id: int) -> dict[str, Any]:
    """One snapshot of the shop's tables; what Telegram says of the person is another role's."""
    async with db.account_tx() as tx:
        await tx.read_one_snapshot()
        account = await get_account(tx)
        await get_person(tx, client_id)
        cards, people, chat_ids = await queries.select_whereabouts(tx, client_id)
        tables = {table: await queries.export_of_client(tx, table, cards) for table in queries.OF_CLIENT}
        tables |= {table: await queries.export_of_chats(tx, table, chat_ids) for table in queries.OF_CHATS}
        tables |= {table: await queries.export_of_both(tx, table, cards, chat_ids) for table in queries.OF_BOTH}
        if people:
            tables |= {table: await queries.export_of_peer(tx, table, people) for table in queries.OF_PEER}
    if people:
        async with db.identity_tx() as identity:
            tables["telegram_users"] = await queries.select_telegram_users(identity, people)
    return {"shop": account.name, "exported_at": datetime.now(UTC).isoformat(timespec="seconds"), "client": client_id, "tables": tables}


def _ending(mime_type: str | None) -> str:
    """So that a double click opens it; harmless types only."""
    return {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf", "audio/ogg": ".ogg",
            "video/mp4": ".mp4", "audio/mpeg": ".mp3"}.get(mime_type or "", ".bin")  # fmt: skip
