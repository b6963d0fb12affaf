"""What may go wrong with a PostgreSQL of our own, each with a sentence that says what to do."""

from __future__ import annotations

from pathlib import Path

from valera.kit.errors import ValeraError


class EmbeddedPostgresError(ValeraError):
    """Root of this package's errors."""


class BinariesMissing(EmbeddedPostgresError):
    """No PostgreSQL 16 or newer on this machine."""


class DiskFull(EmbeddedPostgresError):
    """No space left for the database."""


class DataFolderBroken(EmbeddedPostgresError):
    """The folder holds something that PostgreSQL cannot start from."""


class DataFolderForeign(EmbeddedPostgresError):
    """The folder belongs to another user."""


class DataFolderNotWritable(EmbeddedPostgresError):
    """The folder cannot be made or written."""


class DataVersionDiffers(EmbeddedPostgresError):
    """The data were made by another major version of PostgreSQL."""


class PortTaken(EmbeddedPostgresError):
    """Every port that was tried is in use."""


class SocketPathTooLong(EmbeddedPostgresError):
    """The operating system's limit for the path of a socket (about 100 bytes) is exceeded."""


class SharedMemoryMissing(EmbeddedPostgresError):
    """The machine gives PostgreSQL no shared memory."""


class ServerDidNotStart(EmbeddedPostgresError):
    """For a reason that is none of the above: the sentence ends with the server's own words."""


class ServerDidNotStop(EmbeddedPostgresError):
    """It was asked to and did not."""


def explain(output: str, data: Path) -> EmbeddedPostgresError:
    """The named error behind what initdb or postgres printed (in English: they run with LC_ALL=C)."""
    for error, sentence, signs in _SIGNS:
        if any(sign in output for sign in signs):
            return error(sentence.format(data=data))
    last = " / ".join(line.strip() for line in output.strip().splitlines()[-4:])
    return ServerDidNotStart(f"PostgreSQL did not start with the data in {data}. It said: {last or 'nothing'}")


_SIGNS: tuple[tuple[type[EmbeddedPostgresError], str, tuple[str, ...]], ...] = (
    (
        DiskFull,
        "The disk that holds {data} is full. Free some space (100 MB are enough to start) and start again; nothing is lost.",
        ("No space left on device", "Disk quota exceeded"),
    ),
    (
        PortTaken,
        "PostgreSQL found no free port on 127.0.0.1 for the data in {data}. Stop the program that takes it and start again.",
        ("Address already in use", "could not create any TCP/IP sockets"),
    ),
    (
        SocketPathTooLong,
        "The path of the socket for {data} is too long for this system. Set VALERA_HOME to a shorter path.",
        ("is too long (maximum",),
    ),
    (
        SharedMemoryMissing,
        "PostgreSQL gets no shared memory on this machine. Mount /dev/shm with 64 MB or more (Docker: --shm-size=128m) and start again.",
        ("shared memory segment", "could not map anonymous shared memory", "could not create semaphores"),
    ),
    (
        DataVersionDiffers,
        "The data in {data} were made by another major version of PostgreSQL than the one found now.",
        ("is not compatible with this version", "database files are incompatible with server"),
    ),
    (
        DataFolderNotWritable,
        "{data} cannot be written. Give this user the right to write there, or set VALERA_HOME to a folder that it owns.",
        ("Permission denied", "Read-only file system", "Operation not permitted"),
    ),
    (
        DataFolderBroken,
        "The database in {data} is broken. Move the folder away, start again and load your last backup with `valera restore FILE`.",
        (
            "checkpoint record",
            "could not locate",
            "control file",
            "pg_control",
            "PANIC:",
            "could not find the database system",
            "is not a valid",
            "invalid data in file",
            "could not open file",
            "could not open directory",
            "could not read file",
            "No such file or directory",
            "does not exist",
            "is missing",
            "startup process failure",
            "exists but is not empty",
            "has invalid permissions",
            "syntax error in file",
        ),
    ),
)
