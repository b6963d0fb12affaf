"""Media as the Bot API describes them: from what a person or a bot sends to the fields of a Message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, assert_never

from valera.kit.errors import Invalid
from valera.simulator.messenger.files import sample
from valera.simulator.messenger.files.file import LARGEST_DOWNLOAD, File, store_file
from valera.simulator.messenger.files.picture import picture_size

if TYPE_CHECKING:
    from valera.simulator.messenger.store import Store

LARGEST_PHOTO = 10 << 20
LARGEST_SIZE = 4 << 30  # what Telegram lets a person send, at most
MAX_SIDE_SUM = 10_000
MAX_SIDE_RATIO = 20
MAX_FILE_NAME = 60
SHORT_SIDES = {"s": 90, "m": 320, "x": 800, "y": 1280}
"""Telegram's sizes of a photo: none is wider or higher than this."""

DEFAULT_SECONDS = 3
NOTE_LENGTH = 384


class MediumKind(StrEnum):
    PHOTO = "photo"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    VIDEO_NOTE = "video_note"
    DOCUMENT = "document"
    STICKER = "sticker"


@dataclass(frozen=True, slots=True)
class Upload:
    """Something to send. Without a ``body`` a sample takes its place; ``size`` is what the file is said to weigh."""

    kind: MediumKind
    body: bytes = b""
    name: str = ""
    mime_type: str = ""
    size: int | None = None
    seconds: int = DEFAULT_SECONDS
    sample: int = 0


_FOLDERS = {
    MediumKind.VIDEO: ("videos", ".mp4", "video/mp4"),
    MediumKind.AUDIO: ("music", ".mp3", "audio/mpeg"),
    MediumKind.VOICE: ("voice", ".oga", "audio/ogg"),
    MediumKind.VIDEO_NOTE: ("video_notes", ".mp4", ""),
    MediumKind.DOCUMENT: ("documents", "", "application/octet-stream"),
    MediumKind.STICKER: ("stickers", ".webp", ""),
}


def put_medium(store: Store, bot_id: int, upload: Upload) -> dict[str, Any]:
    """Stores it for this bot; returns the field of the Message, as in ``{"voice": {…}}``. Raises Invalid."""
    if upload.size is not None and not 0 < upload.size <= LARGEST_SIZE:
        raise Invalid("A file weighs 1 byte to 4 GB.")
    if upload.kind is MediumKind.PHOTO:
        return {"photo": _photo(store, bot_id, upload)}
    body, name = upload.body or _sample(upload.kind, upload.seconds), _name(upload)
    folder, suffix, mime_type = _FOLDERS[upload.kind]
    file = store_file(store, bot_id, folder=folder, suffix=suffix or PurePosixPath(name).suffix, body=body, size=upload.size)
    return {str(upload.kind): _identity(file) | _described(upload, name, upload.mime_type or mime_type)}


def is_too_large(file: File) -> bool:
    return file.size > LARGEST_DOWNLOAD


def _described(upload: Upload, name: str, mime_type: str) -> dict[str, Any]:
    match upload.kind:
        case MediumKind.VOICE:
            return {"duration": upload.seconds, "mime_type": mime_type}
        case MediumKind.AUDIO:
            return {"duration": upload.seconds, "mime_type": mime_type, "file_name": name}
        case MediumKind.VIDEO:
            return {"duration": upload.seconds, "width": 1280, "height": 720, "mime_type": mime_type, "file_name": name}
        case MediumKind.VIDEO_NOTE:
            return {"duration": upload.seconds, "length": NOTE_LENGTH}
        case MediumKind.DOCUMENT:
            return {"file_name": name, "mime_type": "application/pdf" if name.endswith(".pdf") and not upload.mime_type else mime_type}
        case MediumKind.STICKER:
            return {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"}
        case MediumKind.PHOTO:
            raise AssertionError("photos have sizes")
        case _:
            assert_never(upload.kind)


def _photo(store: Store, bot_id: int, upload: Upload) -> list[dict[str, Any]]:
    """Smallest first. The smaller sizes of somebody's own picture hold all of it: nothing here can scale."""
    if not upload.body:
        sizes = [(width, width * 3 // 4, sample.photo(upload.sample, width)) for width in sample.PHOTO_WIDTHS]
    else:
        whole = picture_size(upload.body)
        if whole is None:
            raise Invalid("A photo is a JPEG or PNG picture; send anything else as a document.")
        if len(upload.body) > LARGEST_PHOTO or sum(whole) > MAX_SIDE_SUM or max(whole) > MAX_SIDE_RATIO * min(whole):
            raise Invalid("PHOTO_INVALID_DIMENSIONS")
        sides = sorted({min(side, max(whole)) for side in SHORT_SIDES.values()})
        sizes = [(*_scaled(whole, side), upload.body) for side in sides]
    files = [
        (width, height, store_file(store, bot_id, folder="photos", suffix=".jpg", body=body, part=str(width)))
        for width, height, body in sizes
    ]
    return [_identity(file) | {"width": width, "height": height} for width, height, file in files]


def _scaled(whole: tuple[int, int], side: int) -> tuple[int, int]:
    return max(1, whole[0] * side // max(whole)), max(1, whole[1] * side // max(whole))


def _identity(file: File) -> dict[str, Any]:
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}


def _name(upload: Upload) -> str:
    name = PurePosixPath(upload.name.replace("\\", "/")).name.replace("\0", "")[-MAX_FILE_NAME:]
    return name or {MediumKind.DOCUMENT: "document.pdf", MediumKind.AUDIO: "audio.mp3"}.get(upload.kind, "video.mp4")


def _sample(kind: MediumKind, seconds: int) -> bytes:
    match kind:
        case MediumKind.VOICE | MediumKind.AUDIO:
            return sample.silence(min(max(seconds, 1), 60))
        case MediumKind.STICKER:
            return sample.sticker()
        case MediumKind.DOCUMENT:
            return sample.document()
        case _:
            return sample.video()
