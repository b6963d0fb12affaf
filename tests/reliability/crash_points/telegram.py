"""Telegram, outside the process that dies: what it was asked to send, it counts."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web


@dataclass(slots=True)
class Telegram:
    sent: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    url: str = ""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1_000))

    def to(self, chat: int) -> list[dict[str, Any]]:
        return [message for message in self.sent if message["chat_id"] == chat]

    def button(self, chat: int, prefix: str) -> str:
        """What the last button of this kind in the chat carries."""
        rows = [row for message in self.to(chat) if "reply_markup" in message for row in message["reply_markup"]["inline_keyboard"]]
        return [button["callback_data"] for row in rows for button in row if button["callback_data"].startswith(prefix)][-1]

    async def handle(self, request: web.Request) -> web.Response:
        if request.match_info["method"] == "sendDocument":
            form = await request.post()
            reply = {"reply_parameters": form["reply_parameters"]} if "reply_parameters" in form else {}
            self.sent.append({"chat_id": int(str(form["chat_id"])), "text": str(form["caption"])} | reply)
            return _answer({"message_id": next(self._numbers)})
        asked = msgspec.json.decode(await request.read())
        if request.match_info["method"] != "sendMessage":
            return _answer(True)
        self.sent.append(asked)
        return _answer({"message_id": next(self._numbers)})


def _answer(result: object) -> web.Response:
    return web.Response(body=msgspec.json.encode({"ok": True, "result": result}), content_type="application/json")


@asynccontextmanager
async def telegram() -> AsyncIterator[Telegram]:
    there = Telegram()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", there.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    there.url = f"http://{host}:{port}"
    try:
        yield there
    finally:
        await runner.cleanup()
