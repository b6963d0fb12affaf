"""The Bot API client: the one place that puts a token into an address, and no exception of it shows one.

Methods and parameters are those of Bot API 10.3, https://core.telegram.org/bots/api.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec

from valera.kit.db import refuse_inside_transaction
from valera.telegram.api.errors import FileNotServed, FileTooLarge, from_answer, from_stranger
from valera.telegram.api.transport import named_failures, open_session

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from valera.kit.secrets import Secret


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
    """``url`` is empty without a webhook; ``allowed_updates`` None: Telegram's default. Dates are Unix time."""

    url: str = ""
    has_custom_certificate: bool = False
    pending_update_count: int = 0
    ip_address: str | None = None
    last_error_date: int | None = None
    last_error_message: str | None = None
    last_synchronization_error_date: int | None = None
    max_connections: int | None = None
    allowed_updates: list[str] | None = None


class RemoteFile(msgspec.Struct, frozen=True):
    """``file_path`` None: Telegram has the file and does not give it (it is larger than 20 MB)."""

    file_id: str
    file_unique_id: str = ""
    file_size: int | None = None
    file_path: str | None = None


Result = TypeVar("Result")

_response = msgspec.json.Decoder(_Response)

CONNECT_SECONDS = 5.0
MAX_POLLED = 100
DOWNLOAD_SECONDS = 300
UPLOAD_SECONDS = 15
"""More for a send with files than for one without; both together end before the sender's lease."""
CHUNK = 64 * 1024


