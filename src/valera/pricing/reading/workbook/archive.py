"""A workbook's archive: unpacked within limits, and packed anew from what was looked at, so that nobody reads anything else of it.

An archive may lie about sizes, name a part twice, or unpack to a thousand times its size: calamine gets none of it, only our own copy.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from enum import Enum, auto

from valera.pricing.reading.draft import PriceListUnreadable

MAX_PARTS = 2_000
MAX_UNPACKED = 64 * 1024 * 1024
CHUNK = 1024 * 1024
NEEDED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(?:_rels/)?[^/]+\.(?:xml|rels)|xl/worksheets/[^/]+\.xml|mimetype|content\.xml", re.IGNORECASE
)
MANIFEST = "META-INF/manifest.xml"
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
OLE = b"\xd0\xcf\x11\xe0"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


class Kind(Enum):
    XLSX = auto()
    ODS = auto()


def unpack(raw: bytes) -> tuple[Kind, dict[str, bytes]]:
    """The parts of a workbook that can matter. Raises PriceListUnreadable for what is no workbook, is broken, encrypted or too large."""
    if raw.startswith(OLE):
        raise PriceListUnreadable("encrypted" if ENCRYPTED_PACKAGE in raw else "spreadsheet")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_PARTS:
                raise PriceListUnreadable("too_big_inside", limit=MAX_UNPACKED // CHUNK)
            kind = _kind({entry.filename for entry in entries})
            return kind, _read_parts(archive, kind)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, UnicodeDecodeError, ValueError, KeyError):
        raise PriceListUnreadable("broken") from None
    except RuntimeError:  # zipfile's word for a part that needs a password
        raise PriceListUnreadable("encrypted") from None


def repack(parts: dict[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    out.seek(0)
    return out


def _kind(names: set[str]) -> Kind:
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    if "content.xml" in names:
        return Kind.ODS
    if any(name.startswith(("word/", "Index/", "ppt/")) for name in names):
        raise PriceListUnreadable("document")
    raise PriceListUnreadable("spreadsheet" if "xl/workbook.bin" in names else "archive" if names else "broken")


def _read_parts(archive: zipfile.ZipFile, kind: Kind) -> dict[str, bytes]:
    """Each name once: the entry that the directory names last."""
    budget = MAX_UNPACKED
    parts: dict[str, bytes] = {}
    for name in dict.fromkeys(archive.namelist()):
        if NEEDED.fullmatch(name) or name == MANIFEST:
            parts[name] = _read(archive, name, budget)
            budget -= len(parts[name])
    manifest = parts.get(MANIFEST, b"")
    if kind is Kind.ODS and parts.get("mimetype", ODS).strip() != ODS:
        raise PriceListUnreadable("document")
    if kind is Kind.ODS and b"encryption-data" in manifest:
        raise PriceListUnreadable("encrypted")
    return {"mimetype": ODS, **parts} if kind is Kind.ODS else parts


def _read(archive: zipfile.ZipFile, name: str, budget: int) -> bytes:
    pieces: list[bytes] = []
    with archive.open(name) as part:
        while piece := part.read(CHUNK):
            budget -= len(piece)
            if budget < 0:
                raise PriceListUnreadable("too_big_inside", limit=MAX_UNPACKED // CHUNK)
            pieces.append(piece)
    return b"".join(pieces)
