"""Bodies in and out over ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from valera.simulator.models.wire import Refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

MAX_BODY_BYTES = 20 << 20
PATIENCE_SECONDS = 600
"""For how long a silent provider keeps the connection."""

JSON = b"application/json"
EVENTS = b"text/event-stream; charset=utf-8"


async def read_body(receive: Receive, too_large: Callable[[], Refusal]) -> bytes | None:
    """None: the caller has gone."""
    body = b""
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        body += event.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise too_large()
        if not event.get("more_body"):
            return body


async def start(send: Send, status: int, content_type: bytes, *headers: Header) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", content_type), *headers]})


async def send_whole(send: Send, status: int, body: bytes, *headers: Header, content_type: bytes = JSON) -> None:
    await start(send, status, content_type, (b"content-length", str(len(body)).encode()), *headers)
    await send({"type": "http.response.body", "body": body})


async def send_refusal(send: Send, refusal: Refusal) -> None:
    await send_whole(send, refusal.status, refusal.body, *refusal.headers, content_type=refusal.content_type)


async def send_pieces(send: Send, content_type: bytes, pieces: Iterable[bytes]) -> None:
    await start(send, 200, content_type)
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def drip(send: Send, receive: Receive, content_type: bytes, pieces: Iterable[bytes], *, pause: float) -> None:
    """Piece by piece, for as long as somebody listens."""
    await start(send, 200, content_type)
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        if await is_gone(receive, within=pause):
            return
    await send({"type": "http.response.body", "body": b""})


async def send_half(send: Send, content_type: bytes, body: bytes) -> None:
    """An application that returns in the middle makes the server close the connection: the end never comes."""
    await start(send, 200, content_type)
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def is_gone(receive: Receive, *, within: float) -> bool:
    """Whether the caller hangs up before the time is over; comes back as soon as he does."""
    try:
        async with asyncio.timeout(within):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


async def live(receive: Receive, send: Send) -> None:
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