class BotApi:
    """Calls methods of the Bot API. One session for all bots; ``base_url`` is Telegram's, a relay's or the simulator's; ``proxy`` is an
    address with http, https or socks5, and may hold a password.
    """

    def __init__(self, base_url: str, *, timeout_seconds: float = 20, proxy: Secret | None = None) -> None:
        self._base_url = base_url.rstrip("/")
        self._seconds = timeout_seconds
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    # ---- the bot and how its updates come --------------------------------------------------------

    async def get_me(self, token: Secret) -> Me:
        return await self._call(token, "getMe", {}, Me)

    async def set_webhook(
        self, token: Secret, *, url: str, secret: Secret, allowed_updates: Sequence[str], max_connections: int | None = None
    ) -> None:
        """What waits at Telegram is kept: ``drop_pending_updates`` is never sent."""
        params: dict[str, Any] = {"url": url, "secret_token": secret.reveal(), "allowed_updates": list(allowed_updates)}
        if max_connections is not None:
            params["max_connections"] = max_connections
        await self._call(token, "setWebhook", params, object)

    async def delete_webhook(self, token: Secret) -> None:
        """What waits at Telegram is kept."""
        await self._call(token, "deleteWebhook", {"drop_pending_updates": False}, object)

    async def get_webhook_info(self, token: Secret) -> WebhookInfo:
        return await self._call(token, "getWebhookInfo", {}, WebhookInfo)

    async def get_updates(
        self, token: Secret, *, offset: int | None = None, seconds: int, allowed_updates: Sequence[str], limit: int = MAX_POLLED
    ) -> list[bytes]:
        """Updates as Telegram wrote them, in its order; waits up to ``seconds`` for the first. An ``offset`` says that all before it are
        stored: Telegram forgets those.
        """
        params: dict[str, Any] = {"limit": limit, "timeout": seconds, "allowed_updates": list(allowed_updates)}
        if offset is not None:
            params["offset"] = offset
        updates = await self._call(token, "getUpdates", params, list[msgspec.Raw], patience=seconds)
        return [bytes(update) for update in updates]

    # ---- what clients see ------------------------------------------------------------------------

    async def send_message(self, token: Secret, message: dict[str, Any]) -> int:
        """``message`` holds the parameters of sendMessage; returns Telegram's message id."""
        return (await self._call(token, "sendMessage", message, SentMessage)).message_id

    async def send_document(self, token: Secret, message: dict[str, Any], *, name: str, media_type: str, body: bytes) -> int:
        """``message`` holds the parameters of sendDocument but the file; returns Telegram's message id."""
        return await self.send_file(token, message, kind="document", name=name, media_type=media_type, body=body)

    async def send_file(self, token: Secret, message: dict[str, Any], *, kind: str, name: str, media_type: str, body: bytes) -> int:
        """``kind``: photo or document, by sendPhoto or sendDocument; returns Telegram's message id."""
        form = _form(message)
        form.add_field(kind, body, filename=name, content_type=media_type)
        return (await self._call(token, f"send{kind.capitalize()}", form, SentMessage, patience=UPLOAD_SECONDS)).message_id

    async def send_media_group(self, token: Secret, message: dict[str, Any], files: Sequence[tuple[str, str, bytes]]) -> int:
        """``message``: the parameters of sendMediaGroup, whose ``media`` name the files ``attach://file0``, ``attach://file1`` …; each of
        ``files`` is name, media type, contents. Returns Telegram's id of the first message.
        """
        form = _form(message)
        for at, (name, media_type, body) in enumerate(files):
            form.add_field(f"file{at}", body, filename=name, content_type=media_type)
        sent = await self._call(token, "sendMediaGroup", form, list[SentMessage], patience=UPLOAD_SECONDS)
        return sent[0].message_id

    async def send_message_draft(
        self, token: Secret, *, chat_id: int, draft_id: int, text: str, entities: Sequence[dict[str, Any]] = ()
    ) -> None:
        """A preview of at most thirty seconds, in private chats; no text shows "thinking". ``draft_id`` is not zero."""
        params: dict[str, Any] = {"chat_id": chat_id, "draft_id": draft_id, "text": text}
        if entities:
            params["entities"] = list(entities)
        await self._call(token, "sendMessageDraft", params, object)

    async def send_chat_action(self, token: Secret, *, chat_id: int, action: str) -> None:
        """Shown for five seconds, or until a message comes."""
        await self._call(token, "sendChatAction", {"chat_id": chat_id, "action": action}, object)

    async def answer_callback_query(self, token: Secret, callback_query_id: str) -> None:
        await self._call(token, "answerCallbackQuery", {"callback_query_id": callback_query_id}, object)

    async def set_my_commands(
        self, token: Secret, *, commands: Sequence[dict[str, str]], scope: dict[str, Any] | None = None, language_code: str | None = None
    ) -> None:
        """``commands``: at most 100 of ``{"command": …, "description": …}``; no language: for everybody who has none of his own."""
        params: dict[str, Any] = {"commands": list(commands)}
        if scope is not None:
            params["scope"] = scope
        if language_code is not None:
            params["language_code"] = language_code
        await self._call(token, "setMyCommands", params, object)

    async def set_chat_menu_button(self, token: Secret, *, menu_button: dict[str, Any], chat_id: int | None = None) -> None:
        """No chat: the default of all private ones."""
        params: dict[str, Any] = {"menu_button": menu_button}
        if chat_id is not None:
            params["chat_id"] = chat_id
        await self._call(token, "setChatMenuButton", params, object)

    # ---- files -----------------------------------------------------------------------------------

    async def get_file(self, token: Secret, file_id: str) -> RemoteFile:
        """Its path is good for an hour at least. Raises Refused for one of more than 20 MB."""
        return await self._call(token, "getFile", {"file_id": file_id}, RemoteFile)

    async def download(self, token: Secret, file_path: str, *, max_bytes: int) -> AsyncGenerator[bytes, None]:
        """The file in pieces, as they come. Raises FileTooLarge as soon as it is known, FileNotServed, else what a call raises."""
        refuse_inside_transaction()
        if file_path.startswith("/"):
            raise FileNotServed("The Bot API server keeps files on its own disk: start it without --local.")
        address, size = f"{self._base_url}/file/bot{token.reveal()}/{quote(file_path)}", 0
        timeout = aiohttp.ClientTimeout(total=DOWNLOAD_SECONDS, connect=CONNECT_SECONDS, sock_read=self._seconds)
        with named_failures("the download"):
            async with self._opened().get(address, allow_redirects=False, timeout=timeout) as answer:
                if answer.status != HTTPStatus.OK:
                    _read("the download", answer, await answer.content.read(CHUNK), object)
                async for chunk in answer.content.iter_chunked(CHUNK):
                    size += len(chunk)
                    if max(size, answer.content_length or 0) > max_bytes:
                        raise FileTooLarge(f"The file has more than {max_bytes} bytes.")
                    yield chunk

    # ---- one call --------------------------------------------------------------------------------

    async def _call(
        self, token: Secret, method: str, params: dict[str, Any] | aiohttp.FormData, result: type[Result], *, patience: float = 0
    ) -> Result:
        """``params``: JSON, or a form with a file in it; ``patience``: seconds that Telegram may take on purpose, beside the usual ones."""
        refuse_inside_transaction()
        # Connecting has its own, earlier end: what times out while it connects was certainly not sent.
        timeout = aiohttp.ClientTimeout(total=self._seconds + patience, connect=min(CONNECT_SECONDS, self._seconds / 2))
        with named_failures(method):
            async with self._opened().post(
                f"{self._base_url}/bot{token.reveal()}/{method}",
                data=params if isinstance(params, aiohttp.FormData) else msgspec.json.encode(params),
                headers={} if isinstance(params, aiohttp.FormData) else {"content-type": "application/json"},
                allow_redirects=False,
                timeout=timeout,
            ) as answer:
                body = await answer.read()
        return _read(method, answer, body, result)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = open_session(self._proxy)
        return self._session


def _form(message: dict[str, Any]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    for key, given in message.items():
        form.add_field(key, given if isinstance(given, str) else msgspec.json.encode(given).decode())
    return form


def _read(method: str, answer: aiohttp.ClientResponse, body: bytes, result: type[Result]) -> Result:
    retry_after = _seconds(answer.headers.get("Retry-After"))
    try:
        response = _response.decode(body)
        if response.ok:
            return msgspec.json.decode(response.result, type=result)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise from_stranger(answer.status, method, retry_after=retry_after) from None
    said = response.parameters or _Parameters()
    code = answer.status if response.error_code is None else response.error_code
    raise from_answer(code, response.description, retry_after=said.retry_after or retry_after, new_chat_id=said.migrate_to_chat_id)


def _seconds(header: str | None) -> float | None:
    return float(header) if header is not None and header.isdecimal() else None
