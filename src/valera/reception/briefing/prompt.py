"""What a model is told, from what never changes to what changes with every turn, so that providers can cache as much of it as possible:
the house's role and rules, the shop's own published prompt, the shop's facts; then the dialogue's beginning, the client and the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from valera.bookings.life.booking import list_client_bookings
from valera.bookings.proposals.proposal import open_proposal
from valera.bookings.schedule.opening_hours import OpeningHours, format_hours
from valera.bookings.telling.wording import say_moment
from valera.chats.chat import Status
from valera.pricing.sections import sections_of
from valera.reception.briefing.house import house_parts
from valera.reception.briefing.prompt_queries import select_newcomer
from valera.reception.briefing.shop import BookingLine, Shop
from valera.reception.briefing.summary.summary import Summary
from valera.reception.briefing.tone import Tone

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

SPECIAL_FACTS = ("address", "phone")


@dataclass(frozen=True, slots=True)
class HeldChat:
    """The chat whose turn this worker holds, its shop and its client, as they stand in the database. ``price_list``: id and version of
    the one in force; ``prompt_version`` 0: the shop has no prompt of its own; ``budgets``: what the shop has set of them.
    """

    round: int
    chat_id: int
    client_id: int
    status: Status
    is_human_called: bool
    name: str
    time_zone: str
    locale: str
    facts: dict[str, str]
    prompt: str
    prompt_version: int
    price_list: tuple[int, int] | None
    hours: tuple[tuple[int, time, time], ...]
    has_proposal: bool
    has_bookings: bool
    client_name: str
    is_phone_known: bool
    car: str
    summary: Summary | None
    budgets: dict[str, str] | None
    autonomy: str | None
    trigger: str
    tone: dict[str, str] | None = None

    @property
    def is_hinted(self) -> bool:
        """A member's hint began this turn: its answer is a draft, also in a chat that a member has."""
        return self.trigger == "hint"

    @property
    def list_version(self) -> int | None:
        return None if self.price_list is None else self.price_list[1]


@dataclass(frozen=True, slots=True)
class Instructions:
    """``stable`` is the same for every client of the shop until the shop changes something; ``changing`` follows it."""

    stable: str
    changing: str

    @property
    def text(self) -> str:
        return f"{self.stable}\n\n{self.changing}"


async def describe_shop(tx: AccountTx, held: HeldChat, *, now: datetime) -> Shop:
    """Everything about the shop and the client that a reply may lean on."""
    zone = ZoneInfo(held.time_zone)
    proposal = await open_proposal(tx, held.chat_id, now) if held.has_proposal else None
    upcoming = await list_client_bookings(tx, held.client_id, now) if held.has_bookings else []
    return Shop(
        name=held.name,
        now=now,
        zone=zone,
        locale=held.locale,
        address=held.facts.get("address", ""),
        phone=held.facts.get("phone", ""),
        hours=format_hours([OpeningHours(*stretch) for stretch in held.hours], held.locale),
        has_prices=held.price_list is not None,
        sections=() if held.price_list is None else await sections_of(tx, *held.price_list),
        client_name=held.client_name,
        client_phone_known=held.is_phone_known,
        client_car=held.car,
        bookings=tuple(
            BookingLine(booking.number or 0, booking.starts_at, say_moment(booking.starts_at, zone, held.locale), booking.service)
            for booking in upcoming
        ),
        proposal="" if proposal is None else proposal.kind.value,
        human_called=held.is_human_called,
        facts={topic: held.facts[topic] for topic in sorted(held.facts) if topic not in SPECIAL_FACTS},
        tone=Tone.read(held.tone).chosen,
    )


def instruct(held: HeldChat, shop: Shop, summary: Summary | None) -> Instructions:
    stable = [*house_parts(held.locale), Tone.read(held.tone).words(held.locale), held.prompt, shop.render_shop()]
    changing = ["" if summary is None else summary.render(shop, held.list_version)]
    changing.append(shop.render_client())
    return Instructions("\n\n".join(filter(None, stable)), "\n\n".join(filter(None, changing)))


async def preview(tx: AccountTx, *, now: datetime) -> str:
    """What a model would be told of a client who writes for the first time."""
    held = await select_newcomer(tx, HeldChat)
    return instruct(held, await describe_shop(tx, held, now=now), None).text
