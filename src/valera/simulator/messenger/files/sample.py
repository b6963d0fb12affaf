"""What people send who have nothing at hand: three drawn photos, a silent voice message, a one-page document."""

from __future__ import annotations

import struct
from importlib import resources

PHOTOS = 3
PHOTO_WIDTHS = (90, 320, 800)
_RATE = 48_000
_FRAME = b"\xf8\xff\xfe"  # twenty milliseconds of silence in Opus
_FRAMES_A_SECOND = 50


def photo(number: int, width: int) -> bytes:
    """One of the drawn photos, by any number, in one of its widths."""
    name = f"car{number % PHOTOS + 1}-{width}.jpg"
    return resources.files("valera.simulator.messenger.files").joinpath("samples", name).read_bytes()


def silence(seconds: int) -> bytes:
    """An Ogg/Opus file, as Telegram's voice messages are, in which nothing is heard."""
    pages = [_page(2, 0, 0, [b"OpusHead\x01\x01" + struct.pack("<HIhB", 0, _RATE, 0, 0)])]
    pages.append(_page(0, 0, 1, [b"OpusTags" + struct.pack("<I", 9) + b"simulator" + struct.pack("<I", 0)]))
    pages += [
        _page(4 if second == seconds else 0, second * _RATE, second + 1, [_FRAME] * _FRAMES_A_SECOND) for second in range(1, seconds + 1)
    ]
    return b"".join(pages)


def document() -> bytes:
    """A PDF of one empty page."""
    objects = (
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n",
    )
    body, places = b"%PDF-1.4\n", list[int]()
    for one in objects:
        places.append(len(body))
        body += one
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + table + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def video() -> bytes:
    """The beginning of an MP4 and no picture: enough to be stored and told by its first bytes, not to be watched."""
    kind = b"ftypisom" + struct.pack(">I", 512) + b"isomiso2avc1mp41"
    return struct.pack(">I", len(kind) + 4) + kind + struct.pack(">I", 8) + b"mdat"


def sticker() -> bytes:
    """A WebP of one transparent pixel."""
    chunk = b"VP8L" + struct.pack("<I", 17) + bytes.fromhex("2f0000001007fdff0bf6ffff5f0008feff") + b"\0"
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def _page(flags: int, position: int, number: int, packets: list[bytes]) -> bytes:
    header = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, 1, number, 0)
    page = header + bytes([len(packets)]) + bytes(len(packet) for packet in packets) + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(page: bytes) -> int:
    """Ogg's CRC-32: not reflected, no final inversion, so zlib's does not serve."""
    checksum = 0
    for byte in page:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = (checksum << 1) ^ 0x04C11DB7 if checksum & 0x80000000 else checksum << 1
        checksum &= 0xFFFFFFFF
    return checksum
