"""Cursor: where a list goes on, as one opaque word that travels in addresses."""

from __future__ import annotations

import base64
import binascii

from valera.kit.errors import Invalid

LONGEST = 200
LARGEST = (1 << 63) - 1


class CursorInvalid(Invalid):
    """No list of ours has ever given that place."""


def write_cursor(*places: int) -> str:
    return base64.urlsafe_b64encode(",".join(map(str, places)).encode()).decode().rstrip("=")


def read_cursor(text: str, count: int) -> tuple[int, ...]:
    """As many whole numbers as the list keeps its place with. Raises CursorInvalid."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True).decode("ascii")
        places = tuple(int(part) for part in raw.split(",")) if len(text) <= LONGEST and "_" not in raw else ()
    except (binascii.Error, ValueError):
        places = ()
    if len(places) != count or any(abs(place) > LARGEST for place in places) or write_cursor(*places) != text:
        raise CursorInvalid("This is no place of this list: take `next` as it was given.", fields={"after": "unknown"})
    return places
