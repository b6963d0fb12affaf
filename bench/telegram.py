"""A Telegram that takes messages and notes when they came: the least that an HTTP server can do, for it shares the machine's cores."""

from __future__ import annotations

import asyncio
import contextlib
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OK = b'{"ok":true,"result":true}'
NO_WEBHOOK = b'{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":0}}'


class _Message(msgspec.Struct):
    chat_id: int
    text: str


_decode = msgspec.json.Decoder(_Message).decode


@dataclass(slots=True)
class Telegram:
    """``arrived``: of each chat, when its messages came (`time.perf_counter`) and what they said."""

    url: str = ""
    total: int = 0
    last_at: float = 0.0
    arrived: dict[int, list[tuple[float, str]]] = field(default_factory=dict[int, list[tuple[float, str]]])
    _wanted: int = 0
    _enough: asyncio.Event = field(default_factory=asyncio.Event)

    def forget(self) -> None:
        self.total, self.arrived = 0, {}

    async def settled(self, number: int, *, quiet: float, within: float) -> int:
        """Waits until that many messages have come since `forget`, or none has for ``quiet`` seconds; returns how many came."""
        self._wanted = number
        self._enough.clear()
        until, seen = time.perf_counter() + within, -1
        while self.total < number and self.total != seen and time.perf_counter() < until:
            seen = self.total
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._enough.wait(), quiet)
        return self.total

    def take(self, method: bytes, body: bytes) -> bytes:
        if method == b"getWebhookInfo":
            return NO_WEBHOOK
        if method != b"sendMessage":
            return OK
        self.last_at = time.perf_counter()
        message = _decode(body)
        self.arrived.setdefault(message.chat_id, []).append((self.last_at, message.text))
        self.total += 1
        if self.total == self._wanted:
            self._enough.set()
        return b'{"ok":true,"result":{"message_id":%d}}' % self.total


class _Connection(asyncio.Protocol):
    """Keep-alive, bodies with a length: what the product's client sends."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            size = _content_length(head)
            if len(self._buffer) < end + 4 + size:
                return
            body, self._buffer = self._buffer[end + 4 : end + 4 + size], self._buffer[end + 4 + size :]
            path = head.split(b" ", 2)[1]
            answer = self._telegram.take(path.rpartition(b"/")[2], body)
            assert self._transport is not None
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


@asynccontextmanager
async def listening() -> AsyncIterator[Telegram]:
    telegram = Telegram()
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(telegram), "127.0.0.1", 0)
    telegram.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield telegram
    finally:
        server.close()
