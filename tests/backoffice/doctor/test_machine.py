from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.cast import World
from tests.telegram.post_office import open_post_office
from valera.backoffice.doctor.check import State
from valera.backoffice.doctor.database import look_at_database, look_at_workers
from valera.backoffice.doctor.machine import look_at_backups, look_at_disk, look_at_master_key, note_backup
from valera.kit.db import Database
from valera.kit.secrets import Secret, Vault, master_key_from_file

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_backups_none_fresh_and_old(tmp_path: Path) -> None:
    assert look_at_backups(tmp_path).state == State.DOUBTFUL

    note_backup(tmp_path, file=tmp_path / "night.tar", made_at=NOW - timedelta(hours=9), rows=1200)
    fresh = look_at_backups(tmp_path, now=NOW)
    old = look_at_backups(tmp_path, now=NOW + timedelta(days=3))

    assert (fresh.state, old.state) == (State.WELL, State.DOUBTFUL)
    assert "9 h old" in fresh.sentence
    assert "3 days old" in old.sentence


def test_a_note_that_is_no_note(tmp_path: Path) -> None:
    (tmp_path / "last-backup.json").write_text("{")

    assert look_at_backups(tmp_path).state == State.DOUBTFUL


def test_the_disk(tmp_path: Path) -> None:
    check = look_at_disk({"files": tmp_path, "nothing yet": tmp_path / "none"})

    assert "GiB free for files" in check.sentence
    assert look_at_disk({"nothing yet": tmp_path / "none"}).state == State.DOUBTFUL


async def test_the_master_key(db: Database, world: World, tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    right = Vault(Secret(base64.b64encode(bytes(32)).decode()))
    async with open_post_office(db, world.garage) as office:
        await office.owner.execute(
            "delete from bots where id <> $1 and not exists (select from chats c where c.bot_id = bots.id)", world.garage.bot_id
        )
        none_yet = await look_at_master_key(lambda: right, file, db)
        wrong = Vault(master_key_from_file(file))
        foreign = await look_at_master_key(lambda: wrong, file, db)
        file.chmod(0o644)
        open_to_all = await look_at_master_key(lambda: right, file, db)

    assert none_yet.state == State.DOUBTFUL
    assert foreign.state == State.BROKEN
    assert "do not open" in foreign.sentence
    assert "chmod 600" in open_to_all.sentence


async def test_a_database_as_it_should_be(db: Database, world: World) -> None:
    checks = {check.topic: check for check in await look_at_database(db)}

    assert {topic: check.state for topic, check in checks.items()} == dict.fromkeys(("database", "roles", "clock"), State.WELL)


async def test_nobody_works(db: Database, world: World) -> None:
    connection = await db.connect(role="valera_owner")
    await connection.execute("delete from workers")
    await connection.close()

    assert (await look_at_workers(db)).state == State.BROKEN
