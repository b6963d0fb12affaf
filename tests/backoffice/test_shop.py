"""A shop is opened whole or not at all."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from valera.backoffice.shop import ShopPlan, add_shop
from valera.bookings.schedule.opening_hours import parse_hours
from valera.kit.db import Database
from valera.kit.errors import ValeraError
from valera.kit.secrets import Secret, Vault
from valera.telegram.api.client import Me

VAULT = Vault(Secret(base64.b64encode(bytes(32)).decode()))
PLAN = ShopPlan(name="Мойка «Капля»", time_zone="Europe/Moscow", hours=parse_hours("пн-вс 8-22"), bays=2, facts={"address": "ул. Тихая, 1"})
ME, TOKEN = Me(id=77, username="kaplya_bot"), Secret("77:token")


async def accounts(db: Database) -> int:
    async with db.owner_tx() as tx:
        return await tx.connection.fetchval("select count(*) from accounts") or 0


async def test_opened_shop_has_its_bays_hours_facts_and_bot(db: Database) -> None:
    shop = await add_shop(db, VAULT, PLAN, me=ME, token=TOKEN)

    async with db.owner_tx() as tx:
        counts = await tx.connection.fetchrow(
            "select (select count(*) from bays) as bays, (select count(*) from opening_hours) as hours,"
            " (select count(*) from facts) as facts, (select count(*) from bots) as bots"
        )
    assert shop.slug == "moyka-kaplya"
    assert counts is not None
    assert tuple(counts) == (2, 7, 1, 1)


@pytest.mark.parametrize("me", [ME, Me(id=78, username="other_bot")], ids=["bot of another shop", "name of another shop"])
async def test_shop_that_cannot_be_opened_leaves_nothing(db: Database, me: Me) -> None:
    await add_shop(db, VAULT, PLAN, me=ME, token=TOKEN)
    plan = replace(PLAN, slug="another" if me is ME else "")

    with pytest.raises(ValeraError):
        await add_shop(db, VAULT, plan, me=me, token=TOKEN)

    assert await accounts(db) == 1
