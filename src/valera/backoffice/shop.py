"""Opening a shop: everything that it needs before its first client writes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from valera.accounts.account import AccountName, open_account
from valera.accounts.fact import state_fact
from valera.accounts.prompt import publish_text
from valera.bookings.schedule.queries import upsert_duration
from valera.bookings.schedule.workshop import open_bay, set_hours
from valera.identity.membership import TeamRole, add_member, make_owner
from valera.kit.db import AccountId, AccountTx, Database, IdentityTx, enter_account
from valera.kit.errors import Invalid
from valera.kit.phrases import Phrases
from valera.pricing.price_import import publish
from valera.russian.latin import slug as latin_slug
from valera.telegram.bots.bot import Bot, add_bot

if TYPE_CHECKING:
    from valera.bookings.schedule.opening_hours import OpeningHours
    from valera.kit.secrets import Secret, Vault
    from valera.pricing.reading.draft import Draft
    from valera.telegram.api.client import Me

PHRASES = Phrases.load("valera.backoffice")
MAX_BAYS = 100
MAX_NAME = 100


class TimeZoneUnknown(Invalid):
    """Not a zone of the IANA database."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose shop it will be. ``telegram_user_id`` None: they came by a link, or in the demo."""

    name: str
    telegram_user_id: int | None = None


@dataclass(frozen=True, slots=True)
class ShopPlan:
    """What is known of a shop before it exists. ``durations``: section of the price list → minutes. ``owner`` beside the ``team``, whose
    first is the owner where there is none.
    """

    name: str
    time_zone: str
    hours: tuple[OpeningHours, ...]
    bays: int
    slug: str = ""
    locale: str = "ru"
    prices: Draft | None = None
    price_source: str = ""
    facts: dict[str, str] = field(default_factory=dict[str, str])
    durations: dict[str, int] = field(default_factory=dict[str, int])
    team: tuple[tuple[str, TeamRole], ...] = ()
    prompt: str = ""
    owner: Owner | None = None

    def check(self) -> None:
        """Raises Invalid with a sentence for the first thing that makes no sense."""
        if not self.name.strip() or len(self.name) > MAX_NAME:
            raise Invalid(f"A shop needs a name of 1 to {MAX_NAME} characters.", fields={"name": "length"})
        if not 1 <= self.bays <= MAX_BAYS:
            raise Invalid(f"A shop has 1 to {MAX_BAYS} bays, not {self.bays}.", fields={"bays": "range"})
        if self.time_zone not in available_timezones():
            raise TimeZoneUnknown(f"{self.time_zone!r} is no time zone. Examples: Europe/Moscow, Asia/Yekaterinburg.")
        ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Shop:
    account_id: AccountId
    slug: str
    bot: Bot


async def add_shop(db: Database, vault: Vault, plan: ShopPlan, *, me: Me, token: Secret) -> Shop:
    """The shop with its bot, ready to answer. ``me`` is what getMe said of the token. Raises SlugTaken, BotServesAnotherShop, Invalid."""
    async with db.identity_tx() as opening:
        shop, tx = await _open(opening, vault, plan)
        bot = await add_bot(tx, me, token, vault)
    return Shop(shop.id, shop.slug, bot)


async def open_shop(db: Database, vault: Vault, plan: ShopPlan) -> AccountName:
    """A shop without a bot: one is connected later. Raises SlugTaken, Invalid."""
    async with db.identity_tx() as opening:
        shop, _ = await _open(opening, vault, plan)
    return shop


async def _open(opening: IdentityTx, vault: Vault, plan: ShopPlan) -> tuple[AccountName, AccountTx]:
    plan.check()
    slug = plan.slug or latin_slug(plan.name) or f"shop-{secrets.token_hex(3)}"
    account_id = await open_account(
        opening, slug=slug, name=plan.name.strip(), time_zone=plan.time_zone, locale=plan.locale, data_key=vault.new_data_key(slug)
    )
    tx = await enter_account(opening, account_id)
    await _furnish(tx, plan)
    return AccountName(account_id, slug, plan.name.strip()), tx


async def _furnish(tx: AccountTx, plan: ShopPlan) -> None:
    await set_hours(tx, plan.hours)
    for number in range(1, plan.bays + 1):
        await open_bay(tx, PHRASES.say(plan.locale, "bay", number=number))
    if plan.prices is not None:
        await publish(tx, plan.prices, source=plan.price_source)
    for topic, text in plan.facts.items():
        await state_fact(tx, topic, text)
    for section, minutes in plan.durations.items():
        await upsert_duration(tx, section, minutes)
    members = [await add_member(tx, name=name, role=role) for name, role in plan.team]
    if plan.owner is not None:
        owner = await add_member(tx, name=plan.owner.name, role=TeamRole.ADMIN, telegram_user_id=plan.owner.telegram_user_id)
        members.insert(0, owner)
    if members:
        await make_owner(tx, members[0])
    if plan.prompt:
        await publish_text(tx, plan.prompt)
