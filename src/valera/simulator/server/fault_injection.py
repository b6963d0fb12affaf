"""A call of a bot that goes wrong on purpose, on the wire: what `messenger.fault` means to whoever calls."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import socket
import struct
from typing import TYPE_CHECKING, Any, Literal, assert_never

from litestar import Request, Response

from valera.simulator.messenger.limits.fault import FLOOD_SECONDS, Calls, FaultKind, find_fault
from valera.simulator.server.refusal import Refusal, forbidden, too_many, unauthorized

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar.types import ASGIApp, Message, Receive, Scope, Send

    from valera.simulator.server.methods.call import Call

REFUSED = Literal[FaultKind.FLOOD_CHAT, FaultKind.FLOOD_BOT, FaultKind.BLOCKED, FaultKind.REVOKED, FaultKind.DOWN]
PATIENCE_SECONDS = 120
"""For how long a call that is not answered keeps its connection."""

PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>nginx</body></html>"
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: what closes is reset."""


async def run_or_fail(request: Request[Any, Any, Any], call: Call, run: Callable[[Call], Any], calls: Calls | None = None) -> Any:
    """What the method returns, now or later, or a Response that is no answer of Telegram's. Raises Refusal. ``calls``: of which kind it
    is, for faults that concern one kind only.
    """
    chat = _chat(call)
    if seconds := call.telegram.flood.penalty(call.bot.id, chat, now=call.now):
        raise too_many(seconds)
    kind = _drawn(call, chat, calls)
    return await _run(call, run) if kind is None else await _fail(kind, request, call, run)


async def _run(call: Call, run: Callable[[Call], Any]) -> Any:
    answer = run(call)
    return await answer if inspect.isawaitable(answer) else answer


async def _fail(kind: FaultKind, request: Request[Any, Any, Any], call: Call, run: Callable[[Call], Any]) -> Any:
    match kind:
        case FaultKind.CUT:
            request.scope["state"][CUT] = True
            return await _run(call, run)
        case FaultKind.RESET:
            return await _hang_up(request)
        case FaultKind.IGNORED:
            return await _say_nothing(request, call)
        case FaultKind.UNANSWERED:
            await _run(call, run)
            return await _say_nothing(request, call)
        case FaultKind.GATEWAY:
            return Response(PAGE.format("502 Bad Gateway"), status_code=502, media_type="text/html")
        case FaultKind.GARBAGE:
            return Response(PAGE.format("Welcome"), status_code=200, media_type="text/html")
        case _:
            raise _refusal(kind, call)


def _refusal(kind: REFUSED, call: Call) -> Refusal:
    match kind:
        case FaultKind.FLOOD_CHAT:
            return _flooded(call, _chat(call))
        case FaultKind.FLOOD_BOT:
            return _flooded(call, None)
        case FaultKind.BLOCKED:
            return forbidden("bot was blocked by the user")
        case FaultKind.REVOKED:
            return unauthorized()
        case FaultKind.DOWN:
            return Refusal(500, "Internal Server Error: restart")
        case _:
            assert_never(kind)


def _drawn(call: Call, chat: int | None, calls: Calls | None) -> FaultKind | None:
    fault = find_fault(call.telegram.store, call.bot.id, now=call.now)
    if fault is None or fault.calls not in {Calls.ALL, calls} or call.telegram.chance.random() * 100 >= fault.share:
        return None
    is_for_chats = fault.kind in {FaultKind.FLOOD_CHAT, FaultKind.BLOCKED}
    return None if is_for_chats and chat is None else fault.kind


def _chat(call: Call) -> int | None:
    """Whom the call concerns, as far as that can be read: what is wrong with it the method itself says."""
    try:
        return call.parameters.integer("chat_id")
    except Refusal:
        return None


def _flooded(call: Call, chat: int | None) -> Refusal:
    call.telegram.flood.punish(call.bot.id, chat, until=call.now + FLOOD_SECONDS)
    return too_many(FLOOD_SECONDS)


async def _say_nothing(request: Request[Any, Any, Any], call: Call) -> Response[None]:
    """Until the caller's or our patience is over, or the server stops."""
    ends = [asyncio.ensure_future(_gone(request)), asyncio.ensure_future(call.telegram.events.stopped.wait())]
    await asyncio.wait(ends, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        end.cancel()
    return await _hang_up(request)


async def _hang_up(request: Request[Any, Any, Any]) -> Response[None]:
    """The connection is gone without a byte; the response that is returned goes nowhere."""
    request.scope["state"][BREAK]()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_gone(request), 1)
    return Response(None, status_code=500)


async def _gone(request: Request[Any, Any, Any]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


BREAK = "break_connection"
CUT = "cut_answer"


class Wire:
    """ASGI middleware: lets a handler break its connection, which ASGI has no words for. uvicorn's ``send`` knows its transport."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})
        state[BREAK] = lambda: _break(send)

        async def send_or_cut(message: Message) -> None:
            if message["type"] == "http.response.body" and state.get(CUT):
                body = message["body"]
                await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
                _transport(send).close()
            else:
                await send(message)

        await self._app(scope, receive, send_or_cut)


def _break(send: Any) -> None:
    transport = _transport(send)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    transport.abort()


def _transport(send: Any) -> Any:
    return send.__self__.transport
