"""Where a PostgreSQL of our own keeps its data, and which user of the system runs it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from valera.kit.postgres.errors import DataFolderBroken, DataFolderForeign, DataFolderNotWritable, SocketPathTooLong

SHARED = Path("/var/lib/valera")
SYSTEM_USER = "valera"
LONGEST_SOCKET_PATH = 103  # macOS has 104 bytes with the closing zero, Linux 108


@dataclass(frozen=True, slots=True)
class Owner:
    """The user of the system that runs the server, when we ourselves are root (PostgreSQL refuses root)."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Place:
    """One folder: ``data``, ``log``, ``passwords.json`` (ours alone), ``port``, and for root a copy of the programs."""

    folder: Path
    owner: Owner | None = None

    @classmethod
    def choose(cls, home: Path, *, shared: Path = SHARED) -> Place:
        """Below ``home``; for root below ``shared``, where the server's user can reach it, under a name that home remembers."""
        home = home.absolute()
        return cls(home / "postgres") if os.geteuid() != 0 else cls(shared / _name_of(home), _system_user())

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def prepare(self) -> None:
        """Makes the folder, ours to write and closed to everybody else (but for the server's user to pass through)."""
        mode = 0o711 if self.owner else 0o700
        try:
            if not self.folder.parent.exists():
                self.folder.parent.mkdir(parents=True)
                self.folder.parent.chmod(mode)  # whatever the umask
            self.folder.mkdir(exist_ok=True, mode=mode)
            self.folder.chmod(mode)
        except PermissionError:
            raise self._not_ours() from None
        except FileExistsError:
            raise DataFolderBroken(f"{self.folder} is a file. Move it away: the database needs a folder of that name.") from None
        if not os.access(self.folder, os.W_OK):
            raise self._not_ours()

    def _not_ours(self) -> DataFolderForeign | DataFolderNotWritable:
        with contextlib.suppress(OSError):
            if self.folder.stat().st_uid == os.geteuid():
                return self._not_writable()
            return DataFolderForeign(
                f"{self.folder} belongs to another user. Start Valera as that user, or set VALERA_HOME to a folder of your own."
            )
        return self._not_writable()

    def _not_writable(self) -> DataFolderNotWritable:
        return DataFolderNotWritable(
            f"{self.folder} cannot be written. Give this user the right to write there, or set VALERA_HOME to a folder that it owns."
        )

    def give(self, path: Path) -> None:
        """To the server's user, if it is not us."""
        if self.owner is not None:
            os.chown(path, self.owner.uid, self.owner.gid)

    def socket_folder(self) -> Path:
        """Private and short: beside the data, or where that path is too long below the system's folder for temporary files."""
        beside = self.folder / "s"
        if _fits(beside):
            beside.mkdir(mode=0o700, exist_ok=True)
            self.give(beside)
            return beside
        short = Path(tempfile.gettempdir()) / f"valera-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]}"
        if not _fits(short):
            raise SocketPathTooLong(f"{short} is too long for the path of a socket. Set TMPDIR or VALERA_HOME to a shorter path.")
        short.mkdir(mode=0o700, exist_ok=True)
        uid = self.owner.uid if self.owner else os.geteuid()
        if short.is_symlink() or short.stat().st_uid not in {uid, os.geteuid()}:
            raise DataFolderForeign(
                f"{short} belongs to another user, and the database wants it for its socket. Set TMPDIR to another folder."
            )
        short.chmod(0o700)
        self.give(short)
        return short

    def password(self, user: str) -> str:
        """The user's password in the database: random, made at the first question, kept in a file that only we can read."""
        known = self._passwords()
        if user not in known:
            known[user] = secrets.token_urlsafe(24)
            write_private(self.folder / "passwords.json", json.dumps(known))
        return known[user]

    def _passwords(self) -> dict[str, str]:
        path = self.folder / "passwords.json"
        try:
            return json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            raise DataFolderBroken(
                f"{path} is broken: it holds the passwords of the database beside it. Bring it back from a copy."
            ) from None


def write_private(path: Path, text: str) -> None:
    """All or nothing, mode 600 from the first byte."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _name_of(home: Path) -> str:
    """Readable, and random: a home that was deleted and made anew must not meet the data of the old one, whose key is gone."""
    marker = home / "database-folder"
    readable = re.sub(r"[^a-zA-Z0-9]+", "-", home.parent.name).strip("-") or "root"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not marker.exists():
            _write_once(marker, f"{readable}-{secrets.token_hex(4)}")
        return Path(marker.read_text("utf-8").strip()).name
    except OSError as error:
        raise DataFolderNotWritable(f"{home} cannot be used ({error.strerror}). Set VALERA_HOME to a folder that can be written.") from None


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all, and whoever is first: of two that start at once neither may read half a name."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fresh.write_text(text, "utf-8")
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / ".s.PGSQL.65535.lock")) <= LONGEST_SOCKET_PATH


def _system_user() -> Owner:
    """`valera`, made if need be; `nobody` where users cannot be made."""
    found = _find_user(SYSTEM_USER)
    useradd = shutil.which("useradd")
    if found is None and useradd is not None:
        command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        subprocess.run(command, capture_output=True, timeout=30, check=False)  # refused: nobody does it
        found = _find_user(SYSTEM_USER)
    found = found or _find_user("nobody")
    if found is None:
        raise DataFolderNotWritable("PostgreSQL refuses to run as root, and there is no other user here. Start Valera as an ordinary user.")
    return found


def _find_user(name: str) -> Owner | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Owner(name, entry.pw_uid, entry.pw_gid)
