from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.cast import World
from valera.accounts.prompt import (
    LONGEST,
    PromptNotFound,
    PromptUnchanged,
    difference,
    draft,
    find_published,
    list_prompts,
    publish,
    roll_back,
)
from valera.kit.db import AccountTx, Database, account_scope
from valera.kit.errors import Invalid


@pytest.fixture
async def tx(db: Database, world: World) -> AsyncIterator[AccountTx]:
    """Of the garage, whose version 1 «Будь вежлив.» is published."""
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            yield tx


async def in_force(tx: AccountTx) -> tuple[int, str] | None:
    found = await find_published(tx)
    return None if found is None else (found.version, found.text)


async def test_draft_is_not_in_force_before_it_is_published(tx: AccountTx, world: World) -> None:
    version = await draft(tx, "  Говори просто.\n", note="по просьбе Марины", author=world.garage.member_id)
    before = await in_force(tx)
    await publish(tx)

    newest = (await list_prompts(tx))[0]
    assert (version, before, await in_force(tx)) == (2, (1, "Будь вежлив."), (2, "Говори просто."))
    assert (newest.author, newest.note) == ("Мастер", "по просьбе Марины")


async def test_older_draft_that_is_published_later_is_in_force(tx: AccountTx) -> None:
    await draft(tx, "второй")
    await draft(tx, "третий")
    await publish(tx)

    await publish(tx, 2)

    assert await in_force(tx) == (2, "второй")


async def test_roll_back_adds_a_version_and_rewrites_none(tx: AccountTx) -> None:
    await draft(tx, "второй")
    await publish(tx)

    version = await roll_back(tx, to=1)
    nothing = await roll_back(tx, to=0)

    assert [(prompt.version, prompt.text) for prompt in await list_prompts(tx)] == [
        (nothing, ""), (version, "Будь вежлив."), (2, "второй"), (1, "Будь вежлив."),
    ]  # fmt: skip
    assert await in_force(tx) == (nothing, "")


async def test_difference_is_told_line_by_line(tx: AccountTx) -> None:
    await draft(tx, "Будь вежлив.\nИ краток.")

    assert (await difference(tx, 1, 2)).splitlines()[-2:] == [" Будь вежлив.", "+И краток."]
    assert "+Будь вежлив." in await difference(tx, 0, 1)
    assert await difference(tx, 1, 1) == ""


async def test_what_makes_no_sense_is_refused_with_a_sentence(tx: AccountTx) -> None:
    with pytest.raises(Invalid, match="empty"):
        await draft(tx, " \n")
    with pytest.raises(Invalid, match=str(LONGEST)):
        await draft(tx, "а" * (LONGEST + 1))
    with pytest.raises(PromptUnchanged, match="Version 1"):
        await draft(tx, "Будь вежлив.")
    with pytest.raises(PromptNotFound, match="version 9"):
        await publish(tx, 9)
    with pytest.raises(PromptNotFound):
        await roll_back(tx, to=9)


async def test_rival_sees_nothing(db: Database, world: World) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await draft(tx, "секрет гаража")
            await publish(tx)
    with account_scope(world.rival.account_id):
        async with db.account_tx() as tx:
            assert [prompt.text for prompt in await list_prompts(tx)] == ["Будь вежлив."]
            with pytest.raises(PromptNotFound):
                await publish(tx, 2)
