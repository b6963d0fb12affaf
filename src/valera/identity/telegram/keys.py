"""The public keys of an issuer, fetched when they are needed and kept. An unknown key's name is looked up anew, but rarely.

Whoever sends tokens with invented key names cannot make us ask the issuer more often than once a minute.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import jwt

from valera.identity.telegram.person import ProofRefused, TelegramSilent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    FetchKeys = Callable[[], Awaitable[dict[str, Any]]]

KEPT_SECONDS = 3600.0
ASK_AGAIN_SECONDS = 60.0
MOST_KEYS = 20


class Keys:
    """``fetch`` gives the issuer's key set; ``tick`` is a clock that never goes back, in seconds."""

    def __init__(self, fetch: FetchKeys, *, tick: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._tick = tick
        self._found: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._one_at_a_time = asyncio.Lock()

    async def find(self, name: str) -> jwt.PyJWK:
        """Raises ProofRefused for a key that the issuer does not have, TelegramSilent if it cannot be asked and nothing is known yet."""
        async with self._one_at_a_time:
            if self._is_older_than(KEPT_SECONDS) or (name not in self._found and self._is_older_than(ASK_AGAIN_SECONDS)):
                await self._renew()
        if name not in self._found:
            raise ProofRefused("signed by a key that the issuer does not have")
        return self._found[name]

    def _is_older_than(self, seconds: float) -> bool:
        return self._fetched_at is None or self._tick() - self._fetched_at >= seconds

    async def _renew(self) -> None:
        """Keys that are known stay good while the issuer is silent."""
        try:
            self._found = _read(await self._fetch())
        except TelegramSilent:
            if not self._found:
                raise
        self._fetched_at = self._tick()


def _read(answer: dict[str, Any]) -> dict[str, jwt.PyJWK]:
    """What can be read of the set: one strange key does not spoil the others."""
    listed = answer.get("keys")
    found: dict[str, jwt.PyJWK] = {}
    for key in listed[:MOST_KEYS] if isinstance(listed, list) else []:
        name = key.get("kid") if isinstance(key, dict) else None
        if not isinstance(name, str) or key.get("kty") not in {"RSA", "EC", "OKP"} or key.get("use", "sig") != "sig":
            continue
        try:
            found[name] = jwt.PyJWK.from_dict(key)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue
    return found
