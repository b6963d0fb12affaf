"""Starts, re-attaches to and stops the PostgreSQL of one place."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valera.kit.ports import free_port, is_free
from valera.kit.postgres.binaries import Binaries, copy_binaries, find_binaries
from valera.kit.postgres.errors import (
    DataFolderBroken,
    DataVersionDiffers,
    PortTaken,
    ServerDidNotStart,
    ServerDidNotStop,
    explain,
)
from valera.kit.postgres.place import Place, write_private
from valera.kit.postgres.postmaster import Postmaster, read_postmaster

ADMINISTRATOR = "postgres"
SETTINGS = {
    "max_connections": "160",
    "shared_buffers": "128MB",
    "jit": "off",
    "autovacuum_naptime": "10s",  # until the first ANALYZE, plans are made for empty tables: a new shop's first busy minute
    "timezone": "UTC",
    "log_timezone": "UTC",
}
START_SECONDS = 120  # recovery after a crash may take a while
STOP_SECONDS = 60
LOG_BYTES = 4 << 20
BUILTIN_COLLATIONS = 17  # the first version with an order of letters of its own

# A server may outlive whoever started it; but while we live we are its parent and must take its exit code.
_children: dict[int, subprocess.Popen[Any]] = {}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers. ``started`` is False where it was already running."""

    place: Place
    binaries: Binaries
    port: int
    pid: int
    started: bool

    def url(self, user: str, database: str) -> str:
        return f"postgresql://{user}:{self.place.password(user)}@127.0.0.1:{self.port}/{database}"

    def admin_url(self, database: str = "postgres") -> str:
        return self.url(ADMINISTRATOR, database)

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, the data are left clean. Returns when the process is gone."""
        _stop(self.place, self.pid)


def start(place: Place, *, settings: Mapping[str, str] | None = None, binaries: Binaries | None = None) -> Server:
    """The server of this place: the one that already runs, or a new one on data that are made if there are none.

    ``settings`` are added to postgresql.conf's. Raises `EmbeddedPostgresError`.
    """
    try:
        place.prepare()
        with _alone(place):
            found = _usable(binaries or find_binaries(), place)
            return _running(place, found) or _start(place, found, SETTINGS | dict(settings or {}))
    except shutil.Error as error:  # an OSError without a number: some of the programs could not be copied
        raise explain(str(error), place.data) from None
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise explain("No space left on device", place.data) from None
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise explain("Permission denied", place.data) from None
        raise


def find_running(place: Place) -> Server | None:
    """The server of this place, if one runs."""
    return _running(place, find_binaries()) if place.data.is_dir() else None


@contextlib.contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Two that start at once start one server."""
    with (place.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _usable(binaries: Binaries, place: Place) -> Binaries:
    return copy_binaries(binaries, place.folder) if place.owner is not None and binaries.from_wheel else binaries


# ---- a server that already runs -----------------------------------------------------------------


def _running(place: Place, binaries: Binaries) -> Server | None:
    """A stale pid file is removed: after a crash its number may belong to any other program, and PostgreSQL would refuse to start."""
    until = time.monotonic() + START_SECONDS
    while (postmaster := read_postmaster(place.data)) is not None:
        if not postmaster.is_alive():
            (place.data / "postmaster.pid").unlink(missing_ok=True)
            return None
        if postmaster.is_ready and _serves(place, binaries, postmaster.port):
            return Server(place, binaries, postmaster.port, postmaster.pid, started=False)
        if time.monotonic() > until:
            raise ServerDidNotStart(
                f"A PostgreSQL (process {postmaster.pid}) holds {place.data} and does not answer. See {place.log}, stop it and start again."
            )
        time.sleep(0.05)
    return None


def _serves(place: Place, binaries: Binaries, port: int) -> bool:
    """It takes our password and serves our data; False while it is starting or stopping."""
    command = [binaries.program("psql"), "-XAtw", "-h", "127.0.0.1", "-p", str(port), "-U", ADMINISTRATOR, "-d", "postgres"]
    environment = _environment() | {"PGPASSWORD": place.password(ADMINISTRATOR), "PGCONNECT_TIMEOUT": "5"}
    asked = subprocess.run(
        [*command, "-c", "show data_directory"], env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    if "password authentication failed" in asked.stderr:
        raise DataFolderBroken(
            f"The PostgreSQL of {place.data} does not take the password in {place.folder / 'passwords.json'}: that file was lost or "
            "replaced. Bring it back from a copy."
        )
    if "FATAL:" in asked.stderr and "the database system is" not in asked.stderr:
        raise explain(asked.stderr, place.data)
    return asked.returncode == 0 and Path(asked.stdout.strip()).resolve() == place.data.resolve()


# ---- a new one ----------------------------------------------------------------------------------


def _start(place: Place, binaries: Binaries, settings: Mapping[str, str]) -> Server:
    _check_data(place, binaries)
    if not place.data.exists():
        _initialise(place, binaries, durable=settings.get("fsync") != "off")
    _turn_log(place.log)
    preferred = _remembered_port(place)
    for _ in range(5):
        port = preferred if preferred is not None and is_free("127.0.0.1", preferred) else free_port()
        try:
            pid = _launch(place, binaries, port, settings)
        except PortTaken:
            preferred = None  # taken since we looked
            continue
        write_private(place.folder / "port", str(port))
        return Server(place, binaries, port, pid, started=True)
    raise explain("Address already in use", place.data)


def _check_data(place: Place, binaries: Binaries) -> None:
    if not place.data.exists():
        return
    try:
        major = int((place.data / "PG_VERSION").read_text("ascii").strip())
    except (OSError, ValueError):
        raise DataFolderBroken(
            f"{place.data} holds no database of PostgreSQL, or a broken one. Move the folder away, start again and load your last backup "
            "with `valera restore FILE`."
        ) from None
    if major != binaries.major:
        raise DataVersionDiffers(
            f"The data in {place.data} were made by PostgreSQL {major}, and this is PostgreSQL {binaries.version}. Set VALERA_PG_BIN to "
            f"the programs of PostgreSQL {major}, run `valera backup FILE`, move the folder away, unset VALERA_PG_BIN, and run "
            "`valera restore FILE`."
        )


def _initialise(place: Place, binaries: Binaries, *, durable: bool) -> None:
    """Into a folder of another name first: an interrupted initdb leaves no half of a database behind."""
    unfinished, password_file = place.folder / "data.new", place.folder / "initdb.password"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    write_private(password_file, place.password(ADMINISTRATOR))
    for path in (unfinished, password_file):
        place.give(path)
    command = [
        binaries.program("initdb"),
        "-D",
        unfinished,
        "-U",
        ADMINISTRATOR,
        "-A",
        "scram-sha-256",
        "--pwfile",
        password_file,
        "-E",
        "UTF8",
    ]
    # The same order of letters on every system, where the version can.
    command += (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if binaries.major >= BUILTIN_COLLATIONS
        else ["--locale=C.UTF-8"]
    )
    command += [] if durable else ["--no-sync"]
    try:
        made = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, **_as_owner(place))
    finally:
        password_file.unlink()
    if made.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise explain(made.stdout + made.stderr, place.data)
    unfinished.rename(place.data)


def _launch(place: Place, binaries: Binaries, port: int, settings: Mapping[str, str]) -> int:
    """In a session of its own, so that Ctrl-C in the terminal does not reach it. Returns when it takes connections."""
    sockets = place.socket_folder()
    given = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": str(sockets)} | dict(settings)
    options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
    begin = place.log.stat().st_size
    with place.log.open("ab") as log:
        process = subprocess.Popen(
            [binaries.program("postgres"), "-D", place.data, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **_as_owner(place),
        )
    _children[process.pid] = process
    try:
        if _gets_ready(place, process) and _serves(place, binaries, port):
            return process.pid
    except BaseException:
        _stop(place, process.pid)
        raise
    _stop(place, process.pid)
    with place.log.open("rb") as log:
        log.seek(begin)
        raise explain(log.read().decode("utf-8", "replace"), place.data)


def _gets_ready(place: Place, process: subprocess.Popen[Any]) -> bool:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        postmaster = read_postmaster(place.data)
        if postmaster is not None and postmaster.pid == process.pid and postmaster.is_ready:
            return True
        time.sleep(0.01)
    return False


def _as_owner(place: Place) -> dict[str, Any]:
    """Of subprocess: the server's user if it is not us, a folder that it can enter, messages in English."""
    given: dict[str, Any] = {"cwd": place.folder, "env": _environment()}
    if place.owner is not None:
        given |= {"user": place.owner.uid, "group": place.owner.gid, "extra_groups": []}
    return given


def _environment() -> dict[str, str]:
    """Without PG*: somebody's PGOPTIONS or PGDATA are not meant for us."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _turn_log(log: Path) -> None:
    log.touch(mode=0o600)
    if log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name("log.old"))
        log.touch(mode=0o600)


def _remembered_port(place: Place) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        return int((place.folder / "port").read_text("ascii"))
    return None


# ---- the end ------------------------------------------------------------------------------------


def _stop(place: Place, pid: int) -> None:
    child, postmaster = _children.pop(pid, None), read_postmaster(place.data)
    if child is None and (postmaster is None or postmaster.pid != pid or not postmaster.is_alive()):
        return  # already gone, and the number may be another program's by now
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(signal.SIGINT) if child else os.kill(pid, signal.SIGINT)
    until = time.monotonic() + STOP_SECONDS
    while child.poll() is None if child else Postmaster(pid).is_alive():
        if time.monotonic() > until:
            raise ServerDidNotStop(
                f"PostgreSQL (process {pid}) was asked to stop {STOP_SECONDS} seconds ago and still runs. See {place.log}."
            )
        time.sleep(0.02)
