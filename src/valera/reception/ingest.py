"""Hop 1: what Telegram sends is on disk before it gets its 200. An ASGI function in front of the web framework."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from valera.kit.db import DatabaseUnavailable
from valera.reception.update_writer import Busy
from valera.telegram.bots.webhook import hash_secret

if TYPE_CHECKING:
    from valera.reception.update_writer import BotKey, UpdateWriter

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp = Callable[..., Awaitable[None]]
"""Of three arguments, for which each framework has types of its own."""

PREFIX = "/telegram/"
SECRET_HEADER = b"x-telegram-bot-api-secret-token"
MAX_BODY = 1024 * 1024
NO_HASH = bytes(32)
BUSY = ((b"retry-after", b"5"),)


def receive_updates(writer: UpdateWriter, then: ASGIApp) -> ASGIApp:
    """``POST /telegram/{webhook_key}`` is answered here; everything else, lifespan included, goes on to ``then``."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await receive_update(writer, scope, receive, send)
        else:
            await then(scope, receive, send)

    return app


async def receive_update(writer: UpdateWriter, scope: Scope, receive: Receive, send: Send) -> None:
    """One webhook call. Unknown key and wrong secret look the same; 200 means committed; 503 means: send it again."""
    try:
        bot = await _authenticated(writer, scope)
        if bot is None:
            return await _answer(send, 404, b'{"ok":false,"description":"Not Found"}')
        body = await _read_body(scope, receive)
        if body is None:
            return await _answer(send, 413, b'{"ok":false,"description":"Request Entity Too Large"}')
        await writer.store(bot, body)
    except (DatabaseUnavailable, Busy):
        return await _answer(send, 503, b'{"ok":false,"description":"Service Unavailable"}', BUSY)
    except ConnectionResetError:
        return None  # the caller hung up in the middle of its body: nothing was promised
    return await _answer(send, 200, b'{"ok":true}')


async def _authenticated(writer: UpdateWriter, scope: Scope) -> BotKey | None:
    if scope["method"] != "POST":
        return None
    bot = await writer.find_bot(scope["path"][len(PREFIX) :].replace("\x00", "")[:100])
    given = [value for name, value in scope["headers"] if name == SECRET_HEADER]
    secret_hash = hash_secret(given[0] if len(given) == 1 else b"")
    matches = hmac.compare_digest(secret_hash, bot.webhook_secret_hash if bot else NO_HASH)
    return bot if matches else None


async def _read_body(scope: Scope, receive: Receive) -> bytes | None:
    """None: too large."""
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if declared.isdigit() and int(declared) > MAX_BODY:
        return None
    chunks, size = [], 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ConnectionResetError
        chunk = event.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY:
            return None
        chunks.append(chunk)
        if not event.get("more_body"):
            return b"".join(chunks)


async def _answer(send: Send, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    all_headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": all_headers})
    await send({"type": "http.response.body", "body": body})
