"""What stands on this machine: the master key, space on the disk, backups."""

from __future__ import annotations

import shutil
import stat
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from valera.backoffice.doctor.check import Check, broken, doubtful, well
from valera.kit.db import account_scope
from valera.kit.errors import ValeraError
from valera.kit.secrets import SealBroken
from valera.telegram.bots import queries
from valera.telegram.bots.bot import SealedToken, list_routes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from valera.kit.db import Database
    from valera.kit.secrets import Vault

GIB = 2**30
LEAST_FREE = 2 * GIB
BACKUP_AGE = timedelta(hours=26)
LAST_BACKUP = "last-backup.json"


class LastBackup(msgspec.Struct, frozen=True):
    """What `valera backup` leaves in the home folder."""

    file: str
    made_at: datetime
    rows: int


async def look_at_master_key(open_vault: Callable[[], Vault], key_file: Path | None, db: Database) -> Check:
    """``key_file`` None: the key is in the environment. Opens every token that it sealed."""
    if (found := _look_at_file(key_file)) is not None:
        return found
    try:
        vault = open_vault()
        bots, foreign = await _open_all(vault, db)
    except (ValeraError, OSError, UnicodeDecodeError) as error:
        return broken("master key", error.detail if isinstance(error, ValeraError) else f"{key_file} cannot be read.")
    if foreign:
        return broken("master key", f"{foreign} of {bots} bot tokens do not open with it: bring the key that they were sealed with.")
    where = "VALERA_MASTER_KEY" if key_file is None else str(key_file)
    return well(
        "master key", f"{where}; it opens all {bots} bot tokens. A copy kept apart from the backups saves you if this machine is lost"
    )


def _look_at_file(key_file: Path | None) -> Check | None:
    if key_file is None:
        return None
    if not key_file.exists():
        return doubtful("master key", f"{key_file} does not exist yet; the first start makes it. Keep a copy apart from the backups.")
    if stat.S_IMODE(key_file.stat().st_mode) & 0o077:
        return broken("master key", f"Others may read {key_file}: chmod 600 {key_file}")
    return None


async def _open_all(vault: Vault, db: Database) -> tuple[int, int]:
    foreign = 0
    async with db.identity_tx() as tx:
        routes = await list_routes(tx)
    for route in routes:
        with account_scope(route.account_id):
            async with db.account_tx() as tx:
                sealed = await queries.select_token(tx, SealedToken, route.id)
        try:
            if sealed is not None:
                sealed.open(vault)
        except SealBroken:
            foreign += 1
    return len(routes), foreign


def look_at_disk(folders: dict[str, Path]) -> Check:
    """``folders``: what is kept there → where. The fullest disk counts."""
    spaces = {what: shutil.disk_usage(folder) for what, folder in folders.items() if folder.exists()}
    if not spaces:
        return doubtful("disk", "None of the folders exists yet.")
    what, space = min(spaces.items(), key=lambda found: found[1].free)
    told = f"{space.free / GIB:.1f} GiB free for {what} ({folders[what]})"
    if space.free < LEAST_FREE or space.free < space.total // 20:
        return broken("disk", f"{told}: make room, a full disk stops everything.")
    return well("disk", told)


def look_at_backups(home: Path, *, now: datetime | None = None) -> Check:
    try:
        last = msgspec.json.decode((home / LAST_BACKUP).read_bytes(), type=LastBackup)
    except (OSError, msgspec.DecodeError):
        return doubtful("backups", "None was made by `valera backup` from this home folder. Let cron run `valera backup FILE` each night.")
    age = (now or datetime.now(UTC)) - last.made_at
    told = f"the last one is {_ago(age)} old: {last.file}, {last.rows} rows"
    return doubtful("backups", f"{told}. Let cron run `valera backup FILE` each night.") if age > BACKUP_AGE else well("backups", told)


def note_backup(home: Path, *, file: Path, made_at: datetime, rows: int) -> None:
    """For the doctor."""
    home.mkdir(parents=True, exist_ok=True)
    (home / LAST_BACKUP).write_bytes(msgspec.json.encode(LastBackup(str(file.absolute()), made_at, rows)))


def _ago(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"  # noqa: PLR2004
