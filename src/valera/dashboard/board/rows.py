"""What the board reads: a job in a bay, a request, a line of the list, one booking, a client who is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from valera.bookings.life.status import Status


@dataclass(frozen=True, slots=True)
class Job:
    """Something in a bay. ``number`` None: a client is deciding about that time."""

    id: int
    number: int | None
    status: Status
    bay_id: int
    starts_at: datetime
    ends_at: datetime
    service: str
    client: str
    phone: str
    car: str
    plate: str
    is_by_assistant: bool


@dataclass(frozen=True, slots=True)
class Request:
    number: int
    service: str
    description: str
    client: str
    car: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """``total``: of how many."""

    number: int
    status: Status
    starts_at: datetime | None
    ends_at: datetime | None
    bay: str
    service: str
    client: str
    client_id: int | None
    phone: str
    car: str
    plate: str
    is_by_assistant: bool
    total: int


@dataclass(frozen=True, slots=True)
class One:
    """A booking as its card shows it. Without a time it is a request."""

    id: int
    number: int
    status: Status
    bay_id: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    bay: str
    service: str
    description: str
    client_id: int | None
    chat_id: int | None
    client: str
    phone: str
    car: str
    plate: str
    is_by_assistant: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A client whom the shop knows."""

    id: int
    name: str
    phone: str
    cars: str


@dataclass(frozen=True, slots=True)
class Car:
    id: int
    car: str
    plate: str
