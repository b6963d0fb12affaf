"""What the model is told: the shop's published prompt, the rules of the house, and the facts of this shop and this client."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import time
from importlib import resources
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from valera.bookings import booking as bookings
from valera.bookings.opening_hours import OpeningHours, format_hours
from valera.bookings.wording import say_moment
from valera.chats.chat import Status
from valera.reception.shop import BookingLine, Shop

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

SPECIAL_FACTS = ("address", "phone")


@dataclass(frozen=True, slots=True)
class HeldChat:
    """The chat whose turn this worker holds, its shop and its client, as they stand in the database."""

    round: int
    chat_id: int
    client_id: int
    status: Status
    is_human_called: bool
    name: str
    time_zone: str
    locale: str
    facts: dict[str, str]
    prompt: str | None
    has_prices: bool
    hours: tuple[tuple[int, time, time], ...]
    has_proposal: bool
    has_bookings: bool
    client_name: str
    is_phone_known: bool
    car: str


async def describe_shop(tx: AccountTx, held: HeldChat, *, now: datetime) -> tuple[Shop, str]:
    """Everything about the shop and the client that a reply may lean on, and the prompt: the house rules, then the shop's own words."""
    zone = ZoneInfo(held.time_zone)
    proposal = await bookings.open_proposal(tx, held.chat_id, now) if held.has_proposal else None
    upcoming = await bookings.list_client_bookings(tx, held.client_id, now) if held.has_bookings else []
    shop = Shop(
        name=held.name,
        now=now,
        zone=zone,
        locale=held.locale,
        address=held.facts.get("address", ""),
        phone=held.facts.get("phone", ""),
        hours=format_hours([OpeningHours(*stretch) for stretch in held.hours], held.locale),
        has_prices=held.has_prices,
        client_name=held.client_name,
        client_phone_known=held.is_phone_known,
        client_car=held.car,
        bookings=tuple(
            BookingLine(booking.number or 0, booking.starts_at, say_moment(booking.starts_at, zone, held.locale), booking.service)
            for booking in upcoming
        ),
        proposal="" if proposal is None else proposal.kind.value,
        human_called=held.is_human_called,
        facts={topic: text for topic, text in held.facts.items() if topic not in SPECIAL_FACTS},
    )
    return shop, "\n\n".join(part for part in (_house_rules(held.locale), held.prompt) if part)


def instructions(prompt: str, shop: Shop) -> str:
    return f"{prompt}\n\n{shop.render()}"


@functools.cache
def _house_rules(locale: str) -> str:
    folder = resources.files("valera.reception") / "prompts"
    file = folder / f"{locale}.md"
    return (file if file.is_file() else folder / "ru.md").read_text("utf-8").strip()
