"""One message of the journal as the bubble that shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from valera.chats.chat import Role
from valera.dashboard.inbox.thread.lines import Attached, Button, From, MessageLine, Sent
from valera.dashboard.inbox.thread.markup import from_markdown, from_text
from valera.reception.sources.written import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ALBUM_WITHIN = timedelta(seconds=10)
MOST_IN_ALBUM = 10
SIDES = {Role.USER: From.CLIENT, Role.ASSISTANT: From.ASSISTANT, Role.MANAGER: From.MEMBER, Role.NOTE: From.NOTE}


@dataclass(frozen=True, slots=True)
class MessageRow:
    """``pressed``: the data of a button that the client pressed, ``pressed_under`` Telegram's number of the message with it."""

    id: int
    role: Role
    content: str
    attachments: list[dict[str, Any]]
    origin: dict[str, Any] | None
    author_id: int | None
    author_name: str | None
    turn_id: int | None
    telegram_message_id: int | None
    pressed: str | None
    pressed_under: int | None
    edited_at: datetime | None
    deleted_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    id: int
    message_id: int
    state: str
    unsure: int
    error: str | None
    markup: dict[str, Any] | None
    telegram_message_id: int | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class FileRow:
    id: int
    message_id: int
    kind: str
    file_id: str
    state: str
    mime_type: str | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Press:
    data: str
    telegram_message_id: int


def tell_message(
    row: MessageRow, files: Sequence[FileRow], delivery: DeliveryRow | None, pressed: Iterable[Press], *, found: int, locale: str
) -> MessageLine:
    """``found``: the message that is looked for, to be shown as such."""
    is_client, words = row.role is Role.USER, row.content
    sources = (row.origin or {}).get("sources") or []
    sent, failure = _sent(delivery)
    return MessageLine(
        id=row.id,
        side=SIDES.get(row.role, From.MEMBER),
        author=row.author_name or "",
        html=from_markdown(words) if row.role is Role.ASSISTANT else from_text(words),
        text=words,
        at=row.created_at,
        files=_attached(row, files),
        is_edited=row.edited_at is not None,
        is_deleted=row.deleted_at is not None,
        sent=Sent.NONE if is_client else sent,
        failure=failure,
        delivery_id=delivery.id if delivery and delivery.state == "failed" else None,
        buttons=_buttons(delivery, pressed),
        sources=tuple(in_words(source, locale) for source in sources),
        is_found=row.id == found,
        ids=(row.id,),
    )


def join_album(lines: list[MessageLine], line: MessageLine) -> bool:
    """Photos that were sent together come as messages of one photo each, and stand together. False: this one belongs to no album."""
    before = lines[-1] if lines else None
    if before is None or not line.images or line.others or before.others or not before.images or line.text or line.side is not before.side:
        return False
    if line.at - before.at > ALBUM_WITHIN or len(before.files) >= MOST_IN_ALBUM or before.author != line.author:
        return False
    lines[-1] = replace(
        before, files=(*before.files, *line.files), ids=(*before.ids, line.id), is_found=before.is_found or line.is_found, id=line.id
    )
    return True


def _sent(delivery: DeliveryRow | None) -> tuple[Sent, str]:
    if delivery is None:
        return Sent.NONE, ""
    slug, _, _ = (delivery.error or "").partition(":")
    match delivery.state:
        case "sent":
            return Sent.SENT, ""
        case "failed":
            return (Sent.UNSURE if slug == "unsure" else Sent.FAILED), slug
        case "withdrawn":
            return Sent.WITHDRAWN, slug
        case _:
            return (Sent.UNSURE if delivery.unsure else Sent.WAITING), slug if delivery.error else ""


def _buttons(delivery: DeliveryRow | None, pressed: Iterable[Press]) -> tuple[Button, ...]:
    rows = (delivery.markup or {}).get("inline_keyboard") if delivery else None
    if not isinstance(rows, list):
        return ()
    chosen = {press.data for press in pressed if delivery and press.telegram_message_id == delivery.telegram_message_id}
    return tuple(Button(str(button.get("text", "")), button.get("callback_data") in chosen) for row in rows for button in row)


def _attached(row: MessageRow, files: Sequence[FileRow]) -> tuple[Attached, ...]:
    """In the order of the message; what is no file (a place, a contact) is told in words."""
    left = list(files)
    told: list[Attached] = []
    for entry in row.attachments:
        file = next((one for one in left if one.file_id and one.file_id == entry.get("file_id")), None)
        if file is None and entry.get("file_id") is None and left and entry.get("kind") == left[0].kind:
            file = left[0]
        if file is not None:
            left.remove(file)
        told.append(_file(file, str(entry.get("kind", "unknown")), _name(entry)))
    return (*told, *(_file(file, file.kind, "") for file in left))


def _file(file: FileRow | None, kind: str, name: str) -> Attached:
    if file is None:
        return Attached(None, kind, "", name, "", None)
    return Attached(file.id, kind, file.state, name, file.mime_type or "", file.size)


def _name(entry: dict[str, Any]) -> str:
    return ", ".join(str(entry[part]) for part in ("text", "file_name", "name", "phone") if entry.get(part))
