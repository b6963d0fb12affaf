"""What the API says and hears. The OpenAPI description is made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta

T = TypeVar("T")

LARGEST = (1 << 63) - 1

Id = Annotated[int, Meta(ge=1, le=LARGEST)]
Moment = Annotated[datetime, Meta(tz=True, description="With its offset, such as 2026-11-24T11:00:00+03:00.")]
Text = Annotated[str, Meta(min_length=1, max_length=4096, pattern=r"[^\s\x00]", description="Something to read, not only blanks.")]


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Problem details (RFC 9457). ``fields`` says what is wrong with each part of what was sent."""

    type: str
    title: str
    status: int
    detail: str = ""
    fields: dict[str, str] = {}


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A part of a list, the oldest first. ``next``: give it as ``after`` to go on; null: that was all for now."""

    items: list[T]
    next: str | None


class Attachment(msgspec.Struct, frozen=True):
    """``kind``: photo, document, voice, video, location, contact …; ``text``: its name, or what is told of it."""

    kind: str
    text: str


class Message(msgspec.Struct, frozen=True):
    """``author``: of a member's message. ``delivery``: of what the shop said: ready, sending, sent, failed, withdrawn."""

    id: int
    chat_id: int
    role: Literal["client", "assistant", "member"]
    text: str
    attachments: list[Attachment]
    author: str | None
    delivery: str | None
    created_at: datetime
    edited_at: datetime | None


class NewMessage(msgspec.Struct, frozen=True):
    """A member's words to the client: whoever made the key says them, and the assistant is silent in this chat until it is handed back."""

    text: Text


class Chat(msgspec.Struct, frozen=True):
    """``human_called_at``: since when the client waits for a person. ``bot``: the public name of the bot that it is with."""

    id: int
    client_id: int | None
    bot: str
    status: Literal["assistant", "human", "closed"]
    human_called_at: datetime | None
    created_at: datetime
    last_message_at: datetime


class Car(msgspec.Struct, frozen=True):
    id: int
    make: str
    model: str
    year: int | None
    plate: str | None
    vin: str | None


class Client(msgspec.Struct, frozen=True):
    """``phone`` in E.164. ``merged_ids``: cards that became part of this one; asking for one of them gives this one."""

    id: int
    name: str
    phone: str | None
    source: str | None
    note: str
    is_reachable: bool
    consent_at: datetime | None
    created_at: datetime
    merged_ids: list[int]
    cars: list[Car]


class Booking(msgspec.Struct, frozen=True):
    """``number`` is what people say. A request has no time yet. ``amount``: the lowest sum that the client was named, in ``currency``."""

    number: int
    status: str
    starts_at: datetime | None
    ends_at: datetime | None
    bay: str | None
    service: str
    comment: str
    client_id: int | None
    car_id: int | None
    chat_id: int | None
    amount: float | None
    currency: str | None
    created_at: datetime


class NewBooking(msgspec.Struct, frozen=True):
    """For a client whom the shop knows, or for whoever called from ``phone``. ``minutes``: as long as the work takes here if left out."""

    starts_at: Moment
    service: Annotated[str, Meta(max_length=200)] = ""
    client_id: Id | None = None
    name: Annotated[str, Meta(max_length=200)] = ""
    phone: Annotated[str, Meta(max_length=50, description="In any writing.")] = ""
    minutes: Annotated[int, Meta(ge=5, le=10080)] | None = None
    comment: Annotated[str, Meta(max_length=2000)] = ""


class BookingChange(msgspec.Struct, frozen=True):
    """Another time, or the next step of its day; the client is told as if a member had done it. One of both."""

    starts_at: Moment | None = None
    status: Literal["cancelled", "arrived", "in_work", "done", "no_show"] | None = None
    reason: Annotated[str, Meta(max_length=500, description="Told to the client with a move or a cancellation.")] = ""


class Event(msgspec.Struct, frozen=True):
    """Something that happened. ``type``: ``booking.confirmed``, ``dialogue.started`` …; ``data``: ids, counts and milliseconds, no words of
    anybody.
    """

    id: str
    type: str
    at: datetime
    booking: int | None
    chat_id: int | None
    client_id: int | None
    data: dict[str, Any]
