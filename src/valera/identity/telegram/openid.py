"""Log in with Telegram by OpenID Connect: authorization code with PKCE, through the browser there and back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
import msgspec
import structlog

from valera.identity.telegram.id_token import read_id_token
from valera.identity.telegram.keys import Keys
from valera.identity.telegram.person import ProofRefused, TelegramSilent
from valera.kit.db import refuse_inside_transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from valera.identity.telegram.person import TelegramPerson
    from valera.identity.ways.sign_in import Attempt
    from valera.kit.secrets import Secret

log = structlog.get_logger(__name__)

SECONDS = 10.0
LARGEST_ANSWER = 256 * 1024
LONGEST_CODE = 2048
OK = 200
SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose word counts, and where it is asked."""

    name: str
    authorize_url: str
    token_url: str
    keys_url: str


TELEGRAM = Issuer(
    "https://oauth.telegram.org",
    "https://oauth.telegram.org/auth",
    "https://oauth.telegram.org/token",
    "https://oauth.telegram.org/.well-known/jwks.json",
)
"""https://core.telegram.org/bots/telegram-login; its discovery document says the same."""


@dataclass(frozen=True, slots=True)
class Client:
    """The installation at the issuer: at Telegram the id is that of the sign-in bot."""

    id: str
    secret: Secret


class OpenId:
    """``open_session`` makes the connection to the network when it is needed first."""

    def __init__(
        self, issuer: Issuer, client: Client, open_session: Callable[[], aiohttp.ClientSession], *, seconds: float = SECONDS
    ) -> None:
        self._issuer = issuer
        self._client = client
        self._open_session = open_session
        self._session: aiohttp.ClientSession | None = None
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._keys = Keys(self._fetch_keys)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def address(self, attempt: Attempt, *, redirect_uri: str, language: str) -> str:
        """Where the browser is sent. The profile's scope holds the claim `id`."""
        asked = {
            "client_id": self._client.id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": "openid profile",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
            "ui_locales": language,
        }
        return f"{self._issuer.authorize_url}?{urlencode(asked)}"

    async def identify(self, code: str, attempt: Attempt, *, redirect_uri: str, now: datetime) -> tuple[TelegramPerson, bytes]:
        """Who came back, and the proof, which is good once. Raises ProofRefused, TelegramSilent."""
        if not code or len(code) > LONGEST_CODE:
            raise ProofRefused("no code")
        token = await self._exchange(code, attempt, redirect_uri)
        person = await read_id_token(token, self._keys, issuer=self._issuer.name, audience=self._client.id, nonce=attempt.nonce, now=now)
        return person, token.encode()

    async def _exchange(self, code: str, attempt: Attempt, redirect_uri: str) -> str:
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": attempt.verifier}
        status, answer = await self._ask("POST", self._issuer.token_url, sent)
        token = answer.get("id_token")
        if status != OK:
            log.warning("sign_in_code_refused", status=status)
            raise ProofRefused("the code was refused")
        if not isinstance(token, str):
            raise TelegramSilent("Telegram's answer could not be read. Try again.", retryable=True)
        return token

    async def _fetch_keys(self) -> dict[str, Any]:
        status, answer = await self._ask("GET", self._issuer.keys_url, None)
        if status != OK:
            raise TelegramSilent("Telegram does not give its keys. Try again.", retryable=True)
        return answer

    async def _ask(self, method: str, url: str, form: dict[str, str] | None) -> tuple[int, dict[str, Any]]:
        """Never follows a redirection, reads no more than it must. Raises TelegramSilent."""
        refuse_inside_transaction()
        if self._session is None:
            self._session = self._open_session()
        headers = {"Accept": "application/json"}
        if form is not None:
            headers["Authorization"] = aiohttp.encode_basic_auth(self._client.id, self._client.secret.reveal())
        try:
            async with self._session.request(
                method, url, data=form, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                status, body = response.status, await response.content.read(LARGEST_ANSWER)
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            log.warning("sign_in_unreachable", error=type(error).__name__)
            raise TelegramSilent("Telegram's sign-in does not answer. Try again in a minute.", retryable=True) from None
        if status >= SERVER_ERROR:
            log.warning("sign_in_unreachable", status=status)
            raise TelegramSilent("Telegram's sign-in does not answer. Try again in a minute.", retryable=True)
        try:
            answer = msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.MsgspecError:
            if status == OK:
                raise TelegramSilent("Telegram's answer could not be read. Try again.", retryable=True) from None
            answer = {}
        return status, answer
