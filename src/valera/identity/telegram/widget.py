"""The Login Widget: what Telegram appends to the way back, signed with a key made of the sign-in bot's token.

https://core.telegram.org/widgets/login#checking-authorization. The signature covers no state of ours: the browser is bound by an address of
its own, and what was signed is believed once.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from valera.identity.telegram.person import ProofRefused, TelegramPerson, read_id, read_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.kit.secrets import Secret

SIGNED = frozenset({"id", "first_name", "last_name", "username", "photo_url", "auth_date"})
NEEDED = frozenset({"id", "auth_date"})
FRESH = timedelta(minutes=5)
SKEW = timedelta(seconds=30)
LONGEST = 4096
WIDGET_URL = "https://oauth.telegram.org/auth"


class Widget:
    """Of the sign-in bot. Telegram leads back only to the domain that BotFather was told."""

    def __init__(self, token: Secret) -> None:
        self._bot_id = token.reveal().partition(":")[0]
        self._key = hashlib.sha256(token.reveal().encode()).digest()

    def address(self, *, return_to: str, language: str) -> str:
        """Where the browser is sent; ``return_to`` holds the state."""
        parts = urlsplit(return_to)
        asked = {"bot_id": self._bot_id, "origin": f"{parts.scheme}://{parts.netloc}", "return_to": return_to, "lang": language}
        return f"{WIDGET_URL}?{urlencode(asked)}"

    def identify(self, fields: Sequence[tuple[str, str]], *, now: datetime) -> tuple[TelegramPerson, bytes]:
        """Who came back, and the proof, which is good once. ``fields`` in any order, the state not among them. Raises ProofRefused."""
        given = dict(fields)
        if len(given) != len(fields) or sum(len(name) + len(text) for name, text in fields) > LONGEST:
            raise ProofRefused("a field is there twice, or they are too long")
        signature = given.pop("hash", "")
        if not NEEDED <= given.keys() <= SIGNED:
            raise ProofRefused("fields that are none, or that are missing")
        signed = "\n".join(f"{name}={given[name]}" for name in sorted(given)).encode("utf-8", "surrogatepass")
        expected = hmac.new(self._key, signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass")):
            raise ProofRefused("the signature does not hold")
        made = _moment(given["auth_date"])
        if not now - FRESH <= made <= now + SKEW:
            raise ProofRefused("too old, or not valid yet")
        person = TelegramPerson(
            id=read_id(given["id"]),
            first_name=read_name(given.get("first_name")),
            last_name=read_name(given.get("last_name")) or None,
            username=read_name(given.get("username")) or None,
        )
        return person, signed


def _moment(text: str) -> datetime:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):  # noqa: PLR2004
        raise ProofRefused("auth_date is no time")
    return datetime.fromtimestamp(int(text), UTC)
