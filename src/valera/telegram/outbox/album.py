"""Album: photos and files that a member sends in a chat, on their way to the client.

Photos go together, so do files; Telegram shows either as an album of at most ten. What is written with them is the caption of the first,
or, where it is too long for a caption, a message behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.kit.errors import Invalid
from valera.telegram.api.formatting import format_text, units
from valera.telegram.files import queries as files_queries
from valera.telegram.files.media_type import media_type
from valera.telegram.outbox import queries
from valera.telegram.outbox.delivery import put_delivery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.kit.db import AccountTx

MOST_FILES = 10
"""Of one send. Source: https://core.telegram.org/bots/api#sendmediagroup"""
LONGEST_CAPTION = 1024
"""UTF-16 units. Source: https://core.telegram.org/bots/api#sendphoto"""
LARGEST_PHOTO = 10 << 20
"""Bytes; what is larger goes as a file. Source: https://core.telegram.org/bots/api#sendphoto"""
LARGEST_TOGETHER = 20 << 20
"""Bytes of one send: a limit of ours, so that a send ends before its lease does."""
LONGEST_NAME = 120
PHOTOS = frozenset({"image/jpeg", "image/png"})


class FilesTooLarge(Invalid):
    """More than one send may hold."""


class FileKind(StrEnum):
    PHOTO = "photo"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class SentFile:
    """``key``: where it lies in the shop's storage."""

    kind: FileKind
    key: str
    name: str
    media_type: str
    size: int
    sha256: bytes

    def kept(self) -> dict[str, str]:
        return {"kind": self.kind.value, "key": self.key, "name": self.name, "media_type": self.media_type}


def refuse_too_much(sizes: Sequence[int]) -> None:
    """Raises FilesTooLarge."""
    if len(sizes) > MOST_FILES:
        raise FilesTooLarge(f"At most {MOST_FILES} files go at once.")
    if sum(sizes) > LARGEST_TOGETHER:
        raise FilesTooLarge(f"Files of at most {LARGEST_TOGETHER >> 20} MB together go at once.")
    if not all(sizes):
        raise FilesTooLarge("One of the files is empty.")


def describe_file(body: bytes, name: str) -> tuple[FileKind, str, str]:
    """How it is sent, its media type by content, and the name under which the client gets it."""
    found = media_type(body)
    kind = FileKind.PHOTO if found in PHOTOS and len(body) <= LARGEST_PHOTO else FileKind.DOCUMENT
    plain = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable() and letter not in '"<>|:*?')
    return kind, found, plain.strip(" .")[-LONGEST_NAME:] or "file"


async def put_album(tx: AccountTx, *, chat_id: int, message_id: int, text: str, author_id: int, files: Sequence[SentFile]) -> None:
    """The caller holds the chat."""
    await files_queries.insert_sent_files(
        tx,
        message_id=message_id,
        kinds=[file.kind.value for file in files],
        keys=[file.key for file in files],
        names=[file.name for file in files],
        media_types=[file.media_type for file in files],
        sizes=[file.size for file in files],
        digests=[file.sha256 for file in files],
    )
    caption = format_text(text) if text else None
    fits = caption is not None and units(caption.text) <= LONGEST_CAPTION
    groups = [[file for file in files if file.kind == kind] for kind in FileKind]
    for at, group in enumerate(group for group in groups if group):
        has_caption = at == 0 and fits and caption is not None
        await queries.insert_files(
            tx,
            chat_id=chat_id,
            message_id=message_id,
            author_id=author_id,
            text=caption.text if has_caption and caption else "",
            entities=list(caption.entities) if has_caption and caption else [],
            files=[file.kept() for file in group],
        )
    if text and not fits:
        await put_delivery(tx, chat_id=chat_id, message_id=message_id, text=text, author_id=author_id)
    await queries.wake(tx)
