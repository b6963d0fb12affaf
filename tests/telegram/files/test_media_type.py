"""A file is what its first bytes say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valera.telegram.files.media_type import HEAD, SIGNATURES, UNKNOWN, media_type


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00", "image/png"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<html><script>", UNKNOWN),
        (b"XXXX\x00\x00\x00\x00WEBP", UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_content_decides(head: bytes, expected: str) -> None:
    assert media_type(head) == expected


@settings(deadline=None)
@given(st.binary(max_size=HEAD))
def test_anything_is_something(head: bytes) -> None:
    assert media_type(head) in {UNKNOWN, *(found for _, _, found in SIGNATURES)}
