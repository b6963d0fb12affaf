"""Statements about sessions. Whose: a person of Telegram ($n), or one member of one shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, many, maybe

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from valera.kit.db import AccountId, IdentityTx

Row = TypeVar("Row")


async def insert_session(
    tx: IdentityTx,
    token_hash: bytes,
    *,
    telegram_user_id: int | None,
    account_id: AccountId | None,
    member_id: int | None,
    method: str,
    device: str,
    now: datetime,
    ends_at: datetime,
) -> None:
    """In the language that its person has chosen, if they have."""
    await execute(
        tx,
        "insert into sessions (token_hash, telegram_user_id, account_id, member_id, method, device, created_at, seen_at, ends_at, language)"
        " values ($1, $2, $3, $4, $5, $6, $7, $7, $8,"
        "   (select language from sessions where (telegram_user_id = $2 or (account_id, member_id) = ($3, $4)) and language is not null"
        "     order by seen_at desc limit 1))",
        token_hash,
        telegram_user_id,
        account_id,
        member_id,
        method,
        device,
        now,
        ends_at,
    )


async def select_session(
    tx: IdentityTx, row: type[Row], token_hash: bytes, *, now: datetime, fresh: timedelta, idle: timedelta, absolute: timedelta
) -> Row | None:
    return await maybe(
        tx,
        row,
        "with found as (select * from sessions where token_hash = $1 and ends_at > $2),"
        " seen as (update sessions s set seen_at = $2, ends_at = least(s.created_at + $5::interval, $2 + $4::interval)"
        "            from found where s.id = found.id and found.seen_at < $2 - $3::interval)"
        " select f.id, f.telegram_user_id, f.account_id, f.member_id, f.method, f.language, f.created_at,"
        "        coalesce(m.name, concat_ws(' ', u.first_name, u.last_name)) as name"
        "   from found f left join telegram_users u on u.telegram_id = f.telegram_user_id"
        "   left join memberships m on m.account_id = f.account_id and m.id = f.member_id"
        "  where m.removed_at is null",
        token_hash,
        now,
        fresh,
        idle,
        absolute,
    )


async def select_entry(
    tx: IdentityTx,
    row: type[Row],
    token_hash: bytes,
    slug: str,
    *,
    now: datetime,
    fresh: timedelta,
    idle: timedelta,
    absolute: timedelta,
) -> Row | None:
    return await maybe(
        tx,
        row,
        "with found as (select * from sessions where token_hash = $1 and ends_at > $3),"
        " seen as (update sessions s set seen_at = $3, ends_at = least(s.created_at + $6::interval, $3 + $5::interval)"
        "            from found where s.id = found.id and found.seen_at < $3 - $4::interval)"
        " select a.id as account_id, a.slug, a.name as shop_name, a.time_zone, a.currency, m.id as member_id, m.name, m.role,"
        "        a.owner_id is not distinct from m.id as is_owner, f.language"
        "   from found f join accounts a on a.slug = $2"
        "   join memberships m on m.account_id = a.id and m.removed_at is null"
        "        and (m.telegram_user_id = f.telegram_user_id or (m.account_id, m.id) = (f.account_id, f.member_id))",
        token_hash,
        slug,
        now,
        fresh,
        idle,
        absolute,
    )


async def select_shops(
    tx: IdentityTx, row: type[Row], telegram_user_id: int | None, account_id: AccountId | None, member_id: int | None
) -> list[Row]:
    return await many(
        tx,
        row,
        "select a.id as account_id, a.slug, a.name, m.id as member_id, m.role, a.owner_id is not distinct from m.id as is_owner"
        "  from memberships m join accounts a on a.id = m.account_id"
        " where m.removed_at is null and (m.telegram_user_id = $1 or (m.account_id, m.id) = ($2, $3)) order by a.name, a.id",
        telegram_user_id,
        account_id,
        member_id,
    )


async def select_devices(
    tx: IdentityTx, row: type[Row], telegram_user_id: int | None, account_id: AccountId | None, member_id: int | None, *, now: datetime
) -> list[Row]:
    return await many(
        tx,
        row,
        "select id, method, device, created_at, seen_at from sessions"
        " where (telegram_user_id = $1 or (account_id, member_id) = ($2, $3)) and ends_at > $4 order by seen_at desc, id desc",
        telegram_user_id,
        account_id,
        member_id,
        now,
    )


async def update_language(
    tx: IdentityTx, telegram_user_id: int | None, account_id: AccountId | None, member_id: int | None, *, language: str
) -> None:
    await execute(
        tx,
        "update sessions set language = $4 where telegram_user_id = $1 or (account_id, member_id) = ($2, $3)",
        telegram_user_id,
        account_id,
        member_id,
        language,
    )


# ---- ends -----------------------------------------------------------------------------------------


async def end_by_token(tx: IdentityTx, token_hash: bytes, *, now: datetime) -> None:
    await execute(tx, "update sessions set ends_at = $2 where token_hash = $1 and ends_at > $2", token_hash, now)


async def end_one(
    tx: IdentityTx, telegram_user_id: int | None, account_id: AccountId | None, member_id: int | None, *, session_id: int, now: datetime
) -> bool:
    return bool(
        await execute(
            tx,
            "update sessions set ends_at = $5 where id = $4 and ends_at > $5"
            "   and (telegram_user_id = $1 or (account_id, member_id) = ($2, $3))",
            telegram_user_id,
            account_id,
            member_id,
            session_id,
            now,
        )
    )


async def end_others(
    tx: IdentityTx, telegram_user_id: int | None, account_id: AccountId | None, member_id: int | None, *, but: int, now: datetime
) -> int:
    return await execute(
        tx,
        "update sessions set ends_at = $5 where id <> $4 and ends_at > $5"
        "   and (telegram_user_id = $1 or (account_id, member_id) = ($2, $3))",
        telegram_user_id,
        account_id,
        member_id,
        but,
        now,
    )


async def end_of_member(tx: IdentityTx, account_id: AccountId, member_id: int, *, now: datetime) -> int:
    return await execute(
        tx,
        "update sessions s set ends_at = $3 from memberships m"
        " where m.account_id = $1 and m.id = $2 and s.ends_at > $3"
        "   and (s.telegram_user_id = m.telegram_user_id or (s.account_id, s.member_id) = (m.account_id, m.id))",
        account_id,
        member_id,
        now,
    )


async def use_up_links(tx: IdentityTx, account_id: AccountId, member_id: int, *, now: datetime) -> None:
    await execute(
        tx,
        "update login_links set used_at = $3 where account_id = $1 and member_id = $2 and used_at is null",
        account_id,
        member_id,
        now,
    )
