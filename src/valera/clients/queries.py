"""Statements about clients and vehicles."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, maybe, one, value

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def upsert_client(tx: AccountTx, *, telegram_user_id: int, name: str, source: str | None) -> int:
    """Whose card became part of another one is met with that one."""
    return await value(
        tx,
        "with met as (insert into clients as c (telegram_user_id, name, source) values ($1, $2, $3)"
        "    on conflict (account_id, telegram_user_id) do update set unreachable_at = null,"
        "       source = coalesce(c.source, excluded.source), name = case when c.name = '' then excluded.name else c.name end"
        "    returning id, merged_into),"
        " reached as (update clients set unreachable_at = null where id = (select merged_into from met) and unreachable_at is not null)"
        " select coalesce(merged_into, id) from met",
        telegram_user_id,
        name,
        source,
    )


async def select_client(tx: AccountTx, row: type[Row], client_id: int) -> Row:
    return await one(tx, row, "select id, telegram_user_id, name, phone from clients where id = $1", client_id)


async def select_card_id(tx: AccountTx, client_id: int) -> int | None:
    """The card that this number leads to."""
    return await value(tx, "select coalesce(merged_into, id) from clients where id = $1", client_id)


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
        "with known as (select coalesce(merged_into, id) as id from clients"
        "                where phone = $2 and telegram_user_id is null order by clients.id desc limit 1),"
        " added as (insert into clients (name, phone) select $1, $2 where not exists (select from known) returning id)"
        " select id from known union all select id from added",
        name,
        phone,
    )


async def update_unreachable(tx: AccountTx, client_id: int, *, telegram_user_id: int) -> None:
    """A card of several accounts is unreachable when all of them are; who is in Telegram under another number is marked by the card."""
    await execute(
        tx,
        "with account as (update clients set unreachable_at = coalesce(unreachable_at, now())"
        "                  where telegram_user_id = $2 and merged_into = $1 returning id)"
        " update clients c set unreachable_at = coalesce(unreachable_at, now())"
        "  where id = $1 and not exists (select from clients t where t.merged_into = c.id and t.telegram_user_id is not null"
        "                                  and t.unreachable_at is null and t.telegram_user_id <> $2)"
        "    and not (c.telegram_user_id is not null and exists (select from account))",
        client_id,
        telegram_user_id,
    )


async def update_reachable(tx: AccountTx, *, telegram_user_id: int, is_reachable: bool) -> bool:
    """False: there is no such client, or it is known. With an account that was unblocked its card is reachable, and no longer with the last
    one that was blocked.
    """
    return bool(
        await value(
            tx,
            "with account as (update clients c set unreachable_at = case when not $2 then now() end"
            "    where telegram_user_id = $1 and (unreachable_at is null) <> $2"
            "      and ($2 or not exists (select from clients t where t.merged_into = c.id and t.telegram_user_id is not null"
            "                                and t.unreachable_at is null))"
            "    returning id, merged_into),"
            " card as (update clients c set unreachable_at = case when not $2 then now() end"
            "    where id = (select merged_into from account) and (unreachable_at is null) <> $2 and ($2 or c.telegram_user_id is null)"
            "    returning id)"
            " select count(*) from account",
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
    """The car spoken of now becomes the latest. Of several of one model the one with this plate, else the latest: a plate told anew is
    a correction.
    """
    return await value(
        tx,
        "with known as (select id from vehicles where client_id = $1 and make = $2 and model = $3"
        "                order by ($5::text is not null and plate is not distinct from $5) desc, created_at desc, id desc limit 1),"
        " spoken as (update vehicles v set created_at = now(), year = coalesce($4, v.year), plate = coalesce($5, v.plate)"
        "             where id = (select id from known) returning id),"
        " added as (insert into vehicles (client_id, make, model, year, plate) select $1, $2, $3, $4, $5"
        "            where not exists (select from known) returning id)"
        " select id from spoken union all select id from added",
        client_id,
        make,
        model,
        year,
        plate,
    )
