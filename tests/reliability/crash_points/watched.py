"""The injected Database, BotApi and model, each telling where its borders are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, TypeVar

import asyncpg
from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings

from tests.reliability.crash_points.points import Name, Points, caller
from valera.kit.db import AccountTx, Database, DatabaseUnavailable, IdentityTx, QueueTx, Tx
from valera.kit.secrets import Secret
from valera.reception.receptionist import ScriptedReceptionist
from valera.telegram.api.client import BotApi

SomeTx = TypeVar("SomeTx", bound=Tx)

BEGIN, COMMIT, COMMITTED = "before begin", "before commit", "committed"
STATEMENT, STATED = "before the statement", "committed"
REQUEST, ANSWERED = "before the request", "answered"


class WatchedConnection:
    """A connection whose single statements commit by themselves. A claim is a border when it has found something: it is asked every
    second, and before it has found anything nothing has happened.
    """

    def __init__(self, connection: asyncpg.Connection, points: Points) -> None:
        self._connection = connection
        self._points = points

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def fetch(self, sql: str, *values: object) -> Any:
        return await self._state(self._connection.fetch, sql, values)

    async def fetchrow(self, sql: str, *values: object) -> Any:
        return await self._state(self._connection.fetchrow, sql, values)

    async def fetchval(self, sql: str, *values: object) -> Any:
        return await self._state(self._connection.fetchval, sql, values)

    async def execute(self, sql: str, *values: object) -> Any:
        return await self._state(self._connection.execute, sql, values)

    async def _state(self, call: Callable[..., Awaitable[Any]], sql: str, values: tuple[object, ...]) -> Any:
        name = caller()
        if name is None:
            return await call(sql, *values)
        is_claim = "claim" in name.work
        with self._points.at_work():
            if not is_claim:
                await self._points.reach(name, STATEMENT)
            found = await call(sql, *values)
            if (found or not is_claim) and await self._points.reach(name, STATED):
                raise asyncpg.ConnectionDoesNotExistError("the answer was lost")
            return found


class WatchedDatabase(Database):
    def __init__(self, url: str, points: Points) -> None:
        super().__init__(url, min_size=1, max_size=6)
        self.points = points

    @asynccontextmanager
    async def account_tx(self) -> AsyncIterator[AccountTx]:
        async with self._bordered(super().account_tx(), caller()) as tx:
            yield tx

    @asynccontextmanager
    async def identity_tx(self) -> AsyncIterator[IdentityTx]:
        async with self._bordered(super().identity_tx(), caller()) as tx:
            yield tx

    @asynccontextmanager
    async def queue(self) -> AsyncIterator[QueueTx]:
        name = caller()
        is_poll = name is None or "claim" in name.work
        with nullcontext() if is_poll else self.points.at_work():
            async with super().queue() as tx:
                yield QueueTx(self._watched(tx.connection))

    async def connect(self, *, role: str | None = None) -> asyncpg.Connection:
        return self._watched(await super().connect(role=role))

    def _watched(self, connection: asyncpg.Connection) -> Any:
        return WatchedConnection(connection, self.points)

    @asynccontextmanager
    async def _bordered(self, made: AbstractAsyncContextManager[SomeTx], name: Name | None) -> AsyncIterator[SomeTx]:
        if name is None:
            async with made as tx:
                yield tx
            return
        with self.points.at_work():
            await self.points.reach(name, BEGIN)
            async with made as tx:
                yield tx
                await self.points.reach(name, COMMIT)
            if await self.points.reach(name, COMMITTED):
                raise DatabaseUnavailable("The answer to the commit was lost.")


class WatchedBotApi(BotApi):
    """Accepted by Telegram and not yet known here: the border at which nobody can tell whether it was sent."""

    def __init__(self, base_url: str, points: Points) -> None:
        super().__init__(base_url)
        self._points = points

    async def send_message(self, token: Secret, message: dict[str, Any]) -> int:
        return await self._bordered(Name("6 delivery", "sendMessage"), super().send_message, token, message)

    async def answer_callback_query(self, token: Secret, callback_query_id: str) -> None:
        return await self._bordered(Name("acknowledgement", "answerCallbackQuery"), super().answer_callback_query, token, callback_query_id)

    async def _bordered(self, name: Name, call: Callable[..., Awaitable[Any]], *arguments: object) -> Any:
        with self._points.at_work():
            await self._points.reach(name, REQUEST)
            answer = await call(*arguments)
            await self._points.reach(name, ANSWERED)
            return answer


class WatchedReceptionist(ScriptedReceptionist):
    def __init__(self, points: Points) -> None:
        super().__init__()
        self._points = points

    async def request(
        self, messages: list[ModelMessage], model_settings: ModelSettings | None, model_request_parameters: ModelRequestParameters
    ) -> ModelResponse:
        name = Name("4 respond", "ask the model")
        with self._points.at_work():
            await self._points.reach(name, REQUEST)
            response = await super().request(messages, model_settings, model_request_parameters)
            await self._points.reach(name, ANSWERED)
            return response
