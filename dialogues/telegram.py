"""A Telegram for dialogues: takes what the product sends, as strictly as the Bot API, and keeps each chat's messages."""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from aiohttp import web

from valera.kit.ports import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

LONGEST = 4096
LONGEST_DATA = 64
PICTURE = b"\xff\xd8\xff\xe0 a picture of a dent \xff\xd9"
QUIETLY_DONE = frozenset(
    {"answerCallbackQuery", "sendChatAction", "sendMessageDraft", "setMyCommands", "deleteMyCommands", "setChatMenuButton", "setWebhook"}
)


class Refused(Exception):
    """What Telegram would answer with 400."""


@dataclass(frozen=True, slots=True)
class Button:
    title: str
    data: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client sees."""

    id: int
    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(slots=True)
class Telegram:
    url: str = ""
    chats: dict[tuple[str, int], list[Sent]] = field(default_factory=lambda: defaultdict[tuple[str, int], list[Sent]](list))
    refused: dict[str, list[str]] = field(default_factory=lambda: defaultdict[str, list[str]](list))
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def seen(self, token: str, chat_id: int) -> list[Sent]:
        return self.chats[token, chat_id]

    async def call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        try:
            params = await _parameters(request)
            result = self._do(request.match_info["token"], method, params)
        except (Refused, ValueError, TypeError, KeyError) as error:
            self.refused[request.match_info["token"]].append(f"{method}: {error}")
            return _answer({"ok": False, "error_code": 400, "description": f"Bad Request: {error}"}, 400)
        return _answer({"ok": True, "result": result})

    def _do(self, token: str, method: str, params: dict[str, Any]) -> object:
        match method:
            case "sendMessage":
                sent = _read(params, next(self._ids))
                self.chats[token, params["chat_id"]].append(sent)
                return {"message_id": sent.id, "date": 0, "chat": {"id": params["chat_id"], "type": "private"}, "text": sent.text}
            case "sendDocument":  # the file of a booking: the card that came before it is what the client reads
                return {"message_id": next(self._ids), "date": 0, "chat": {"id": params["chat_id"], "type": "private"}}
            case "getMe":
                return {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Бот", "username": "dialogue_bot"}
            case "getWebhookInfo":
                return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
            case "getFile":
                file_id = params["file_id"]
                return {"file_id": file_id, "file_unique_id": file_id, "file_size": len(PICTURE), "file_path": f"photos/{file_id}.jpg"}
            case _ if method in QUIETLY_DONE:
                return True
            case _:
                raise Refused(f"method {method} is not known here")


async def _parameters(request: web.Request) -> dict[str, Any]:
    if request.content_type == "multipart/form-data":
        form = await request.post()
        return {key: int(given) if key == "chat_id" else given for key, given in form.items() if isinstance(given, str)}
    return json.loads(await request.read() or b"{}")


def _read(params: dict[str, Any], message_id: int) -> Sent:
    text = params["text"]
    size = len(text.encode("utf-16-le")) // 2
    if not text.strip() or size > LONGEST:
        raise Refused("message text is empty or too long")
    if any(entity["offset"] < 0 or entity["offset"] + entity["length"] > size for entity in params.get("entities") or ()):
        raise Refused("an entity is out of the text")
    markup = params.get("reply_markup") or {}
    rows = (markup if isinstance(markup, dict) else json.loads(markup)).get("inline_keyboard", ())
    buttons = tuple(Button(button["text"], button.get("callback_data", "")) for row in rows for button in row)
    if any(not button.title or len(button.data.encode()) > LONGEST_DATA for button in buttons):
        raise Refused("BUTTON_DATA_INVALID")
    return Sent(message_id, text, buttons)


def _answer(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


async def _picture(_: web.Request) -> web.Response:
    return web.Response(body=PICTURE, content_type="image/jpeg")


@asynccontextmanager
async def listening() -> AsyncIterator[Telegram]:
    telegram = Telegram()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", telegram.call)
    app.router.add_get("/bot{token}/{method}", telegram.call)
    app.router.add_get("/file/bot{token}/{path:.+}", _picture)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = free_port("127.0.0.1")
    await web.TCPSite(runner, "127.0.0.1", port).start()
    telegram.url = f"http://127.0.0.1:{port}"
    try:
        yield telegram
    finally:
        await runner.cleanup()
