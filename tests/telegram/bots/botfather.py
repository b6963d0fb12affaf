"""A Telegram that hands updates over as the real one does, by webhook or getUpdates, and is strict about both.

Source of its rules and sentences: https://core.telegram.org/bots/api#getting-updates and Client.cpp of tdlib/telegram-bot-api.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(slots=True)
class TelegramBot:
    """``queue``: update id → body, in Telegram's order. ``polling``: the request that waits for updates now."""

    id: int
    token: str
    username: str
    url: str = ""
    secret: str = ""
    max_connections: int | None = None
    allowed_updates: list[str] | None = None
    error: str = ""
    error_at: int = 0
    queue: dict[int, bytes] = field(default_factory=dict[int, bytes])
    polling: asyncio.Future[str] | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    polls: int = 0
    looks: int = 0
    """How often its webhook was asked about."""

    def put(self, update_id: int, text: str = "Сколько стоит замена масла?", chat_id: int = 5001) -> None:
        person = {"id": chat_id, "is_bot": False, "first_name": "Вера"}
        message = {"message_id": update_id, "date": 1700000000, "chat": {"id": chat_id, "type": "private"}, "from": person, "text": text}
        self.queue[update_id] = json.dumps({"update_id": update_id, "message": message}).encode()
        self.arrived.set()


@dataclass(slots=True)
class Telegram:
    """``refuses``: method → code and description, once each call until it is taken out."""

    bots: dict[str, TelegramBot] = field(default_factory=dict[str, TelegramBot])
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    refuses: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])
    url: str = ""

    def add(self, bot_id: int, username: str, token: str | None = None) -> TelegramBot:
        bot = TelegramBot(bot_id, token or f"{bot_id}:AAE-planted-token-{bot_id}-0123456789abcdef", username)
        self.bots[bot.token] = bot
        return bot

    def revoke(self, bot: TelegramBot) -> None:
        """BotFather's /revoke: another token, the webhook is gone, the updates stay."""
        del self.bots[bot.token]
        bot.token, bot.url, bot.secret = f"{bot.id}:AAE-new-planted-token-{bot.id}-0123456789ab", "", ""
        self.bots[bot.token] = bot

    def count(self, method: str) -> int:
        return sum(1 for called, _ in self.calls if called == method)

    async def handle(self, request: web.Request) -> web.Response:  # noqa: PLR0911  (a return for each method)
        method, bot = request.match_info["method"], self.bots.get(request.match_info["token"])
        params = json.loads(await request.read() or b"{}")
        self.calls.append((method, params))
        if bot is None:
            return _refusal(401, "Unauthorized")
        if method in self.refuses:
            return _refusal(*self.refuses[method])
        match method:
            case "getMe":
                return _result({"id": bot.id, "is_bot": True, "first_name": bot.username, "username": bot.username})
            case "setWebhook":
                return self._set_webhook(bot, params)
            case "deleteWebhook":
                assert not params.get("drop_pending_updates"), "updates would be lost"
                bot.url, bot.secret, bot.max_connections = "", "", None
                return _result(True)
            case "getWebhookInfo":
                bot.looks += 1
                return _result(_info(bot))
            case "getUpdates":
                return await self._get_updates(bot, params)
            case "sendMessage":
                return _result({"message_id": 7000 + len(self.calls)})
            case "setMyCommands" | "setChatMenuButton" | "sendChatAction" | "sendMessageDraft" | "answerCallbackQuery":
                return _result(True)
            case _:
                return _refusal(404, "Not Found")

    def _set_webhook(self, bot: TelegramBot, params: dict[str, Any]) -> web.Response:
        assert not params.get("drop_pending_updates"), "updates would be lost"
        if not params["url"].startswith(("https://", "http://127.0.0.1")):
            return _refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if bot.polling is not None and not bot.polling.done():
            bot.polling.set_result("Conflict: terminated by setWebhook request")
        bot.url, bot.secret, bot.max_connections = params["url"], params.get("secret_token", ""), params.get("max_connections", 40)
        bot.allowed_updates = params.get("allowed_updates", bot.allowed_updates)
        bot.error, bot.error_at = "", 0
        return _result(True)

    async def _get_updates(self, bot: TelegramBot, params: dict[str, Any]) -> web.Response:
        if bot.url:
            said = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            return _refusal(409, said)
        if bot.polling is not None and not bot.polling.done():
            bot.polling.set_result("Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
        mine = bot.polling = asyncio.get_running_loop().create_future()
        bot.polls += 1
        bot.allowed_updates = params.get("allowed_updates", bot.allowed_updates)
        offset = params.get("offset")
        if offset is not None:
            for number in [number for number in bot.queue if number < offset]:
                del bot.queue[number]
        until = time.monotonic() + params.get("timeout", 0)
        while not bot.queue and (left := until - time.monotonic()) > 0:
            bot.arrived.clear()
            arrived = asyncio.create_task(bot.arrived.wait())
            await asyncio.wait([arrived, mine], timeout=left, return_when=asyncio.FIRST_COMPLETED)
            arrived.cancel()
            if mine.done():
                return _refusal(409, mine.result())
        given = [bot.queue[number] for number in sorted(bot.queue)][: params.get("limit", 100)]
        return web.Response(body=b'{"ok":true,"result":[' + b",".join(given) + b"]}", content_type="application/json")

    async def deliver(self, bot: TelegramBot, post: Callable[[str, bytes, bytes], Awaitable[int]]) -> list[int]:
        """Sends what waits to the webhook: ``post(path, body, secret)``; each 200 takes an update from the queue. Returns the statuses."""
        statuses: list[int] = []
        for number, body in sorted(bot.queue.items()):
            statuses.append(await post(bot.url[bot.url.index("/telegram/") :], body, bot.secret.encode()))
            if statuses[-1] == 200:
                del bot.queue[number]
        return statuses


@asynccontextmanager
async def listening() -> AsyncIterator[Telegram]:
    telegram = Telegram()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", telegram.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    telegram.url = f"http://{host}:{port}"
    try:
        yield telegram
    finally:
        await runner.cleanup()


def _info(bot: TelegramBot) -> dict[str, Any]:
    info: dict[str, Any] = {"url": bot.url, "has_custom_certificate": False, "pending_update_count": len(bot.queue)}
    if bot.url:
        info["max_connections"] = bot.max_connections
    if bot.allowed_updates is not None:
        info["allowed_updates"] = bot.allowed_updates
    if bot.error:
        info |= {"last_error_date": bot.error_at or int(time.time()), "last_error_message": bot.error}
    return info


def _result(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refusal(code: int, description: str) -> web.Response:
    return web.json_response({"ok": False, "error_code": code, "description": description}, status=code)
