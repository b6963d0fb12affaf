"""How Telegram refuses, and what each refusal means.

    TelegramError (Upstream)
    ├── FloodWait           429: wait exactly retry_after
    ├── BotBlocked          403: the person blocked the bot or is gone
    ├── ChatNotFound        400: nobody there
    ├── ChatMigrated        400: the group has a new id
    ├── EntitiesRefused     400: send the same text plain
    ├── TooLong             400, 413: send it in smaller pieces
    ├── Refused             any other 4xx: this request will never succeed
    ├── TokenRevoked        401, 400 "Logged out": the bot is paused
    ├── Misdirected         404: nothing is wrong with the request, but with the address
    │   └── Conflicting     409: somebody else uses the token, or its updates go to a webhook
    ├── TelegramDown        not carried out for certain: no connection (``why``), or Telegram's own 5xx
    ├── FileTooLarge        400 "file is too big", or a download of more bytes than are wanted
    ├── FileNotServed       a Bot API server that keeps files to itself
    └── Unsure              carried out or not, nobody knows: the answer was lost
        └── GatewayFailed   … and an answer of somebody on the way says rather not: 502, 500 and 503 without Telegram's JSON

What a delivery does about each is in ``refusal.py``.
"""

from __future__ import annotations

import enum
from http import HTTPStatus

from valera.kit.errors import Upstream

DAY_SECONDS = 24 * 60 * 60


class TelegramError(Upstream):
    """Telegram did not do it."""


class FloodWait(TelegramError):
    """Too many messages; ``wait`` seconds are Telegram's own, within a day."""

    def __init__(self, detail: str, *, retry_after: float) -> None:
        self.wait = min(max(retry_after, 1.0), DAY_SECONDS)
        super().__init__(detail, retryable=True, retry_after=self.wait)


class BotBlocked(TelegramError):
    pass


class ChatNotFound(TelegramError):
    pass


class ChatMigrated(TelegramError):
    def __init__(self, detail: str, *, new_chat_id: int) -> None:
        super().__init__(detail, retryable=True)
        self.new_chat_id = new_chat_id


class EntitiesRefused(TelegramError):
    pass


class TooLong(TelegramError):
    pass


class Refused(TelegramError):
    pass


class TokenRevoked(TelegramError):
    pass


class Misdirected(TelegramError):
    def __init__(self, detail: str) -> None:
        super().__init__(detail, retryable=True)


class Conflicting(Misdirected):
    pass


class Why(enum.StrEnum):
    """Where the way to Telegram ends."""

    NAME = "name"
    """The host's name has no address."""
    REFUSED = "refused"
    """Nobody accepts connections there, or the network leads nowhere."""
    SILENCE = "silence"
    """No answer to the attempt to connect: a firewall, or an address that is blocked on the way."""
    TLS = "tls"
    """Whoever answers is not trusted, or does not speak TLS."""
    PROXY = "proxy"
    """The proxy is not there, refuses, or does not let this through."""
    ADDRESS = "address"
    """The address itself makes no sense."""
    TELEGRAM = "telegram"
    """Telegram itself says that it is out of order."""


class TelegramDown(TelegramError):
    def __init__(self, detail: str, *, why: Why = Why.TELEGRAM) -> None:
        super().__init__(detail, retryable=True)
        self.why = why


class FileTooLarge(TelegramError):
    pass


class FileNotServed(TelegramError):
    pass


class Unsure(TelegramError):
    pass


class GatewayFailed(Unsure):
    pass


def from_answer(  # noqa: PLR0911  (a return for each kind of refusal)
    code: int, description: str, *, retry_after: float | None, new_chat_id: int | None
) -> TelegramError:
    """Telegram's JSON as an error. ``description`` is Telegram's English sentence; it holds no token.

    Source of the sentences: https://github.com/tdlib/telegram-bot-api (Client.cpp), and what users report.
    """
    said = description.lower()
    match code:
        case HTTPStatus.TOO_MANY_REQUESTS:
            return FloodWait(description, retry_after=retry_after or 1)
        case HTTPStatus.UNAUTHORIZED:
            return TokenRevoked(description)
        case HTTPStatus.FORBIDDEN:
            return BotBlocked(description)
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return TooLong(description)
        case HTTPStatus.NOT_FOUND | HTTPStatus.CONFLICT:
            return (Conflicting if code == HTTPStatus.CONFLICT else Misdirected)(description)
        case HTTPStatus.BAD_GATEWAY | HTTPStatus.GATEWAY_TIMEOUT:
            return _gateway(code, description)  # Telegram's front answers in JSON, too, when it loses the server behind it
        case _ if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return TelegramDown(description)
        case _ if code < HTTPStatus.BAD_REQUEST:
            return Unsure(description)  # a refusal without a reason: not Telegram's
        case _ if new_chat_id is not None:
            return ChatMigrated(description, new_chat_id=new_chat_id)
        case _:
            return _bad_request(said, description)


def from_stranger(status: int, what: str, *, retry_after: float | None) -> TelegramError:
    """An answer that is not Telegram's JSON, as an error: a proxy, a relay or a gateway speaks. ``what`` was asked."""
    detail = f"{what}: HTTP {status}, and what came back is not Telegram's answer"
    match status:
        case HTTPStatus.TOO_MANY_REQUESTS:
            return FloodWait(detail, retry_after=retry_after or 5)
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return TooLong(detail)
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return _gateway(status, detail)
        case _ if status >= HTTPStatus.MULTIPLE_CHOICES:
            return Misdirected(detail)  # refused or sent elsewhere on the way: it never reached Telegram
        case _:
            return Unsure(detail)


def _gateway(code: int, detail: str) -> TelegramError:
    """A gateway whose patience ended knows nothing; one that lost or never had a connection has most likely delivered nothing."""
    return Unsure(detail) if code == HTTPStatus.GATEWAY_TIMEOUT else GatewayFailed(detail)


def _bad_request(said: str, description: str) -> TelegramError:
    if "logged out" in said:
        return TokenRevoked(description)
    if "file is too big" in said:
        return FileTooLarge(description)
    if "too long" in said or "too_long" in said:
        return TooLong(description)
    if "entit" in said:
        return EntitiesRefused(description)
    if any(gone in said for gone in ("chat not found", "user not found", "peer_id_invalid")):
        return ChatNotFound(description)
    return Refused(description)
