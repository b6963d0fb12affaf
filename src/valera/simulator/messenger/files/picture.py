"""How large a picture is, read from its first bytes."""

from __future__ import annotations

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def picture_size(body: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or JPEG; None for anything else."""
    if body.startswith(_PNG) and len(body) >= 24:  # noqa: PLR2004  (signature, IHDR, width and height)
        width, height = struct.unpack(">II", body[16:24])
        return (width, height) if width and height else None
    return _jpeg_size(body) if body.startswith(b"\xff\xd8") else None


def picture_type(body: bytes) -> str | None:
    """The media type of what a browser may show as a picture."""
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "image/webp"
    if picture_size(body) is None:
        return None
    return "image/png" if body.startswith(_PNG) else "image/jpeg"


def _jpeg_size(body: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(body) and body[at] == 0xFF:  # noqa: PLR2004  (every marker begins with it)
        marker, length = body[at + 1], struct.unpack(">H", body[at + 2 : at + 4])[0]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", body[at + 5 : at + 9])
            return (width, height) if width and height else None
        at += 2 + max(length, 2)
    return None
