"""The provider as one ASGI function: a framework would cost more than the answer.

POST /openai/v1/chat/completions    the wire format
GET, PUT, DELETE /openai/switch     how it stands and what it counted; turn it; back to the beginning
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Literal, assert_never

import msgspec

from valera.simulator.models.script import answer
from valera.simulator.models.switch import Fault, Setting, Switch
from valera.simulator.models.wire import Refusal, Said, read_request, write_answer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY_BYTES = 4 << 20
PATIENCE_SECONDS = 600
"""For how long a silent provider keeps the connection."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider with its switch. Any key is good, but there must be one."""

    switch: Switch = field(default_factory=Switch)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        try:
            await self._answer(scope, receive, send)
        except Refusal as refusal:
            self.switch.refused += 1
            await _send(send, refusal.status, refusal.body)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["path"], scope["method"]:
            case "/openai/v1/chat/completions", "POST":
                await self._complete(scope, receive, send)
            case "/openai/switch", "GET" | "PUT" | "DELETE" as method:
                await self._turn(method, receive)
                await _send(send, 200, self.switch.report())
            case "/openai/v1/chat/completions" | "/openai/switch" as path, method:
                raise Refusal(405, f"Not allowed to {method} on {path}.")
            case path, method:
                raise Refusal(404, f"Invalid URL ({method} {path})")

    async def _complete(self, scope: Scope, receive: Receive, send: Send) -> None:
        switch = self.switch
        switch.requests += 1
        _check_headers(scope["headers"])
        body = await _read_body(receive)
        asked = read_request(body)
        fault = switch.next_fault()
        if switch.setting.delay_seconds:
            switch.waiting += 1
            try:
                await asyncio.sleep(switch.setting.delay_seconds)
            finally:
                switch.waiting -= 1
        if fault is not None:
            await self._fail(fault, write_answer(Said("Минуту"), model=asked.model, body=body), receive, send)
            return
        written = write_answer(answer(switch.setting.rules, asked.messages), model=asked.model, body=body)
        await _send(send, 200, written)
        switch.answered += 1

    async def _fail(self, fault: Fault, whole: bytes, receive: Receive, send: Send) -> None:
        match fault:
            case Fault.RATE_LIMITED:
                refusal = Refusal(429, "Rate limit reached for requests", kind="requests", code="rate_limit_exceeded")
                after = str(self.switch.setting.retry_after_seconds).encode()
                await _send(send, 429, refusal.body, (b"retry-after", after))
            case Fault.SERVER_ERROR:
                await _send(send, 500, Refusal(500, "The server had an error while processing your request.", kind="server_error").body)
            case Fault.OVERLOADED:
                await _send(send, 529, Refusal(529, "The engine is currently overloaded.", kind="overloaded_error").body)
            case Fault.CUT:
                await _start(send, 200)
                await send({"type": "http.response.body", "body": whole[: len(whole) // 2], "more_body": True})
                # An application that returns here makes the server close the connection: the end never comes.
            case Fault.BROKEN_JSON:
                await _send(send, 200, whole[: len(whole) // 2])
            case Fault.EMPTY:
                await _send(send, 200, write_answer(Said(None), model="empty", body=whole))
            case Fault.SILENT:
                await _wait_until_gone(receive)
            case _:
                assert_never(fault)

    async def _turn(self, method: Literal["GET", "PUT", "DELETE"], receive: Receive) -> None:
        match method:
            case "GET":
                pass
            case "PUT":
                try:
                    self.switch.turn(msgspec.json.decode(await _read_body(receive), type=Setting))
                except msgspec.DecodeError as error:
                    raise Refusal(400, f"{error}.") from None
            case "DELETE":
                self.switch.turn(Setting())


@dataclass(frozen=True, slots=True)
class ModelsBeside:
    """The provider under `/openai/`, and ``app`` for everything else. Each framework has types of its own for the three arguments."""

    provider: Provider
    app: Callable[..., Awaitable[None]]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        is_for_models = scope["type"] == "http" and scope["path"].startswith("/openai/")
        await (self.provider if is_for_models else self.app)(scope, receive, send)


def _check_headers(headers: list[tuple[bytes, bytes]]) -> None:
    given = dict(headers)
    scheme, _, key = given.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"bearer" or not key.strip():
        raise Refusal(401, "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.")
    if not given.get(b"content-type", b"").lower().startswith(b"application/json"):
        raise Refusal(415, "Unsupported Media Type: the body must be application/json.")


async def _read_body(receive: Receive) -> bytes:
    body = b""
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Refusal(400, "The request ended before its body.")
        body += event.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise Refusal(413, "The request is too large.")
        if not event.get("more_body"):
            return body


async def _start(send: Send, status: int, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json"), *headers]})


async def _send(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    await _start(send, status, (b"content-length", str(len(body)).encode()), *headers)
    await send({"type": "http.response.body", "body": body})


async def _wait_until_gone(receive: Receive) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        pass


async def _live(receive: Receive, send: Send) -> None:
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
