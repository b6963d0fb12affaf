"""A form is taken only from a page of ours: by what browsers say of its origin, and by a token that only our pages hold.

The token is derived from the session's own, so nothing is stored; it is masked anew for each page, so that compressing pages gives
nothing of it away.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from valera.kit.errors import Forbidden

if TYPE_CHECKING:
    from collections.abc import Mapping

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD, HEADER = "csrf", "x-csrf-token"
LENGTH = hashlib.sha256().digest_size


class ForeignForm(Forbidden):
    """The request was not made by a page of this installation, or by one that is out of date."""


def token_for(session: str) -> str:
    mask = secrets.token_bytes(LENGTH)
    return base64.urlsafe_b64encode(mask + _xor(mask, _own(session))).decode()


def refuse_foreign_origin(headers: Mapping[str, str], host: str) -> None:
    """Raises ForeignForm. Browsers say where a request comes from; other programs say nothing, and have no cookies of ours either."""
    site = headers.get("sec-fetch-site")
    if site not in {None, "same-origin", "none"}:
        raise ForeignForm("This request came from another site.")
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        raise ForeignForm("This request came from another site.")


def refuse_wrong_token(session: str, given: str) -> None:
    """Raises ForeignForm."""
    try:
        raw = base64.urlsafe_b64decode(given.encode())
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 2 * LENGTH or not hmac.compare_digest(_xor(raw[:LENGTH], raw[LENGTH:]), _own(session)):
        raise ForeignForm("This page is out of date. Load it again and repeat what you did.")


def _own(session: str) -> bytes:
    return hmac.digest(session.encode(), b"csrf", "sha256")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
