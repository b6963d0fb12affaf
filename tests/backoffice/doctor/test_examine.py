from __future__ import annotations

from pathlib import Path

import pytest

from tests.cast import World
from tests.telegram.scripted_telegram import scripted_telegram
from valera.backoffice.doctor.check import State
from valera.instance.doctor import examine
from valera.kit.ports import free_port
from valera.services import open_vault
from valera.settings import Settings


def settings(home: Path, database_url: str, **more: str) -> Settings:
    return Settings.model_validate({"home": home, "DATABASE_URL": database_url, **more})


async def test_each_thing_has_its_line_and_what_is_wrong_says_so(
    database_url: str, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-for-the-doctor")
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{free_port()}/v1")
    async with scripted_telegram() as telegram:
        chosen = settings(tmp_path, database_url, TELEGRAM_API_URL=telegram.url, PUBLIC_URL="http://x.example", models="openai:m,scripted")
        open_vault(chosen)
        found = [check async for check in examine(chosen)]

    assert [check.topic for check in found] == [
        "database",
        "roles",
        "clock",
        "master key",
        "workers",
        "public URL",
        "clock",
        "disk",
        "backups",
    ]
    by_topic = {check.topic: check for check in found}
    assert "do not open with it" in by_topic["master key"].sentence  # the cast's tokens were sealed with another: no bot is asked
    assert by_topic["public URL"].state == State.BROKEN
    assert not any("planted" in check.tell() for check in found)


async def test_without_tokens_bots_and_models_are_asked(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-for-the-doctor")
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{free_port()}/v1")
    async with scripted_telegram() as telegram:
        chosen = settings(tmp_path, database_url, TELEGRAM_API_URL=telegram.url, models="openai:m,scripted")
        open_vault(chosen)
        found = [check async for check in examine(chosen)]

    told = [check.tell() for check in found if check.topic in {"bot", "model"}]
    assert [line.split()[1] for line in told] == ["look", "broken", "ok"]
    assert "no connection" in told[1]


async def test_without_a_database_the_rest_is_still_looked_at(tmp_path: Path) -> None:
    chosen = settings(tmp_path, f"postgresql://valera_login:x@127.0.0.1:{free_port()}/valera")
    found = [check async for check in examine(chosen)]

    assert found[0].state == State.BROKEN
    assert [check.topic for check in found][-2:] == ["disk", "backups"]
    assert "valera_login:x" not in found[0].sentence
