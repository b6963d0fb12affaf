"""PostgreSQL through asyncpg: typed transactions with one role each, and four ways to run a statement.

``async with db.account_tx() as tx`` is the only way to a shop's rows. It sets role and account for one transaction, from a context
variable that is set at four edges (intake, web request, job, CLI). The other transactions look across shops, each through its own
role with its own policies and column grants. The network is not touched while any of them is open: see `refuse_inside_transaction`.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import enum
import functools
import types
import typing
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any, LiteralString, NewType, TypeVar

import asyncpg
import msgspec

from valera.kit.errors import Unavailable, ValeraError

T = TypeVar("T")
Row = TypeVar("Row")

AccountId = NewType("AccountId", int)

_account: ContextVar[AccountId | None] = ContextVar("account", default=None)
_open_transactions: ContextVar[int] = ContextVar("open_transactions", default=0)


class AccountNotSet(ValeraError):
    """A shop's rows were asked for outside every shop: a bug of ours, found before any statement."""


class NetworkCallInTransaction(ValeraError):
    """A network client was called while a transaction was open: a bug of ours, found before any byte was sent."""


class DatabaseUnavailable(Unavailable):
    """No connection could be had or the one in use broke."""


@contextlib.contextmanager
def account_scope(account_id: AccountId) -> Iterator[None]:
    """Everything inside belongs to this shop."""
    token = _account.set(account_id)
    try:
        yield
    finally:
        _account.reset(token)


def current_account_id() -> AccountId:
    account_id = _account.get()
    if account_id is None:
        raise AccountNotSet("This work belongs to no shop: open it inside account_scope().")
    return account_id


def refuse_inside_transaction() -> None:
    """First line of every network client."""
    if _open_transactions.get():
        raise NetworkCallInTransaction("Close the transaction before calling the network.")


@dataclasses.dataclass(frozen=True, slots=True)
class Tx:
    """An open transaction. Whoever is given one neither opens nor commits."""

    connection: asyncpg.Connection

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What fails inside is undone and raised; the transaction around it can go on."""
        await self.connection.execute("savepoint inner_step")
        try:
            yield
        except BaseException:
            await self.connection.execute("rollback to savepoint inner_step; release savepoint inner_step")
            raise
        await self.connection.execute("release savepoint inner_step")


class AccountTx(Tx):
    """Sees one shop (role ``valera_app``)."""

    async def read_one_snapshot(self) -> None:
        """Before anything is read: what follows shows the tables as they are now, and may change nothing."""
        await self.connection.execute("set transaction isolation level repeatable read, read only")


class QueueTx(Tx):
    """Claims work of all shops: ids and states, no contents (role ``valera_queue``). Each statement commits by itself."""


class IdentityTx(Tx):
    """Finds out who is asking, opens accounts (role ``valera_identity``)."""


class OwnerTx(Tx):
    """Reads everything: the invariant checker and backups (role ``valera_owner``)."""


class PlatformTx(Tx):
    """Takes one person out of one shop, at an operator's request (role ``valera_platform``, bound to the shop like ``valera_app``)."""


class Connection(asyncpg.Connection):
    """All settings are made per transaction, so a released connection has nothing to reset: one round trip saved."""

    def get_reset_query(self) -> str:
        return ""


def _encode_jsonb(content: Any) -> bytes:
    """Binary jsonb: a version byte, then text. NUL is valid JSON and no valid jsonb: dropped, whoever wrote it."""
    encoded = msgspec.json.encode(content)
    if b"\\u0000" in encoded:
        encoded = msgspec.json.encode(without_nul(msgspec.to_builtins(content)))
    return b"\x01" + encoded


def without_nul(content: Any) -> Any:
    """JSON without the one character that PostgreSQL keeps nowhere."""
    if isinstance(content, str):
        return content.replace("\x00", "")
    if isinstance(content, list):
        return [without_nul(inner) for inner in content]
    if isinstance(content, dict):
        return {without_nul(key): without_nul(inner) for key, inner in content.items()}
    return content


async def _prepare(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=_encode_jsonb,
        decoder=lambda raw: msgspec.json.decode(raw[1:]),
    )


UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,
)
"""What asyncpg raises when the server is away, going away, or full; the last one where the server went while nothing was asked."""


QUEUE_CONNECTIONS = 4
ACQUIRE_SECONDS = 10.0
SESSION = {"application_name": "valera"}


BY_INDEX = dict.fromkeys(("enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin", "enable_mergejoin"), "off")
"""Claims and ingest touch few rows of large tables, in the order of an index. Left to statistics, which are of a quieter hour or of a
table that was empty, a plan may read all that waits, or all that a held snapshot keeps from being cleared away."""

