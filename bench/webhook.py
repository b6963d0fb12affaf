"""Telegram's side of the webhook: forty keep-alive connections, as many as Telegram opens, with one update on each at a time."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import msgspec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bench.cluster import Hook

CONNECTIONS = 40
TEXT = "Здравствуйте"

_update_ids = itertools.count(1_000_000)
_encode = msgspec.json.Encoder().encode


def update(person: int, text: str = TEXT) -> bytes:
    """A private text message, with an id that no other has."""
    number = next(_update_ids)
    chat = {"id": person, "type": "private", "first_name": "Вера", "username": f"vera{person}"}
    sender = {"id": person, "is_bot": False, "first_name": "Вера", "username": f"vera{person}", "language_code": "ru"}
    message = {"message_id": number, "date": 1_780_000_000, "chat": chat, "from": sender, "text": text}
    return _encode({"update_id": number, "message": message})


class NotStored(Exception):
    """The web process did not answer 200."""


@dataclass(slots=True)
class _Request:
    wire: bytes
    since: float
    done: asyncio.Future[float]


@dataclass(slots=True)
class Webhooks:
    """Sends updates; a send returns the milliseconds until its 200, waiting for a free connection included."""

    address: tuple[str, int]
    _free: deque[_Connection] = field(default_factory=deque["_Connection"])
    _waiting: deque[_Request] = field(default_factory=deque[_Request])
    _open: set[_Connection] = field(default_factory=set["_Connection"])
    _opening: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _is_closed: bool = False

    def send(self, hook: Hook, body: bytes) -> asyncio.Future[float]:
        head = (
            f"POST {hook.path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {hook.secret}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        request = _Request(head.encode() + body, time.perf_counter(), asyncio.get_running_loop().create_future())
        if self._free:
            self._free.popleft().send(request)
        else:
            self._waiting.append(request)
        return request.done

    def freed(self, connection: _Connection) -> None:
        if self._waiting:
            connection.send(self._waiting.popleft())
        else:
            self._free.append(connection)

    async def open(self) -> None:
        _, connection = await asyncio.get_running_loop().create_connection(lambda: _Connection(self), *self.address)
        self._open.add(connection)
        self.freed(connection)

    def lost(self, connection: _Connection) -> None:
        """The web process closes what is idle for two minutes: another takes its place."""
        self._open.discard(connection)
        if connection in self._free:
            self._free.remove(connection)
        if not self._is_closed:
            opening = asyncio.get_running_loop().create_task(self.open())
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    def close(self) -> None:
        self._is_closed = True
        for task in self._opening:
            task.cancel()
        for connection in self._open:
            connection.close()


class _Connection(asyncio.Protocol):
    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks
        self._transport: asyncio.Transport | None = None
        self._request: _Request | None = None
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance

    def send(self, request: _Request) -> None:
        assert self._transport is not None
        self._request = request
        self._transport.write(request.wire)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not self._answer.endswith(b"}"):
            return  # all of the product's answers to a webhook are one JSON object
        answer, self._answer = self._answer, b""
        request, self._request = self._request, None
        assert request is not None
        if answer.startswith(b"HTTP/1.1 200"):
            request.done.set_result((time.perf_counter() - request.since) * 1000)
        else:
            request.done.set_exception(NotStored(answer[:60].decode("ascii", "replace")))
        self._webhooks.freed(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._request is not None and not self._request.done.done():
            self._request.done.set_exception(NotStored(f"the connection was lost ({exc})"))
        self._webhooks.lost(self)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@asynccontextmanager
async def connected(url: str, connections: int = CONNECTIONS) -> AsyncIterator[Webhooks]:
    address = urlsplit(url)
    assert address.hostname is not None
    assert address.port is not None
    webhooks = Webhooks((address.hostname, address.port))
    try:
        for _ in range(connections):
            await webhooks.open()
        yield webhooks
    finally:
        webhooks.close()
