"""What the client makes of every way in which a connection can fail: certainly not sent, or nobody knows."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.telegram.raw_peer import OK, RawPeer, answer, raw_peer, reset
from valera.kit.secrets import Secret
from valera.telegram.api.client import BotApi
from valera.telegram.api.errors import (
    ChatMigrated,
    Conflicting,
    FloodWait,
    GatewayFailed,
    Misdirected,
    Refused,
    TelegramDown,
    TelegramError,
    TokenRevoked,
    TooLong,
    Unsure,
    from_answer,
    from_stranger,
)

TOKEN = Secret("700000001:AAE-planted-token-of-the-garage-000001")
MESSAGE = {"chat_id": 1, "text": "раз"}


async def send(url: str, *, seconds: float = 10) -> TelegramError | int:
    """The message's id, or how it failed."""
    bot_api = BotApi(url, timeout_seconds=seconds)
    try:
        return await bot_api.send_message(TOKEN, MESSAGE)
    except TelegramError as error:
        return error
    finally:
        await bot_api.close()


# ---- certainly not sent -------------------------------------------------------------------------


async def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: the port refuses
        failed = await send(f"http://127.0.0.1:{taken.getsockname()[1]}")

    assert type(failed) is TelegramDown


async def test_name_that_does_not_resolve() -> None:
    assert type(await send("http://telegram.invalid")) is TelegramDown


async def test_handshake_that_is_never_answered() -> None:
    """How an address that is blocked on the way looks: the connection is there, TLS is not."""

    async def say_nothing(peer: RawPeer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader, writer
        await peer.ended.wait()

    async with raw_peer(say_nothing) as peer:
        failed = await send(peer.url.replace("http:", "https:"), seconds=1)

    assert type(failed) is TelegramDown


@pytest.mark.parametrize("how", ["garbage", "reset"])
async def test_handshake_that_fails(how: str) -> None:
    async def spoil(peer: RawPeer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del peer
        await reader.read(100)
        if how == "reset":
            reset(writer)
        else:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with raw_peer(spoil) as peer:
        failed = await send(peer.url.replace("http:", "https:"))

    assert type(failed) is TelegramDown


async def test_connection_that_was_closed_while_it_was_idle_is_not_used_again() -> None:
    async def serve_one(peer: RawPeer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.read(reader)
        writer.write(answer(OK))
        await writer.drain()

    async with raw_peer(serve_one) as peer:
        bot_api = BotApi(peer.url)
        first = await bot_api.send_message(TOKEN, MESSAGE)
        await asyncio.sleep(0.3)
        second = await bot_api.send_message(TOKEN, MESSAGE)
        await bot_api.close()

    assert (first, second, peer.connections, len(peer.requests)) == (700, 700, 2, 2)


# ---- sent or not, nobody knows ------------------------------------------------------------------


async def test_request_that_is_read_and_never_answered() -> None:
    async def read_only(peer: RawPeer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        await peer.read(reader)
        await peer.ended.wait()

    async with raw_peer(read_only) as peer:
        failed = await send(peer.url, seconds=2)

    assert (type(failed), len(peer.requests)) == (Unsure, 1)


@pytest.mark.parametrize("how", ["reset", "close"])
async def test_connection_that_ends_after_the_request(how: str) -> None:
    async def end(peer: RawPeer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.read(reader)
        if how == "reset":
            reset(writer)

    async with raw_peer(end) as peer:
        failed = await send(peer.url)

    assert (type(failed), len(peer.requests)) == (Unsure, 1)


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        answer(OK[:10], length=len(OK)),
        answer(OK[:10]),
        answer(b"<html>Welcome to the hotel</html>"),
        answer(b""),
        answer(b'{"ok": true, "result": true}'),
        answer(b"[" * 5000),
        answer(b"Gateway Time-out", status=b"504 Gateway Time-out"),
    ],
    ids=["no HTTP", "half a head", "half a body", "half a JSON", "another page", "nothing", "no message", "deep", "504"],
)
async def test_answer_that_is_none(said: bytes) -> None:
    async def answer_so(peer: RawPeer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.read(reader)
        writer.write(said)
        await writer.drain()

    async with raw_peer(answer_so) as peer:
        failed = await send(peer.url)

    assert (type(failed), len(peer.requests)) == (Unsure, 1)


# ---- what was answered --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "description", "error"),
    [
        (401, "Unauthorized", TokenRevoked),
        (404, "Not Found", Misdirected),
        (409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", Conflicting),
        (413, "Request Entity Too Large", TooLong),
        (500, "Internal Server Error: restart", TelegramDown),
        (502, "Bad Gateway", GatewayFailed),
        (504, "Gateway Timeout", Unsure),
        (200, "", Unsure),
        (400, "Bad Request: message text is empty", Refused),
    ],
)
def test_each_code_has_its_error(code: int, description: str, error: type[TelegramError]) -> None:
    assert type(from_answer(code, description, retry_after=None, new_chat_id=None)) is error


@pytest.mark.parametrize(("said", "waits"), [(17, 17), (None, 1), (0, 1), (-5, 1), (1e300, 86_400)])
def test_flood_wait_is_a_time_that_can_be_waited(said: float | None, waits: float) -> None:
    error = from_answer(429, "Too Many Requests", retry_after=said, new_chat_id=None)

    assert isinstance(error, FloodWait)
    assert error.wait == waits


def test_migration_tells_where_to() -> None:
    error = from_answer(400, "Bad Request: group chat was upgraded to a supergroup chat", retry_after=None, new_chat_id=-100)

    assert isinstance(error, ChatMigrated)
    assert error.new_chat_id == -100


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, Unsure), (204, Unsure), (302, Misdirected), (403, Misdirected), (404, Misdirected), (407, Misdirected), (408, Misdirected),
        (413, TooLong), (429, FloodWait), (500, GatewayFailed), (502, GatewayFailed), (503, GatewayFailed), (504, Unsure),
    ],
)  # fmt: skip
def test_each_status_of_a_stranger_has_its_error(status: int, error: type[TelegramError]) -> None:
    assert type(from_stranger(status, "sendMessage", retry_after=None)) is error
