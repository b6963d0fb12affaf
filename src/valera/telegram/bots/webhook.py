"""A bot's webhook: its address and secret, what Telegram says of it, and what that means."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from valera.telegram.update_kinds import ALLOWED_UPDATES

if TYPE_CHECKING:
    from collections.abc import Collection

    from valera.kit.secrets import Secret, Vault
    from valera.telegram.api.client import BotApi, WebhookInfo

PATH = "/telegram/"
MAX_CONNECTIONS = 40
"""Of one bot, at once. Telegram sends what belongs to one chat in order, so these are chats; each call takes milliseconds."""

MANY_PENDING = 20
FRESH_SECONDS = 120


def webhook_secret(vault: Vault, webhook_key: str) -> Secret:
    """Made from the master key: the same after a restart, so a webhook can be set again without a gap."""
    return vault.derive(f"webhook|{webhook_key}")


def hash_secret(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


def webhook_url(base_url: str, webhook_key: str) -> str:
    return f"{base_url.rstrip('/')}{PATH}{webhook_key}"


async def set_webhook(bot_api: BotApi, token: Secret, *, vault: Vault, base_url: str, webhook_key: str) -> None:
    await bot_api.set_webhook(
        token,
        url=webhook_url(base_url, webhook_key),
        secret=webhook_secret(vault, webhook_key),
        allowed_updates=ALLOWED_UPDATES,
        max_connections=MAX_CONNECTIONS,
    )


class Where(enum.Enum):
    """Where Telegram sends a bot's updates."""

    HERE = enum.auto()
    NOWHERE = enum.auto()
    OURS = enum.auto()
    """To an address that was this bot's: of another PUBLIC_URL, or with the key before the present one."""
    ELSEWHERE = enum.auto()
    """To somebody else: nobody but this installation knows the keys."""


class Failing(enum.StrEnum):
    """Why Telegram cannot hand updates over."""

    CERTIFICATE = "certificate"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Finding:
    """``is_as_asked``: updates and connections are those that were asked for. ``host`` of the address there is now."""

    where: Where
    host: str
    is_as_asked: bool
    failing: Failing | None
    pending: int


def judge(info: WebhookInfo, *, base_url: str | None, keys: Collection[str], key: str, now: float) -> Finding:
    """``keys``: all that are this bot's, ``key``: the present one; ``base_url`` None: it should have no webhook. ``now`` is Unix time."""
    return Finding(
        _where(info.url, base_url, keys, key),
        host_of(info.url),
        set(info.allowed_updates or ()) == set(ALLOWED_UPDATES) and info.max_connections == MAX_CONNECTIONS,
        _failing(info, now) if info.url else None,
        info.pending_update_count,
    )


def host_of(url: str) -> str:
    """For people: an address of somebody else's may hold his secrets in its path."""
    try:
        parts = urlsplit(url)
        return parts.netloc.rpartition("@")[2] or url[:60]
    except ValueError:
        return "?"


def _where(url: str, base_url: str | None, keys: Collection[str], key: str) -> Where:
    if not url:
        return Where.NOWHERE
    if base_url is not None and url == webhook_url(base_url, key):
        return Where.HERE
    path, _, last = url.rpartition("/")
    return Where.OURS if last in keys and path.endswith(PATH.rstrip("/")) else Where.ELSEWHERE


def _failing(info: WebhookInfo, now: float) -> Failing | None:
    """A failure that is over and left nothing behind is none; one that has just been is, whatever waits."""
    is_fresh = info.last_error_date is not None and now - info.last_error_date <= FRESH_SECONDS
    if not is_fresh and info.pending_update_count <= MANY_PENDING:
        return None
    return why(info.last_error_message or "") if info.last_error_date is not None else Failing.SLOW


def why(said: str) -> Failing:
    """Telegram's English sentence about its last failure. Source: WebhookActor.cpp of https://github.com/tdlib/telegram-bot-api."""
    words = said.lower()
    if "ssl" in words or "certificate" in words:
        return Failing.CERTIFICATE
    if "wrong response" in words:
        return Failing.REFUSED
    if "read timeout" in words:
        return Failing.SLOW
    return Failing.UNREACHABLE
