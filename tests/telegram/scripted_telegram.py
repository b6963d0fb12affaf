"""A Bot API on a socket that answers what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

SENT = {"ok": True, "result": {"message_id": 700}}


def refusal(code: int, description: str, **parameters: Any) -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": description, "parameters": parameters}


@dataclass(slots=True)
class ScriptedTelegram:
    """``answers``: a dict is sent as JSON, bytes as they are, "hang" never answers, "drop" closes the connection; then always SENT."""

    answers: list[dict[str, Any] | bytes | str] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.calls.append((request.match_info["method"], json.loads(await request.read())))
        answer = self.answers.pop(0) if self.answers else SENT
        if answer == "hang":
            await asyncio.sleep(30)
        if answer == "drop":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if isinstance(answer, bytes):
            return web.Response(body=answer, status=502)
        assert isinstance(answer, dict)
        code = answer.get("error_code", 200)
        assert isinstance(code, int)
        return web.json_response(answer, status=code)


@asynccontextmanager
async def scripted_telegram() -> AsyncIterator[ScriptedTelegram]:
    telegram = ScriptedTelegram()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", telegram.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    telegram.url = f"http://{host}:{port}"
    try:
        yield telegram
    finally:
        await runner.cleanup()
