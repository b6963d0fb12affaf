"""Tokens that open something: 256 random bits, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets

BYTES = 32
LONGEST = 200
"""What is longer was never ours: it is not even hashed whole."""


def new_token() -> str:
    return secrets.token_urlsafe(BYTES)


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token[:LONGEST].encode("utf-8", "surrogatepass")).digest()
