"""What a running `valera up` says of itself in its home folder, so that other commands find it and no second one starts."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from typing import TYPE_CHECKING, TextIO

import msgspec

from valera.kit.errors import Conflict, ValeraError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class AlreadyRunning(Conflict):
    """Valera runs from this home folder already."""


class HomeNotWritable(ValeraError):
    """The home folder cannot be made or written."""


class Instance(msgspec.Struct, frozen=True):
    """``simulator_url`` is None where the installation talks to the real Telegram. The database's address holds a password."""

    pid: int
    web_url: str
    simulator_url: str | None
    database_url: str


def find_instance(home: Path) -> Instance | None:
    """The one that runs from this home and is ready, if any: a file that a killed one left behind does not count."""
    try:
        with (home / "up.lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        with contextlib.suppress(FileNotFoundError, msgspec.DecodeError):
            return msgspec.json.decode((home / "run.json").read_bytes(), type=Instance)
    return None


@contextlib.contextmanager
def alone(home: Path) -> Iterator[None]:
    """This process is the one instance of the home folder. Raises AlreadyRunning, HomeNotWritable."""
    with _open_lock(home) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = find_instance(home)
            where = (
                f"at {running.simulator_url or running.web_url} (process {running.pid})" if running else "and is just starting or stopping"
            )
            raise AlreadyRunning(f"Valera already runs from {home}, {where}.") from None
        (home / "run.json").unlink(missing_ok=True)
        try:
            yield
        finally:
            (home / "run.json").unlink(missing_ok=True)


def _open_lock(home: Path) -> TextIO:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.fdopen(os.open(home / "up.lock", os.O_RDWR | os.O_CREAT, 0o600), "r+")
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise HomeNotWritable(f"The disk that holds {home} is full. Free some space and start again.") from None
        raise HomeNotWritable(
            f"{home} cannot be written ({error.strerror}). Give this user the right to write there, or set VALERA_HOME to its own folder."
        ) from None
