"""A web server that is told to stop says so first and serves on for a moment: whoever shares out requests stops sending it any."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

import uvicorn

if TYPE_CHECKING:
    import socket

READY_PATH = "/health/ready"
LEAVING = b'{"status":"leaving"}'
CLOSE = (b"connection", b"close")

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Farewell:
    """An application in front of another. From `begin` on READY_PATH is answered with 503, and any other answer closes its connection."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app
        self._has_begun = False

    def begin(self) -> None:
        self._has_begun = True

    async def __call__(self, scope: Scope, receive: Callable[..., Any], send: Send) -> None:
        if not self._has_begun or scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == READY_PATH:
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(LEAVING)).encode()), CLOSE]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": LEAVING})
        else:
            await self._app(scope, receive, _closing(send))


def _closing(send: Send) -> Send:
    async def send_and_close(event: MutableMapping[str, Any]) -> None:
        if event["type"] == "http.response.start":
            event["headers"] = [*event.get("headers", ()), CLOSE]
        await send(event)

    return send_and_close


class PoliteServer(uvicorn.Server):
    """Between the signal and the closed door lie ``seconds`` of farewell, unless Ctrl-C is pressed again. 0: nobody shares out requests,
    it stops at once.
    """

    def __init__(self, config: uvicorn.Config, farewell: Farewell, *, seconds: float) -> None:
        super().__init__(config)
        self._farewell = farewell
        self._seconds = seconds

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Called by uvicorn while the sockets are still open."""
        self._farewell.begin()
        until = time.monotonic() + self._seconds
        while time.monotonic() < until and not self.force_exit:  # noqa: ASYNC110  (a signal handler of uvicorn's sets it)
            await asyncio.sleep(min(self._seconds, 0.05))
        await super().shutdown(sockets)
