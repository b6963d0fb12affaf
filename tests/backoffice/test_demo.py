"""The demo's two shops, and the link for a shop's first owner."""

from __future__ import annotations

from pathlib import Path

import pytest

from valera.accounts.account import list_accounts
from valera.backoffice.demo import SHOPS, is_planted
from valera.backoffice.demo.plant import plant_demo
from valera.backoffice.shop import ShopPlan, open_shop
from valera.bookings.schedule.opening_hours import parse_hours
from valera.dashboard.entrance.queries import select_demo_members
from valera.dashboard.entrance.views import DemoMember
from valera.identity.membership import MemberNotFound, find_owner
from valera.identity.session import find_session
from valera.identity.ways.login_link import use_link
from valera.instance.entrance import make_login_link
from valera.kit.clock import SystemClock
from valera.kit.db import Database, account_scope
from valera.kit.secrets import Secret, Vault
from valera.settings import Settings
from valera.telegram.api.client import Me

VAULT = Vault(Secret("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="))


def new_bot(_: str, username: str) -> tuple[Me, Secret]:
    return Me(id=sum(map(ord, username)), username=username), Secret(f"{sum(map(ord, username))}:token")


async def slugs(db: Database) -> list[str]:
    async with db.identity_tx() as tx:
        return [account.slug for account in await list_accounts(tx)]


async def opened(db: Database, slug: str) -> None:
    plan = ShopPlan(name="Чужой", slug=slug, time_zone="Europe/Moscow", hours=parse_hours("пн-пт 9:00-18:00"), bays=1)
    await open_shop(db, VAULT, plan)


async def test_the_demo_has_two_shops_and_everybody_who_can_be_tried(db: Database) -> None:
    planted = await plant_demo(db, VAULT, new_bot=new_bot)

    assert [shop.slug for shop in planted] == list(SHOPS) == await slugs(db)
    async with db.identity_tx() as tx:
        members = await select_demo_members(tx, DemoMember)
    assert [(member.slug, member.role.value, member.is_owner) for member in members] == [
        ("demo", "admin", True), ("demo", "admin", False), ("demo", "support", False), ("gaika", "admin", True),
        ("gaika", "support", False),
    ]  # fmt: skip
    assert await plant_demo(db, VAULT, new_bot=new_bot) == []


async def test_a_start_that_was_interrupted_is_finished_and_other_shops_stay_alone(db: Database) -> None:
    await opened(db, "demo")
    assert [shop.slug for shop in await plant_demo(db, VAULT, new_bot=new_bot)] == ["gaika"]
    await opened(db, "mine")
    assert is_planted(await slugs(db))
    assert is_planted(["mine"])
    assert not is_planted([])


async def test_the_first_owner_comes_by_a_link(db: Database, database_url: str, tmp_path: Path) -> None:
    await opened(db, "mine")
    settings = Settings(home=tmp_path, database_url=Secret(database_url).reveal(), public_url="https://shop.example/")  # pyright: ignore[reportArgumentType]

    said = await make_login_link(settings, slug="mine", name=None)
    again = await make_login_link(settings, slug="mine", name=None)

    address, told = said.splitlines()
    assert address.startswith("https://shop.example/sign-in/link/")
    assert "30 minutes" in told
    assert again != said
    async with db.identity_tx() as tx:
        guest = await use_link(tx, address.rpartition("/")[2], now=SystemClock().now())
        assert await find_session(tx, "nobody", now=SystemClock().now()) is None
    with account_scope(guest.account_id):
        async with db.account_tx() as tx:
            owner = await find_owner(tx)
    assert owner is not None
    assert owner.id == guest.member_id
    with pytest.raises(MemberNotFound):
        await make_login_link(settings, slug="mine", name="Никто")
