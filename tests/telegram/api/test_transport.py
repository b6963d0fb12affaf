"""The ways to Telegram: IPv4 and IPv6, one connection for many calls, proxies; and what is said where the way ends."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import pytest

from tests.telegram.raw_peer import RawPeer, answer, raw_peer
from valera.kit.secrets import Secret
from valera.telegram.api.client import BotApi
from valera.telegram.api.errors import Conflicting, FileNotServed, FileTooLarge, Misdirected, TelegramDown, TelegramError, Unsure, Why

TOKEN = Secret("700000001:AAE-planted-token-of-the-garage-000001")
ME = b'{"ok": true, "result": {"id": 700000001, "username": "garage_bot"}}'


@asynccontextmanager
async def calling(url: str, *, proxy: str | None = None, seconds: float = 10) -> AsyncIterator[BotApi]:
    bot_api = BotApi(url, timeout_seconds=seconds, proxy=Secret(proxy) if proxy else None)
    try:
        yield bot_api
    finally:
        await bot_api.close()


async def why(url: str, *, proxy: str | None = None) -> Why:
    async with calling(url, proxy=proxy) as bot_api:
        with pytest.raises(TelegramDown) as raised:
            await bot_api.get_me(TOKEN)
    assert "planted" not in f"{raised.value!r} {raised.value.detail} {raised.value.__cause__!r}"
    assert proxy is None or "password" not in f"{raised.value!r} {raised.value.detail}"
    return raised.value.why


async def always_me(peer: RawPeer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        await peer.read(reader)
        writer.write(answer(ME))


# ---- connections --------------------------------------------------------------------------------


async def test_one_connection_serves_many_calls() -> None:
    async with raw_peer(always_me) as peer, calling(peer.url) as bot_api:
        for _ in range(5):
            assert (await bot_api.get_me(TOKEN)).username == "garage_bot"

    assert (peer.connections, len(peer.requests)) == (1, 5)


async def test_an_address_of_ipv6_is_an_address() -> None:
    peer = RawPeer(always_me)
    try:
        server = await asyncio.start_server(peer.serve, "::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6")
    try:
        async with calling(f"http://[::1]:{server.sockets[0].getsockname()[1]}") as bot_api:
            assert (await bot_api.get_me(TOKEN)).id == 700000001
    finally:
        server.close()


async def test_a_relay_may_have_a_path() -> None:
    async with raw_peer(always_me) as peer, calling(f"{peer.url}/telegram/") as bot_api:
        await bot_api.get_me(TOKEN)

    assert peer.requests[0].startswith(b"POST /telegram/bot700000001:AAE-planted-token-of-the-garage-000001/getMe HTTP/1.1")


async def test_waiting_for_updates_takes_as_long_as_was_agreed() -> None:
    async def answer_late(peer: RawPeer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.read(reader)
        await asyncio.sleep(1.5)  # longer than the client's usual patience
        writer.write(answer(b'{"ok": true, "result": [{"update_id": 7,\n"message": {}}, {"update_id": 8}]}'))

    async with raw_peer(answer_late) as peer, calling(peer.url, seconds=1) as bot_api:
        updates = await bot_api.get_updates(TOKEN, offset=7, seconds=20, allowed_updates=("message",))

    assert updates == [b'{"update_id": 7,\n"message": {}}', b'{"update_id": 8}']
    assert b'"offset":7' in peer.requests[0]


# ---- proxies ------------------------------------------------------------------------------------


async def test_an_http_proxy_is_asked_for_telegram() -> None:
    async with (
        raw_peer(always_me) as proxy,
        calling("http://telegram.invalid", proxy=f"http://name:password@127.0.0.1:{proxy.port}") as bot_api,
    ):
        assert (await bot_api.get_me(TOKEN)).id == 700000001

    assert proxy.requests[0].startswith(b"POST http://telegram.invalid/bot")
    assert b"Proxy-Authorization: Basic" in proxy.requests[0]


async def socks(peer: RawPeer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """RFC 1928 and 1929, as far as a client needs them; the destination is played by the proxy itself."""
    _, methods = await reader.readexactly(2)
    assert 2 in await reader.readexactly(methods)
    writer.write(b"\x05\x02")
    assert await reader.readexactly(2 + 4 + 1 + 8) == b"\x01\x04name\x08password"
    writer.write(b"\x01\x00")
    head = await reader.readexactly(5)
    assert head[:4] == b"\x05\x01\x00\x03", "the name is for the proxy to resolve"
    peer.requests.append(await reader.readexactly(head[4] + 2))
    writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50")
    await always_me(peer, reader, writer)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
async def test_a_socks_proxy_resolves_the_name_and_wants_a_password(scheme: str) -> None:
    async with raw_peer(socks) as proxy:
        address = f"{scheme}://name:password@127.0.0.1:{proxy.port}"
        async with calling("http://telegram.invalid", proxy=address) as bot_api:
            assert [(await bot_api.get_me(TOKEN)).id for _ in range(2)] == [700000001] * 2

    assert proxy.requests[0].startswith(b"telegram.invalid")
    assert proxy.connections == 1


# ---- where the way ends -------------------------------------------------------------------------


async def test_each_end_of_the_way_has_its_name() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: the port refuses
        nobody = f"127.0.0.1:{taken.getsockname()[1]}"

        assert await why(f"http://{nobody}") == Why.REFUSED
        assert await why("http://telegram.invalid") == Why.NAME
        assert await why("http://127.0.0.1", proxy=f"http://name:password@{nobody}") == Why.PROXY
        assert await why("http://127.0.0.1", proxy=f"socks5://name:password@{nobody}") == Why.PROXY


async def test_a_proxy_that_does_not_let_it_through() -> None:
    async def refuse(peer: RawPeer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer.requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with raw_peer(refuse) as proxy:
        assert await why("https://telegram.invalid", proxy=f"http://name:password@127.0.0.1:{proxy.port}") == Why.PROXY
    assert proxy.requests[0].startswith(b"CONNECT telegram.invalid:443")


async def test_a_socks_proxy_that_does_not_know_the_password() -> None:
    async def refuse(peer: RawPeer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del peer
        await reader.read(100)
        writer.write(b"\x05\x02")
        await reader.read(100)
        writer.write(b"\x01\x01")
        await writer.drain()

    async with raw_peer(refuse) as proxy:
        assert await why("http://telegram.invalid", proxy=f"socks5://name:password@127.0.0.1:{proxy.port}") == Why.PROXY


# ---- files --------------------------------------------------------------------------------------


async def fetch(
    body: bytes, *, status: bytes = b"200 OK", length: int | None = None, path: str = "photos/file 1.jpg"
) -> bytes | TelegramError:
    async def serve(peer: RawPeer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer.requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer(body, status=status, length=length))
        await writer.drain()

    async with raw_peer(serve) as peer, calling(peer.url) as bot_api:
        try:
            fetched = b"".join([chunk async for chunk in bot_api.download(TOKEN, path, max_bytes=1000)])
        except TelegramError as error:
            return error
        assert peer.requests[0].startswith(b"GET /file/bot700000001:AAE-planted-token-of-the-garage-000001/photos/file%201.jpg ")
        return fetched


async def test_a_file_comes_in_pieces() -> None:
    assert await fetch(bytes(range(256)) * 3) == bytes(range(256)) * 3


@pytest.mark.parametrize(
    ("body", "length", "status", "path", "error"),
    [
        (b"x" * 1001, None, b"200 OK", "photos/file 1.jpg", FileTooLarge),
        (b"x" * 10, 20, b"200 OK", "photos/file 1.jpg", Unsure),
        (b'{"ok": false, "error_code": 404, "description": "Not Found"}', None, b"404 Not Found", "photos/file 1.jpg", Misdirected),
        (b"<html>", None, b"404 Not Found", "photos/file 1.jpg", Misdirected),
        (b'{"ok": false, "error_code": 409, "description": "Conflict"}', None, b"409 Conflict", "photos/file 1.jpg", Conflicting),
        (b"", None, b"200 OK", "/var/lib/telegram-bot-api/file.jpg", FileNotServed),
    ],
)
async def test_a_file_that_does_not_come(body: bytes, length: int | None, status: bytes, path: str, error: type[TelegramError]) -> None:
    failed = await fetch(body, status=status, length=length, path=path)

    assert type(failed) is error
    assert "planted" not in repr(failed)
