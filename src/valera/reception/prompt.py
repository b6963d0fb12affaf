"""What the model is told: the shop's published prompt, the rules of the house, and the facts of this shop and this client."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from valera.accounts import queries as account_queries
from valera.accounts.account import get_account
from valera.accounts.fact import list_facts
from valera.bookings import booking as bookings
from valera.bookings.opening_hours import format_hours
from valera.bookings.wording import say_moment
from valera.bookings.workshop import list_hours
from valera.clients.client import get_client, get_vehicle
from valera.pricing.queries import current_price_list
from valera.reception.shop import BookingLine, Shop

if TYPE_CHECKING:
    from datetime import datetime

    from valera.chats.chat import Chat
    from valera.kit.db import AccountTx

SPECIAL_FACTS = ("address", "phone")


async def describe_shop(tx: AccountTx, chat: Chat, *, now: datetime) -> Shop:
    """Everything about the shop and the client that a reply may lean on."""
    account = await get_account(tx)
    facts = await list_facts(tx)
    client = await get_client(tx, chat.client_id)
    vehicle = await get_vehicle(tx, chat.client_id)
    proposal = await bookings.open_proposal(tx, chat.id, now)
    upcoming = await bookings.list_client_bookings(tx, chat.client_id, now)
    return Shop(
        name=account.name,
        now=now,
        zone=account.zone,
        locale=account.locale,
        address=facts.get("address", ""),
        phone=facts.get("phone", ""),
        hours=format_hours(await list_hours(tx), account.locale),
        has_prices=await current_price_list(tx) is not None,
        client_name=client.name,
        client_phone_known=client.phone is not None,
        client_car=vehicle.title if vehicle else "",
        bookings=tuple(
            BookingLine(booking.number or 0, booking.starts_at, say_moment(booking.starts_at, account.zone, account.locale), booking.service)
            for booking in upcoming
        ),
        proposal="" if proposal is None else proposal.kind.value,
        human_called=chat.human_called_at is not None,
        facts={topic: text for topic, text in facts.items() if topic not in SPECIAL_FACTS},
    )


async def load_prompt(tx: AccountTx, locale: str) -> str:
    """The shop's own words, if it published any, after the rules that hold in every shop."""
    own = await account_queries.select_prompt(tx)
    return "\n\n".join(part for part in (_house_rules(locale), own) if part)


def instructions(prompt: str, shop: Shop) -> str:
    return f"{prompt}\n\n{shop.render()}"


def _house_rules(locale: str) -> str:
    folder = resources.files("valera.reception") / "prompts"
    file = folder / f"{locale}.md"
    return (file if file.is_file() else folder / "ru.md").read_text("utf-8").strip()
