"""What a file is, by its first bytes. What it is called, and what the sender's program says of it, is the sender's word only."""

from __future__ import annotations

HEAD = 64
"""How many bytes are enough."""

UNKNOWN = "application/octet-stream"

# (offset, bytes there, media type); the first that fits. Sources: the formats' own specifications, as collected in WHATWG MIME Sniffing.
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (8, b"WAVE", "audio/wav"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
CONTAINED_IN_RIFF = frozenset({"image/webp", "video/x-msvideo", "audio/wav"})


def media_type(head: bytes) -> str:
    """``head``: the first HEAD bytes, or all of a shorter file. Texts are not told apart from anything else: nobody needs to open them."""
    for offset, signature, found in SIGNATURES:
        if head[offset : offset + len(signature)] == signature and (found not in CONTAINED_IN_RIFF or head.startswith(b"RIFF")):
            return found
    return UNKNOWN
