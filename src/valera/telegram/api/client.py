"""The Bot API client: the one place that puts a token into an address, and no exception of it shows one."""

from __future__ import annotations

from typing import Any, TypeVar

import aiohttp
import msgspec

from valera.kit.db import refuse_inside_transaction
from valera.kit.secrets import Secret
from valera.telegram.api.errors import TelegramDown, Unsure, from_answer, from_stranger


class _Parameters(msgspec.Struct, frozen=True):
    retry_after: float | None = None
    migrate_to_chat_id: int | None = None


class _Response(msgspec.Struct, frozen=True):
    ok: bool
    result: msgspec.Raw = msgspec.Raw(b"null")
    error_code: int | None = None
    description: str = ""
    parameters: _Parameters | None = None


class SentMessage(msgspec.Struct, frozen=True):
    message_id: int


class Me(msgspec.Struct, frozen=True):
    id: int
    username: str = ""


class WebhookInfo(msgspec.Struct, frozen=True):
    url: str = ""
    pending_update_count: int = 0


Result = TypeVar("Result")

_response = msgspec.json.Decoder(_Response)

CONNECT_SECONDS = 5.0


class BotApi:
    """Calls methods of the Bot API. One session for all bots; ``base_url`` is Telegram's, a relay's or the simulator's."""

    def __init__(self, base_url: str, *, timeout_seconds: float = 20) -> None:
        self._base_url = base_url.rstrip("/")
        # Connecting has its own, earlier end: what times out while it connects was certainly not sent.
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds / 2))
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def get_me(self, token: Secret) -> Me:
        return await self._call(token, "getMe", {}, Me)

    async def set_webhook(self, token: Secret, *, url: str, secret: Secret, allowed_updates: tuple[str, ...]) -> None:
        await self._call(
            token, "setWebhook", {"url": url, "secret_token": secret.reveal(), "allowed_updates": list(allowed_updates)}, object
        )

    async def get_webhook_info(self, token: Secret) -> WebhookInfo:
        return await self._call(token, "getWebhookInfo", {}, WebhookInfo)

    async def send_message(self, token: Secret, message: dict[str, Any]) -> int:
        """``message`` holds the parameters of sendMessage; returns Telegram's message id."""
        return (await self._call(token, "sendMessage", message, SentMessage)).message_id

    async def answer_callback_query(self, token: Secret, callback_query_id: str) -> None:
        await self._call(token, "answerCallbackQuery", {"callback_query_id": callback_query_id}, object)

    async def _call(self, token: Secret, method: str, params: dict[str, Any], result: type[Result]) -> Result:
        refuse_inside_transaction()
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60))
        try:
            async with self._session.post(
                f"{self._base_url}/bot{token.reveal()}/{method}",
                data=msgspec.json.encode(params),
                headers={"content-type": "application/json"},
                allow_redirects=False,
            ) as answer:
                body = await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise TelegramDown(f"{method}: no connection to Telegram ({type(error).__name__})") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unsure(f"{method}: the answer was lost ({type(error).__name__})") from None
        return _read(method, answer.status, _seconds(answer.headers.get("Retry-After")), body, result)


def _read(method: str, status: int, retry_after: float | None, body: bytes, result: type[Result]) -> Result:
    try:
        response = _response.decode(body)
        if response.ok:
            return msgspec.json.decode(response.result, type=result)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise from_stranger(status, method, retry_after=retry_after) from None
    said = response.parameters or _Parameters()
    code = status if response.error_code is None else response.error_code
    raise from_answer(code, response.description, retry_after=said.retry_after or retry_after, new_chat_id=said.migrate_to_chat_id)


def _seconds(header: str | None) -> float | None:
    return float(header) if header is not None and header.isdecimal() else None