BOUND_TO_INDEXES = {"valera_queue", "valera_ingest"}


def _session(role: str | None) -> dict[str, str]:
    return SESSION | ({"role": role} if role else {}) | (BY_INDEX if role in BOUND_TO_INDEXES else {})


class Database:
    """A pool whose connections begin as valera_app, where any other transaction says which role it takes, and a small one for claims."""

    def __init__(self, url: str, *, min_size: int = 2, max_size: int = 10, patience: float = ACQUIRE_SECONDS) -> None:
        """``patience``: seconds that a transaction waits for a connection before it raises DatabaseUnavailable."""
        self.url = url
        self._patience = patience
        self._sizes = (min_size, max_size)
        self._pool: asyncpg.Pool | None = None
        self._queue: asyncpg.Pool | None = None
        share = max(2, max_size // 3)
        self._doors: defaultdict[AccountId, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(share))

    async def open(self) -> None:
        try:
            self._pool = await self._open_pool(*self._sizes, role="valera_app")
            self._queue = await self._open_pool(0, QUEUE_CONNECTIONS, role="valera_queue")
        except asyncpg.InvalidParameterValueError:
            raise DatabaseUnavailable("The database has no roles of Valera. Run `valera migrate --bootstrap`, then start again.") from None
        except (*UNREACHABLE, asyncpg.PostgresError) as error:
            raise DatabaseUnavailable(
                f"The database does not answer ({type(error).__name__}). Check DATABASE_URL and that PostgreSQL runs, then start again."
            ) from None

    async def _open_pool(self, min_size: int, max_size: int, *, role: str) -> asyncpg.Pool:
        return await asyncpg.create_pool(
            self.url,
            min_size=min_size,
            max_size=max_size,
            init=_prepare,
            connection_class=Connection,
            command_timeout=30,
            timeout=10,
            server_settings=_session(role),
        )

    async def close(self) -> None:
        pools, self._pool, self._queue = (self._pool, self._queue), None, None
        for pool in pools:
            if pool is not None:
                try:
                    await asyncio.wait_for(pool.close(), 10)
                except TimeoutError:
                    pool.terminate()

    async def connect(self, *, role: str | None = None) -> asyncpg.Connection:
        """A connection of its own, for LISTEN, for liveness, for ingest. A role given here survives RESET ROLE."""
        try:
            connection = await asyncpg.connect(self.url, server_settings=_session(role), timeout=10, command_timeout=15)
        except (*UNREACHABLE, asyncpg.PostgresError) as error:
            raise DatabaseUnavailable(f"The database does not answer ({type(error).__name__}).") from None
        await _prepare(connection)
        return connection

    @contextlib.asynccontextmanager
    async def account_tx(self) -> AsyncIterator[AccountTx]:
        """One shop's rows. Raises AccountNotSet before any statement. No shop has more than a third of the connections at a time: what
        waits for its backlog stands in a line of its own.
        """
        account_id = current_account_id()
        door = self._doors[account_id]
        try:
            async with asyncio.timeout(self._patience):
                await door.acquire()
        except TimeoutError:
            raise DatabaseUnavailable("No connection to the database could be had (the shop uses its share).") from None
        try:
            # An int, formatted: one round trip opens the transaction and sets the account. The role came with the connection.
            async with self._tx(AccountTx, f"begin; set local app.account_id = '{int(account_id)}'") as tx:
                yield tx
        finally:
            door.release()

    @contextlib.asynccontextmanager
    async def queue(self) -> AsyncIterator[QueueTx]:
        """Claims are single statements: each is its own transaction, in a role that the connection began with."""
        async with self._acquired(self._queue) as connection:
            try:
                yield QueueTx(connection)
            except Exception as error:
                _raise_if_unreachable(error, connection)
                raise

    def identity_tx(self) -> contextlib.AbstractAsyncContextManager[IdentityTx]:
        return self._tx(IdentityTx, "begin; set local role valera_identity")

    def owner_tx(self) -> contextlib.AbstractAsyncContextManager[OwnerTx]:
        return self._tx(OwnerTx, "begin isolation level repeatable read read only; set local role valera_owner")

    def platform_tx(self) -> contextlib.AbstractAsyncContextManager[PlatformTx]:
        """Raises AccountNotSet."""
        return self._tx(PlatformTx, f"begin; set local role valera_platform; set local app.account_id = '{int(current_account_id())}'")

    @contextlib.asynccontextmanager
    async def _tx(self, kind: Callable[[asyncpg.Connection], T], begin: str) -> AsyncIterator[T]:
        async with self._acquired(self._pool) as connection:
            depth = _open_transactions.set(_open_transactions.get() + 1)
            try:
                await connection.execute(begin)
                yield kind(connection)
                await connection.execute("commit")
            except BaseException as error:
                if not _is_gone(connection):
                    with contextlib.suppress(*UNREACHABLE, asyncpg.PostgresError, asyncpg.InterfaceError):
                        await connection.execute("rollback")
                _raise_if_unreachable(error, connection)
                raise
            finally:
                _open_transactions.reset(depth)

    @contextlib.asynccontextmanager
    async def _acquired(self, pool: asyncpg.Pool | None) -> AsyncIterator[asyncpg.Connection]:
        if pool is None:
            raise DatabaseUnavailable("The database is not open.")
        try:
            connection = await pool.acquire(timeout=self._patience)
        except (*UNREACHABLE, asyncpg.InterfaceError) as error:
            raise DatabaseUnavailable(f"No connection to the database could be had ({type(error).__name__}).") from None
        try:
            yield typing.cast("asyncpg.Connection", connection)  # the pool's proxy does whatever a connection does
        finally:
            with contextlib.suppress(*UNREACHABLE, asyncpg.InterfaceError):
                await pool.release(connection, timeout=10)


def _raise_if_unreachable(error: BaseException, connection: asyncpg.Connection) -> None:
    if isinstance(error, UNREACHABLE) or (isinstance(error, asyncpg.InterfaceError) and _is_gone(connection)):
        raise DatabaseUnavailable(f"The connection to the database broke ({type(error).__name__}).") from None


def _is_gone(connection: asyncpg.Connection) -> bool:
    """A pool takes a broken connection away from whoever holds it: then it cannot even be asked."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True


async def enter_account(tx: IdentityTx, account_id: AccountId) -> AccountTx:
    """The rest of this transaction belongs to the shop that it has just opened: all of it is there in the end, or nothing."""
    await tx.connection.execute(f"set local role valera_app; set local app.account_id = '{int(account_id)}'")
    return AccountTx(tx.connection)


# ---- statements: whole, static, values bound, a dataclass out -----------------------------------


async def one(tx: Tx, row: type[Row], sql: LiteralString, *values: object) -> Row:
    """The only row. Raises LookupError if there is none: for statements that always return one."""
    found = await maybe(tx, row, sql, *values)
    if found is None:
        raise LookupError(f"no {row.__name__}")
    return found


async def maybe(tx: Tx, row: type[Row], sql: LiteralString, *values: object) -> Row | None:
    record = await tx.connection.fetchrow(sql, *values)
    return None if record is None else _build(row, record)


async def many(tx: Tx, row: type[Row], sql: LiteralString, *values: object) -> list[Row]:
    return [_build(row, record) for record in await tx.connection.fetch(sql, *values)]


async def value(tx: Tx, sql: LiteralString, *values: object) -> Any:
    """The first column of the first row, or None."""
    return await tx.connection.fetchval(sql, *values)


async def execute(tx: Tx, sql: LiteralString, *values: object) -> int:
    """How many rows it touched."""
    status = await tx.connection.execute(sql, *values)
    last = status.rpartition(" ")[2]
    return int(last) if last.isdigit() else 0


async def execute_many(tx: Tx, sql: LiteralString, rows: Iterable[tuple[object, ...]]) -> None:
    await tx.connection.executemany(sql, rows)


def _build(row: type[Row], record: Mapping[str, Any]) -> Row:
    names, converters = plan_row(row)
    values = {name: record[name] for name in names}
    for name, convert in converters:
        if values[name] is not None:
            values[name] = convert(values[name])
    return row(**values)


@functools.cache
def plan_row(row: type[Any]) -> tuple[tuple[str, ...], tuple[tuple[str, Callable[[Any], Any]], ...]]:
    """Which columns a dataclass reads, and what is made of them: enums from their text, dataclasses and structs from jsonb."""
    hints = typing.get_type_hints(row)
    names = tuple(field.name for field in dataclasses.fields(row))
    return names, tuple((name, convert) for name in names if (convert := _converter(hints[name])) is not None)


def _converter(hint: Any) -> Callable[[Any], Any] | None:
    inner = [part for part in typing.get_args(hint) if part is not type(None)]
    if isinstance(hint, types.UnionType) and len(inner) == 1:
        return _converter(inner[0])
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint
    is_structure = isinstance(hint, type) and (dataclasses.is_dataclass(hint) or issubclass(hint, msgspec.Struct))
    if is_structure or typing.get_origin(hint) is tuple:
        return functools.partial(msgspec.convert, type=hint, strict=False)
    return None
