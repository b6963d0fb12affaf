"""Drafts and versions in the database: one draft a shop, corrections that can be undone, one winner of two that publish."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from tests.cast import Shop, World
from valera.kit.db import Database, account_scope
from valera.pricing.drafts.correction import Correction, CorrectionRefused
from valera.pricing.drafts.difference import difference
from valera.pricing.drafts.open_draft import (
    DraftClosed,
    DraftDoubtful,
    NoOpenDraft,
    OpenDraft,
    PriceListChanged,
    begin,
    correct,
    get_open_draft,
    publish_draft,
    undo,
)
from valera.pricing.drafts.versions import AlreadyInForce, PriceListNotFound, listed, roll_back
from valera.pricing.price_import import current_price_list, publish, read_price_list
from valera.pricing.price_list import Price, PriceList
from valera.pricing.queries import list_price_items, list_price_lists

LIST = "Работа;1 класс;2 класс\nПОКРАСКА;;\nКапот;22000;25000\nДверь;18000;20000\nМойка;по запросу;\n"


def draft_of(text: str = LIST) -> Any:
    return read_price_list(text.encode(), source="list.csv")


async def begun(db: Database, shop: Shop, text: str = LIST) -> OpenDraft:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            return await begin(tx, draft_of(text), source="list.csv")


async def correcting(db: Database, draft_id: int, **written: Any) -> OpenDraft:
    async with db.account_tx() as tx:
        return await correct(tx, draft_id, msgspec.convert(written, type=Correction))


async def publishing(db: Database, draft_id: int, **how: Any) -> PriceList:
    async with db.account_tx() as tx:
        return await publish_draft(tx, draft_id, **how)


async def test_draft_is_kept_corrected_undone_and_published(db: Database, world: World) -> None:
    opened = await begun(db, world.garage)

    with account_scope(world.garage.account_id):
        await correcting(db, opened.id, kind="rename", row=3, name="Капот (верх)")
        await correcting(db, opened.id, kind="take", row=5, price="от 700")
        await correcting(db, opened.id, kind="drop", row=4)
        async with db.account_tx() as tx:
            await undo(tx, opened.id)
        async with db.account_tx() as tx:
            found = await get_open_draft(tx)
        published = await publishing(db, opened.id)
        async with db.account_tx() as tx:
            items = await list_price_items(tx, published.id)
            current = await current_price_list(tx)

    assert [no for no, _ in found.corrections] == [1, 2]
    assert current == published
    assert (published.version, published.source) == (2, "list.csv")
    assert [(item.row_no, item.section, item.name) for item in items] == [
        (3, "ПОКРАСКА", "Капот (верх)"),
        (4, "ПОКРАСКА", "Дверь"),
        (5, "ПОКРАСКА", "Мойка"),
    ]
    assert items[2].prices == (Price(Decimal(700), is_from=True),) * 2


async def test_class_that_a_list_only_names_means_what_it_meant(db: Database, world: World) -> None:
    opened = await begun(db, world.garage)

    assert [entry.description for entry in opened.draft.classes] == ["малые и средние авто", "бизнес класс и кроссоверы"]


async def test_another_draft_takes_the_place_of_the_open_one(db: Database, world: World) -> None:
    first = await begun(db, world.garage)
    second = await begun(db, world.garage, "Капот;5000\n")

    with account_scope(world.garage.account_id):
        with pytest.raises(DraftClosed):
            await correcting(db, first.id, kind="drop", row=3)
        async with db.account_tx() as tx:
            assert (await get_open_draft(tx)).id == second.id


async def test_correction_that_others_build_upon_is_not_undone(db: Database, world: World) -> None:
    opened = await begun(db, world.garage)

    with account_scope(world.garage.account_id):
        await correcting(db, opened.id, kind="take", row=5, price="700")
        await correcting(db, opened.id, kind="rename", row=5, name="Мойка кузова")
        with pytest.raises(CorrectionRefused) as refused:
            async with db.account_tx() as tx:
                await undo(tx, opened.id, 1)
        async with db.account_tx() as tx:
            found = await get_open_draft(tx)

    assert refused.value.reason == "built_upon"
    assert len(found.corrections) == 2


async def test_of_two_that_publish_at_once_one_wins_and_the_other_is_told(db: Database, world: World) -> None:
    opened = await begun(db, world.garage)

    with account_scope(world.garage.account_id):
        results = await asyncio.gather(*(publishing(db, opened.id) for _ in range(4)), return_exceptions=True)
        async with db.account_tx() as tx:
            versions = [entry.version for entry in await list_price_lists(tx)]

    won = [result for result in results if isinstance(result, PriceList)]
    lost = [result for result in results if isinstance(result, DraftClosed)]
    assert (len(won), len(lost)) == (1, 3)
    assert "2" in lost[0].detail
    assert versions == [2, 1]


async def test_version_published_meanwhile_is_a_conflict_until_it_is_named(db: Database, world: World) -> None:
    opened = await begun(db, world.garage)

    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await publish(tx, draft_of("Капот;5000\n"), source="other.csv")
        with pytest.raises(PriceListChanged):
            await publishing(db, opened.id)
        published = await publishing(db, opened.id, over=2)

    assert published.version == 3


async def test_prices_that_look_like_slips_are_not_published_unseen(db: Database, world: World) -> None:
    opened = await begun(db, world.garage, LIST.replace("20000", "200000"))

    with account_scope(world.garage.account_id):
        with pytest.raises(DraftDoubtful):
            await publishing(db, opened.id)
        await correcting(db, opened.id, kind="accept", row=4)
        assert (await publishing(db, opened.id)).version == 2


async def test_rolling_back_is_a_new_version_that_says_what_the_old_one_said(db: Database, world: World) -> None:
    opened = await begun(db, world.garage)

    with account_scope(world.garage.account_id):
        await publishing(db, opened.id)
        async with db.account_tx() as tx:
            restored = await roll_back(tx, to=1)
        async with db.account_tx() as tx:
            assert difference(await listed(tx, 1), await listed(tx, 3)).is_empty
            assert not difference(await listed(tx, 2), await listed(tx, 3)).is_empty
            with pytest.raises(AlreadyInForce):
                await roll_back(tx, to=3)
            with pytest.raises(PriceListNotFound):
                await roll_back(tx, to=9)

    assert restored.version == 3


async def test_rival_sees_nothing(db: Database, world: World) -> None:
    opened = await begun(db, world.garage)

    with account_scope(world.rival.account_id):
        async with db.account_tx() as tx:
            with pytest.raises(NoOpenDraft):
                await get_open_draft(tx)
        for attempt in (correcting(db, opened.id, kind="drop", row=3), publishing(db, opened.id)):
            with pytest.raises(NoOpenDraft):
                await attempt
