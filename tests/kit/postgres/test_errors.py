"""What PostgreSQL says in its own words becomes an error with a name and a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from valera.kit.postgres import errors


@pytest.mark.parametrize(
    ("said", "error", "advice"),
    [
        ('FATAL:  could not write lock file "postmaster.pid": No space left on device', errors.DiskFull, "Free some space"),
        ('LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', errors.PortTaken, "Stop the program"),
        ('FATAL:  Unix-domain socket path "/x" is too long (maximum 107 bytes)', errors.SocketPathTooLong, "VALERA_HOME"),
        ('FATAL:  could not open shared memory segment "/PostgreSQL.1": No such file or directory', errors.SharedMemoryMissing, "/dev/shm"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", errors.SharedMemoryMissing, "shared memory"),
        (
            "DETAIL:  The data directory was initialized by PostgreSQL version 17, which is not compatible with this version 18.6.",
            errors.DataVersionDiffers,
            "major version",
        ),
        ('could not create directory "/srv/x": Permission denied', errors.DataFolderNotWritable, "right to write"),
        ("PANIC:  could not locate a valid checkpoint record at 0/1", errors.DataFolderBroken, "valera restore"),
        ("FATAL:  incorrect checksum in control file", errors.DataFolderBroken, "valera restore"),
        ("FATAL:  a new kind of trouble", errors.ServerDidNotStart, "a new kind of trouble"),
        ("", errors.ServerDidNotStart, "nothing"),
    ],
)
def test_words_of_the_server_become_a_named_error(said: str, error: type[errors.EmbeddedPostgresError], advice: str) -> None:
    explained = errors.explain(f"LOG:  starting\n{said}\n", Path("/srv/data")) if said else errors.explain(said, Path("/srv/data"))
    assert type(explained) is error
    assert advice in explained.detail
