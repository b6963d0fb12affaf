"""Lines of a thread, each of the kind that its template shows: what was said, what was done, what happened, a new day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from markupsafe import Markup


class From(StrEnum):
    """Who speaks, as the bubble's side and colour tell."""

    CLIENT = "client"
    ASSISTANT = "ai"
    MEMBER = "human"
    NOTE = "note"


class Sent(StrEnum):
    """How far it has come. UNSURE: Telegram did not say whether it has it. NONE: nothing is known, or nothing is sent."""

    NONE = "none"
    WAITING = "waiting"
    SENT = "sent"
    UNSURE = "unsure"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Attached:
    """``id`` None: nothing that could be opened came with it. ``name``: what its sender calls it."""

    id: int | None
    kind: str
    state: str
    name: str
    mime_type: str
    size: int | None

    @property
    def is_stored(self) -> bool:
        return self.id is not None and self.state == "stored"

    @property
    def shown_as(self) -> str:
        """image, audio, video, file or line."""
        if self.id is None:
            return "line"
        if not self.is_stored:
            return "file"
        major = self.mime_type.partition("/")[0]
        return major if major in {"image", "audio", "video"} and self.mime_type in SHOWN else "file"


SHOWN = frozenset(
    {
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/flac",
        "audio/wav", "video/mp4", "video/webm",
    }
)  # fmt: skip
"""What browsers open by themselves and what cannot act on the page it is shown in."""


@dataclass(frozen=True, slots=True)
class Button:
    text: str
    is_picked: bool


@dataclass(frozen=True, slots=True)
class MessageLine:
    """``html`` is safe to show. ``files`` of an album come from several messages; ``sources``: where the sums in it come from."""

    id: int
    side: From
    author: str
    html: Markup
    text: str
    at: datetime
    files: tuple[Attached, ...] = ()
    is_edited: bool = False
    is_deleted: bool = False
    sent: Sent = Sent.NONE
    failure: str = ""
    delivery_id: int | None = None
    buttons: tuple[Button, ...] = ()
    sources: tuple[str, ...] = ()
    is_found: bool = False
    ids: tuple[int, ...] = ()
    kind: str = field(default="message", init=False)

    @property
    def images(self) -> tuple[Attached, ...]:
        return tuple(file for file in self.files if file.shown_as == "image")

    @property
    def others(self) -> tuple[Attached, ...]:
        return tuple(file for file in self.files if file.shown_as != "image")


@dataclass(frozen=True, slots=True)
class ToolLine:
    """``name``: the tool's, or what code did. ``rows``: a heading, what stands below it in small letters, and a sum."""

    key: str
    name: str
    summary: str
    arguments: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str, str], ...]
    text: str
    has_failed: bool
    ms: int
    at: datetime
    kind: str = field(default="tool", init=False)


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something that happened: ``phrase`` and its values say it."""

    key: str
    phrase: str
    values: dict[str, Any]
    icon: str
    at: datetime
    tone: str = ""
    link: str = ""
    kind: str = field(default="event", init=False)


@dataclass(frozen=True, slots=True)
class DayLine:
    day: date
    kind: str = field(default="day", init=False)


@dataclass(frozen=True, slots=True)
class UnreadLine:
    kind: str = field(default="unread", init=False)


Line: TypeAlias = MessageLine | ToolLine | EventLine | DayLine | UnreadLine
