"""A PostgreSQL of our own: found, initialised, started, re-attached and stopped without anybody's help.

    server = start(Place.choose(home))      # seconds the first time, a tenth of one afterwards
    server.url("postgres", "postgres")      # the administrator's; passwords are random and stay in one file
    server.stop()

`binaries` finds the programs, `place` decides where data lies and who owns it, `server` runs it, `errors` says what went wrong in
sentences that help.
"""

from __future__ import annotations

from valera.kit.postgres.place import Place
from valera.kit.postgres.server import Server, find_running, start

__all__ = ["Place", "Server", "find_running", "start"]
