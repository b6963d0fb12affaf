"""The schema of the search: one function acts as the owner, and it finds nothing but numbers of the shop that asks."""

from __future__ import annotations

import asyncpg
import pytest

from tests.cast import Shop, World
from valera.kit.db import Database, account_scope, execute, value


async def find(db: Database, shop: Shop, *words: str) -> list[int]:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            rows = await tx.connection.fetch("select * from search.find_messages($1, '', 100)", list(words))
    return [row[0] for row in rows]


async def test_one_definer_function_and_only_the_app_may_call_it(db: Database) -> None:
    catalogue = await db.connect(role="valera_owner")
    functions = await catalogue.fetch(
        "select proname, prosecdef, array(select grantee::regrole::text from aclexplode(proacl)"
        "   where grantee <> 0 and grantee::regrole::text <> 'valera_owner') as callers,"
        "   exists (select from aclexplode(proacl) where grantee = 0) as is_public"
        " from pg_proc where pronamespace = 'search'::regnamespace order by proname"
    )
    await catalogue.close()

    assert [tuple(row) for row in functions] == [("find_messages", True, ["valera_app"], False), ("words", False, ["valera_app"], False)]


async def test_a_shop_finds_its_own_messages_alone(db: Database, world: World) -> None:
    own, rivals = await find(db, world.garage, "бампер"), await find(db, world.rival, "бампер")

    assert own
    assert rivals
    assert not set(own) & set(rivals)


async def test_a_word_that_bears_another_shops_number_finds_nothing_of_it(db: Database, world: World) -> None:
    assert await find(db, world.garage, f"{world.rival.account_id}:бампер") == await find(db, world.garage, "бампер")
    assert await find(db, world.garage, f"'{world.rival.account_id}:бампер' | x") == await find(db, world.garage, "бампер")


async def test_the_index_is_used_and_begins_with_the_shop(db: Database, world: World) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await execute(
                tx, "insert into messages (chat_id, role, content) values ($1, 'assistant', 'Ёлка: крыло покрашено')", world.garage.chat_id
            )
            words = await value(tx, "select search.words(account_id, content)::text from messages where content like 'Ёлка%'")
    assert words == " ".join(f"'{world.garage.account_id}:{stem}'" for stem in ("елк", "крыл", "покраш"))


async def test_outside_of_a_shop_nothing_is_found(db: Database, world: World) -> None:
    del world
    connection = await db.connect(role="valera_app")
    with pytest.raises(asyncpg.PostgresError):
        await connection.fetch("select * from search.find_messages('{бампер}', '', 10)")
    await connection.close()
