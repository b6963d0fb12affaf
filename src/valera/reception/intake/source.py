"""Where a client comes from: what a link t.me/BOT?start=… carries, as people really write it."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any
from urllib.parse import parse_qsl

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""All that Telegram lets through. Source: https://core.telegram.org/bots/features#deep-linking"""

MARK = re.compile(r"utm_\w+|ref|source|campaign|medium", re.IGNORECASE)
MAX_SOURCE = 200


def read_source(payload: str) -> str:
    """``utm_avito`` stays; ``dXRtX3NvdXJjZT1hdml0bw`` is base64url for ``utm_source=avito``, JSON and Russian words likewise."""
    decoded = _decoded(payload)
    return (_marks(decoded) or _words(decoded) or payload)[:MAX_SOURCE]


def _decoded(payload: str) -> str:
    """Empty if it is no text in base64url."""
    try:
        text = base64.b64decode(payload + "=" * (-len(payload) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return text if text.isprintable() else ""


def _marks(text: str) -> str:
    """``utm_source=avito&utm_campaign=spring`` from a query or from JSON, if any of it is such a mark."""
    pairs = _json_pairs(text) if text.startswith("{") else parse_qsl(text)
    return "&".join(f"{name}={said}" for name, said in pairs) if any(MARK.fullmatch(name) for name, _ in pairs) else ""


def _json_pairs(text: str) -> list[tuple[str, str]]:
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [(str(name), str(value)) for name, value in content.items()] if isinstance(content, dict) else []


def _words(text: str) -> str:
    """Words in another script than Latin: a plain payload that happens to be base64 does not decode to such."""
    is_foreign = any(letter.isalpha() and not letter.isascii() for letter in text)
    return text.strip() if is_foreign and all(letter.isalnum() or letter in " -_.," for letter in text) else ""
