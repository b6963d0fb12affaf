"""One SQLite file that outlives the process: chats, message ids and unsent updates stay across restarts."""

from __future__ import annotations

import contextlib
import sqlite3
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY_SECONDS = 5
VERSION = 1


class Store:
    """Every call is short and runs where it is made, one thread at a time; several processes may hold the same file."""

    def __init__(self, path: Path | str) -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode = wal", "synchronous = normal", "foreign_keys = off"):
            self._connection.execute(f"pragma {pragma}")
        with self.transaction():
            self._upgrade()
        self._connection.execute("pragma foreign_keys = on")

    def close(self) -> None:
        self._connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Inside another one it is part of that."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def _upgrade(self) -> None:
        """Brings a file of an older simulator to this one's tables; a new file gets them. Foreign keys are off meanwhile."""
        version = self.list("pragma user_version")[0][0]
        if version < VERSION:
            if self.find("select 1 from sqlite_master where name = 'messages'"):
                self._run("upgrade_1.sql")
            self._run("schema.sql")
            self.execute(f"pragma user_version = {VERSION}")

    def _run(self, script: str) -> None:
        """Statement by statement: `executescript` would commit the transaction around it."""
        statement = ""
        for line in resources.files("valera.simulator.messenger").joinpath(script).read_text("utf-8").splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                self.execute(statement)
                statement = ""

    def find(self, sql: str, *values: Any) -> sqlite3.Row | None:
        rows = self.list(sql, *values)  # all of them: a statement with RETURNING commits when it has been read to its end
        return rows[0] if rows else None

    def list(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def execute(self, sql: str, *values: Any) -> int:
        """How many rows it touched."""
        return self._connection.execute(sql, values).rowcount


@contextlib.contextmanager
def opened(store: Store | Path | str) -> Iterator[Store]:
    """The store itself, or the one in that file for as long as the block lasts."""
    if isinstance(store, Store):
        yield store
        return
    own = Store(store)
    try:
        yield own
    finally:
        own.close()
