"""A Telegram that takes messages and notes when they came: the least that an HTTP server can do, for it shares the machine's cores."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OK = b'{"ok":true,"result":true}'
NO_UPDATES = b'{"ok":true,"result":[]}'


class _Message(msgspec.Struct):
    chat_id: int
    text: str


class _Webhook(msgspec.Struct):
    """What setWebhook is given and getWebhookInfo tells."""

    url: str = ""
    allowed_updates: list[str] | None = None
    max_connections: int = 40
    has_custom_certificate: bool = False
    pending_update_count: int = 0


class _Poll(msgspec.Struct):
    offset: int = 0
    timeout: float = 0


class _Numbered(msgspec.Struct):
    update_id: int


class _Told(msgspec.Struct):
    result: _Webhook
    ok: bool = True


_decode = msgspec.json.Decoder(_Message).decode
_decode_webhook = msgspec.json.Decoder(_Webhook).decode
_decode_poll = msgspec.json.Decoder(_Poll).decode
_decode_number = msgspec.json.Decoder(_Numbered).decode
_encode = msgspec.json.Encoder().encode

Answer = Callable[[bytes], None]


@dataclass(slots=True)
class _Bot:
    """What Telegram knows of one: its webhook, updates that wait for getUpdates, and who is waiting for them."""

    webhook: _Webhook = field(default_factory=_Webhook)
    updates: list[bytes] = field(default_factory=list[bytes])
    poll: tuple[Answer, asyncio.TimerHandle] | None = None

    def ask(self, poll: _Poll, answer: Answer) -> None:
        """Held until there is something; whoever asks again takes the place of the one before."""
        self.updates = [update for update in self.updates if _decode_number(update).update_id >= poll.offset]
        self.answer(NO_UPDATES)
        self.poll = answer, asyncio.get_running_loop().call_later(poll.timeout, self.answer, NO_UPDATES)
        self.give()

    def give(self) -> None:
        if self.updates:
            self.answer(b'{"ok":true,"result":[%b]}' % b",".join(self.updates))

    def answer(self, body: bytes) -> None:
        if self.poll is not None:
            (answer, timer), self.poll = self.poll, None
            timer.cancel()
            answer(body)


@dataclass(slots=True)
class Telegram:
    """``arrived``: of each chat, when its messages came (`time.perf_counter`) and what they said."""

    url: str = ""
    total: int = 0
    last_at: float = 0.0
    arrived: dict[int, list[tuple[float, str]]] = field(default_factory=dict[int, list[tuple[float, str]]])
    _bots: dict[bytes, _Bot] = field(default_factory=dict[bytes, "_Bot"])
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

    @property
    def with_webhook(self) -> int:
        return sum(bool(bot.webhook.url) for bot in self._bots.values())

    @property
    def polled(self) -> int:
        """Bots for whose updates somebody waits at this moment."""
        return sum(bot.poll is not None for bot in self._bots.values())

    def deliver(self, bot_id: int, update: bytes) -> None:
        """To whoever polls this bot."""
        bot = self._bots[b"%d" % bot_id]
        bot.updates.append(update)
        bot.give()

    def take(self, bot_id: bytes, method: bytes, body: bytes, answer: Answer) -> None:
        match method:
            case b"sendMessage":
                answer(self._note(body))
            case b"sendDocument":
                answer(b'{"ok":true,"result":{"message_id":1}}')
            case b"getUpdates":
                self._bot(bot_id).ask(_decode_poll(body), answer)
            case b"setWebhook":
                self._bot(bot_id).webhook = _decode_webhook(body)
                answer(OK)
            case b"getWebhookInfo":
                answer(_encode(_Told(self._bot(bot_id).webhook)))
            case _:
                answer(OK)

    def _bot(self, bot_id: bytes) -> _Bot:
        return self._bots.setdefault(bot_id, _Bot())

    def _note(self, body: bytes) -> bytes:
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
            bot, _, method = head.split(b" ", 2)[1].rpartition(b"/")
            self._telegram.take(bot.rpartition(b"/bot")[2].partition(b":")[0], method, body, self._write)

    def _write(self, answer: bytes) -> None:
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
