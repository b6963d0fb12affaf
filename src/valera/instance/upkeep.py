"""What an operator asks of an installation: does it hold, what waits, backup and restore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.backoffice import backup as backups
from valera.backoffice.doctor.machine import note_backup
from valera.backoffice.outbox import Old, look, release
from valera.backoffice.status import InstallationStatus, look_around
from valera.backoffice.verify import Finding, verify
from valera.instance.database import open_database
from valera.kit.postgres.binaries import find_binaries

if TYPE_CHECKING:
    from pathlib import Path

    from valera.settings import Settings


async def verify_installation(settings: Settings) -> tuple[Finding, ...]:
    async with open_database(settings) as db:
        return await verify(db)


async def back_up(settings: Settings, file: Path) -> str:
    async with open_database(settings) as db:
        made = await backups.backup(db.url, file, binaries=find_binaries())
    note_backup(settings.home, file=file, made_at=made.made_at, rows=made.rows)
    return f"{file} holds {made.rows} rows of {len(made.tables)} tables."


async def restore_from(settings: Settings, file: Path) -> str:
    async with open_database(settings) as db:
        read = await backups.restore(db.url, file, binaries=find_binaries())
    return (
        f"{read.rows} rows of {len(read.tables)} tables are back, as of {read.made_at:%Y-%m-%d %H:%M} UTC. Bring the key file too.\n"
        "Every shop is held: it takes messages in and sends nothing, for the original may have sent it. `valera outbox` shows what waits, "
        "`valera outbox release` lets it go."
    )


async def describe_status(settings: Settings) -> InstallationStatus:
    async with open_database(settings) as db:
        return await look_around(db)


async def describe_outbox(settings: Settings, *, slug: str | None) -> list[str]:
    async with open_database(settings) as db:
        return [f"{account.slug}: {outbox.tell()}" for account, outbox in await look(db, slug=slug)]


async def release_outbox(settings: Settings, *, slug: str | None, old: str) -> list[str]:
    chosen = Old(old)
    handled = "dropped" if chosen is Old.DROP else "sent again as replies"
    async with open_database(settings) as db:
        released = await release(db, chosen, slug=slug)
    if not released:
        return ["No shop is held."]
    return [f"{account.slug}: released; {outcome.old} from the backup {handled}; {outcome.due} due now" for account, outcome in released]
