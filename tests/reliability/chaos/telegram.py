"""Telegram, as far as Valera calls it: strict about what it takes, with an authoritative history of what it accepted, and with dice."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

HANG_SECONDS = 25
"""Longer than the client's timeout."""

LONGEST_TEXT = 4096
PATIENCE = 0.02
MESSAGE_FIELDS = {"chat_id", "text", "entities", "reply_markup", "reply_parameters", "link_preview_options"}


class Fault(StrEnum):
    """What the dice may do to a call. Those of AFTER did the work and lost the answer."""

    FLOOD = "429"
    BROKEN = "5xx"
    HANG_BEFORE = "timeout before the write"
    RESET_BEFORE = "reset before the write"
    GARBAGE_BEFORE = "garbage, not done"
    HANG_AFTER = "timeout after the write"
    RESET_AFTER = "reset after the write"
    GARBAGE_AFTER = "garbage, done"


AFTER = frozenset({Fault.HANG_AFTER, Fault.RESET_AFTER, Fault.GARBAGE_AFTER})
HANG = frozenset({Fault.HANG_BEFORE, Fault.HANG_AFTER})
RESET = frozenset({Fault.RESET_BEFORE, Fault.RESET_AFTER})


@dataclass(frozen=True, slots=True)
class Accepted:
    """One message that stands in a chat. ``lost_answer``: the sender was never told."""

    message_id: int
    text: str
    keys: tuple[str, ...]
    is_reply: bool
    lost_answer: bool
    at: float


@dataclass(slots=True)
class Thread:
    """One chat with one bot, as Telegram has it. Nobody may write before the client did."""

    messages: list[Accepted] = field(default_factory=list[Accepted])
    closed_until: float = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def accept(self, message: Accepted) -> None:
        self.messages.append(message)
        self.arrived.set()
        self.arrived = asyncio.Event()

    async def wait_for(self, wanted: Callable[[Accepted], bool], *, seconds: float) -> Accepted | None:
        """The first message that is wanted; None: it did not come in time."""
        until, seen = time.monotonic() + seconds, 0
        while (left := until - time.monotonic()) > 0:
            arrived = self.arrived
            for message in self.messages[seen:]:
                if wanted(message):
                    return message
            seen = len(self.messages)
            try:
                await asyncio.wait_for(arrived.wait(), left)
            except TimeoutError:
                return None
        return None


@dataclass(slots=True)
class Telegram:
    """``bots``: token → number of the bot. ``faults``: share of calls that meet the dice."""

    dice: random.Random
    faults: float = 0
    bots: dict[str, int] = field(default_factory=dict[str, int])
    threads: dict[tuple[int, int], Thread] = field(default_factory=dict[tuple[int, int], Thread])
    calls: Counter[str] = field(default_factory=Counter[str])
    thrown: Counter[str] = field(default_factory=Counter[str])
    refused: Counter[str] = field(default_factory=Counter[str])
    acknowledged: Counter[str] = field(default_factory=Counter[str])
    impatient: int = 0
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _webhooks: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1_000_000))

    def thread(self, bot: int, chat_id: int) -> Thread:
        return self.threads.setdefault((bot, chat_id), Thread())

    def next_message_id(self) -> int:
        return next(self._numbers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method, bot = request.match_info["method"], self.bots.get(request.match_info["token"])
        params = {} if method == "sendDocument" else json.loads(await request.read() or b"{}")
        self.calls[method] += 1
        if bot is None:
            return self._refuse(401, "Unauthorized")
        fault = self._throw() if method in {"sendMessage", "answerCallbackQuery"} else None
        match fault:
            case None:
                return self._do(bot, method, params)
            case Fault.FLOOD:
                wait = self.dice.choice((1, 1, 2, 3))
                if method == "sendMessage" and (thread := self.threads.get((bot, params["chat_id"]))):
                    thread.closed_until = time.monotonic() + wait
                return _error(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
            case Fault.BROKEN:
                return _error(self.dice.choice((500, 502, 503)), "Internal Server Error")
            case _:
                if fault in AFTER:
                    self._do(bot, method, params, lost=True)
                return await self._lose_answer(request, fault)

    def _throw(self) -> Fault | None:
        if self.dice.random() >= self.faults:
            return None
        fault = self.dice.choice(list(Fault))
        self.thrown[fault] += 1
        return fault

    async def _lose_answer(self, request: web.Request, fault: Fault) -> web.Response:
        if fault in HANG:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), HANG_SECONDS)
        if fault in HANG | RESET:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return web.Response(status=self.dice.choice((200, 502, 504)), text="<html><center>nginx</center></html>", content_type="text/html")

    def _do(self, bot: int, method: str, params: dict[str, Any], *, lost: bool = False) -> web.Response:  # noqa: PLR0911  (a table)
        match method:
            case "getWebhookInfo":
                return _result({"url": "", "pending_update_count": 0} | self._webhooks.get(bot, {}))
            case "setWebhook":
                self._webhooks[bot] = {key: params[key] for key in ("url", "max_connections", "allowed_updates")}
                return _result(True)
            case "setMyCommands" | "setChatMenuButton" | "sendChatAction" | "sendMessageDraft":
                return _result(True)
            case "sendDocument":  # the file beside a card: nobody counts it
                return _result({"message_id": self.next_message_id(), "date": 0, "chat": {"id": 1, "type": "private"}})
            case "answerCallbackQuery":
                self.acknowledged[params["callback_query_id"]] += 1
                return _result(True)
            case "sendMessage":
                return self._send(bot, params, lost=lost)
            case _:
                return self._refuse(404, "Not Found")

    def _send(self, bot: int, params: dict[str, Any], *, lost: bool) -> web.Response:
        thread, text = self.threads.get((bot, params["chat_id"])), params.get("text", "")
        if thread is None:
            return self._refuse(400, "Bad Request: chat not found")
        if not text.strip() or len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
            return self._refuse(400, "Bad Request: message text is empty or too long")
        if unknown := params.keys() - MESSAGE_FIELDS:
            return self._refuse(400, f"Bad Request: unknown {sorted(unknown)}")
        now = time.monotonic()
        self.impatient += now < thread.closed_until - PATIENCE
        rows = (params.get("reply_markup") or {}).get("inline_keyboard", ())
        keys = tuple(button["callback_data"] for row in rows for button in row)
        message = Accepted(self.next_message_id(), text, keys, "reply_parameters" in params, lost, time.time())
        thread.accept(message)
        return _result({"message_id": message.message_id, "date": int(message.at), "chat": {"id": params["chat_id"], "type": "private"}})

    def _refuse(self, code: int, description: str) -> web.Response:
        self.refused[f"{code} {description}"] += 1
        return _error(code, description)


def _result(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _error(code: int, description: str, **parameters: int) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return web.json_response(body | ({"parameters": parameters} if parameters else {}), status=code)
