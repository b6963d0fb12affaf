"""The Bot API client: the one place that puts a token into an address, and no exception of it shows one."""

from __future__ import annotations

from typing import Any

import aiohttp
import msgspec

from valera.kit.db import refuse_inside_transaction
from valera.kit.secrets import Secret
from valera.telegram.errors import TelegramDown, Unsure, from_response


class _Parameters(msgspec.Struct, frozen=True):
    retry_after: float | None = None
    migrate_to_chat_id: int | None = None


class _Response(msgspec.Struct, frozen=True):
    ok: bool
    result: msgspec.Raw = msgspec.Raw(b"null")
    error_code: int = 0
    description: str = ""
    parameters: _Parameters = _Parameters()


class SentMessage(msgspec.Struct, frozen=True):
    message_id: int


class Me(msgspec.Struct, frozen=True):
    id: int
    username: str = ""


class WebhookInfo(msgspec.Struct, frozen=True):
    url: str = ""
    pending_update_count: int = 0


_response = msgspec.json.Decoder(_Response)


class BotApi:
    """Calls methods of the Bot API. One session for all bots; ``base_url`` is Telegram's, a relay's or the simulator's."""

    def __init__(self, base_url: str, *, timeout_seconds: float = 20) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds, connect=5)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def get_me(self, token: Secret) -> Me:
        return msgspec.json.decode(await self._call(token, "getMe", {}), type=Me)

    async def set_webhook(self, token: Secret, *, url: str, secret: Secret, allowed_updates: tuple[str, ...]) -> None:
        await self._call(token, "setWebhook", {"url": url, "secret_token": secret.reveal(), "allowed_updates": list(allowed_updates)})

    async def get_webhook_info(self, token: Secret) -> WebhookInfo:
        return msgspec.json.decode(await self._call(token, "getWebhookInfo", {}), type=WebhookInfo)

    async def send_message(self, token: Secret, message: dict[str, Any]) -> int:
        """``message`` holds the parameters of sendMessage; returns Telegram's message id."""
        return msgspec.json.decode(await self._call(token, "sendMessage", message), type=SentMessage).message_id

    async def answer_callback_query(self, token: Secret, callback_query_id: str) -> None:
        await self._call(token, "answerCallbackQuery", {"callback_query_id": callback_query_id})

    async def _call(self, token: Secret, method: str, params: dict[str, Any]) -> msgspec.Raw:
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
        return _result(method, body)


def _result(method: str, body: bytes) -> msgspec.Raw:
    try:
        response = _response.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Unsure(f"{method}: what came back is not Telegram's answer") from None
    if response.ok:
        return response.result
    raise from_response(
        response.error_code,
        response.description,
        retry_after=response.parameters.retry_after,
        new_chat_id=response.parameters.migrate_to_chat_id,
    )
