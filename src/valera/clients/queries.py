"""Statements about clients and vehicles."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, maybe, one, value

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def upsert_client(tx: AccountTx, *, telegram_user_id: int, name: str, source: str | None) -> int:
    return await value(
        tx,
        "insert into clients as c (telegram_user_id, name, source) values ($1, $2, $3)"
        " on conflict (account_id, telegram_user_id) do update set unreachable_at = null,"
        "    source = coalesce(c.source, excluded.source), name = case when c.name = '' then excluded.name else c.name end"
        " returning id",
        telegram_user_id,
        name,
        source,
    )


async def select_client(tx: AccountTx, row: type[Row], client_id: int) -> Row:
    return await one(tx, row, "select id, telegram_user_id, name, phone from clients where id = $1", client_id)


async def update_client(tx: AccountTx, client_id: int, *, name: str | None, phone: str | None) -> None:
    await execute(
        tx,
        "update clients set name = coalesce($2, name), phone = coalesce($3, phone) where id = $1",
        client_id,
        name,
        phone,
    )


async def select_reachable(tx: AccountTx, client_id: int) -> bool:
    return await value(tx, "select unreachable_at is null from clients where id = $1", client_id)


async def upsert_caller(tx: AccountTx, *, name: str, phone: str) -> int:
    """Who called: the caller noted with this phone before, else a new one. A client of Telegram only says that a phone is his: no other
    person's booking is shown to him for that.
    """
    return await value(
        tx,
        "with known as (select id from clients where phone = $2 and telegram_user_id is null order by id desc limit 1),"
        " added as (insert into clients (name, phone) select $1, $2 where not exists (select from known) returning id)"
        " select id from known union all select id from added",
        name,
        phone,
    )


async def update_unreachable(tx: AccountTx, client_id: int) -> None:
    await execute(tx, "update clients set unreachable_at = coalesce(unreachable_at, now()) where id = $1", client_id)


async def update_reachable(tx: AccountTx, *, telegram_user_id: int, is_reachable: bool) -> bool:
    """False: there is no such client, or it is known."""
    return bool(
        await execute(
            tx,
            "update clients set unreachable_at = case when not $2 then now() end"
            " where telegram_user_id = $1 and (unreachable_at is null) <> $2",
            telegram_user_id,
            is_reachable,
        )
    )


async def select_latest_vehicle(tx: AccountTx, row: type[Row], client_id: int) -> Row | None:
    return await maybe(
        tx, row, "select make, model from vehicles where client_id = $1 order by created_at desc, id desc limit 1", client_id
    )


async def has_written(tx: AccountTx, chat_id: int, words: str) -> bool:
    """The client himself, in this chat; spaces and case aside."""
    return await value(
        tx,
        r"select exists (select from messages where chat_id = $1 and role = 'user'"
        r"   and position(lower($2) in lower(regexp_replace(content, '\s+', ' ', 'g'))) > 0)",
        chat_id,
        words,
    )


async def upsert_vehicle(tx: AccountTx, client_id: int, *, make: str, model: str, year: int | None, plate: str | None) -> int:
    """The car spoken of now becomes the latest."""
    return await value(
        tx,
        "insert into vehicles as v (client_id, make, model, year, plate) values ($1, $2, $3, $4, $5)"
        " on conflict (account_id, client_id, make, model) do update set created_at = now(),"
        "    year = coalesce(excluded.year, v.year), plate = coalesce(excluded.plate, v.plate) returning id",
        client_id,
        make,
        model,
        year,
        plate,
    )
