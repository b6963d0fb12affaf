"""A Bot API on a socket that answers what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

CUT = b"...the connection breaks off here"
SENT = {"ok": True, "result": {"message_id": 700}}


def refusal(code: int, description: str, **parameters: Any) -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": description, "parameters": parameters}


@dataclass(frozen=True, slots=True)
class Stranger:
    """What a proxy says instead of Telegram."""

    status: int
    headers: dict[str, str] = field(default_factory=dict[str, str])

    def response(self) -> web.Response:
        return web.Response(status=self.status, text=f"<html><h1>{self.status}</h1></html>", content_type="text/html", headers=self.headers)


@dataclass(slots=True)
class ScriptedTelegram:
    """``answers``: a dict is sent as JSON, "hang" never answers, "drop" closes the connection; then always SENT."""

    answers: list[dict[str, Any] | Stranger | str] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""
    files: dict[str, bytes | Stranger] = field(default_factory=dict[str, "bytes | Stranger"])
    """By path; a file that ends with CUT breaks off there. ``fetched``: which were asked for."""
    fetched: list[str] = field(default_factory=list[str])

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.calls.append((request.match_info["method"], await _parameters(request)))
        answer = self.answers.pop(0) if self.answers else SENT
        if answer == "hang":
            await asyncio.sleep(30)
        if answer == "drop":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if isinstance(answer, Stranger):
            return answer.response()
        assert isinstance(answer, dict)
        code = answer.get("error_code", 200)
        assert isinstance(code, int)
        return web.json_response(answer, status=code)

    async def serve_file(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        self.fetched.append(path)
        content = self.files.get(path, Stranger(404))
        if isinstance(content, Stranger):
            return content.response()
        response = web.StreamResponse(headers={"Content-Length": str(len(content))})
        await response.prepare(request)
        await response.write(content.removesuffix(CUT))
        if content.endswith(CUT):
            assert request.transport is not None
            request.transport.close()
        return response


async def _parameters(request: web.Request) -> dict[str, Any]:
    """JSON, or a form; of its file name, type and text."""
    if request.content_type != "multipart/form-data":
        return json.loads(await request.read())
    form = await request.post()
    return {
        key: (given.filename, given.content_type, given.file.read().decode(errors="replace")) if isinstance(given, web.FileField) else given
        for key, given in form.items()
    }


@asynccontextmanager
async def scripted_telegram() -> AsyncIterator[ScriptedTelegram]:
    telegram = ScriptedTelegram()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", telegram.handle)
    app.router.add_get("/file/bot{token}/{path:.+}", telegram.serve_file)
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
