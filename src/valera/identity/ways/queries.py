"""Statements about ways in. What may happen once is one UPDATE or INSERT that says whether it was the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, many, maybe, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountId, AccountTx, IdentityTx

Row = TypeVar("Row")

# ---- login links ----------------------------------------------------------------------------------


async def insert_link(tx: AccountTx, member_id: int, token_hash: bytes, *, expires_at: datetime) -> None:
    await execute(tx, "insert into login_links (member_id, token_hash, expires_at) values ($1, $2, $3)", member_id, token_hash, expires_at)


async def select_guest(tx: IdentityTx, row: type[Row], token_hash: bytes, *, now: datetime) -> Row | None:
    return await maybe(
        tx,
        row,
        "select a.id as account_id, m.id as member_id, a.slug, a.name as shop_name, m.name from login_links l"
        "  join memberships m on m.account_id = l.account_id and m.id = l.member_id and m.removed_at is null"
        "  join accounts a on a.id = l.account_id where l.token_hash = $1 and l.used_at is null and l.expires_at > $2",
        token_hash,
        now,
    )


async def use_link(tx: IdentityTx, row: type[Row], token_hash: bytes, *, now: datetime) -> Row | None:
    return await maybe(
        tx,
        row,
        "with used as (update login_links set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2"
        "              returning account_id, member_id)"
        " select a.id as account_id, m.id as member_id, a.slug, a.name as shop_name, m.name from used u"
        "   join memberships m on m.account_id = u.account_id and m.id = u.member_id and m.removed_at is null"
        "   join accounts a on a.id = u.account_id",
        token_hash,
        now,
    )


# ---- invites --------------------------------------------------------------------------------------


async def insert_invite(tx: AccountTx, token_hash: bytes, *, role: str, name: str, by: int, now: datetime, expires_at: datetime) -> int:
    return await value(
        tx,
        "insert into invites (token_hash, role, name, created_by, created_at, expires_at) values ($1, $2, $3, $4, $5, $6) returning id",
        token_hash,
        role,
        name,
        by,
        now,
        expires_at,
    )


async def select_invites(tx: AccountTx, row: type[Row], *, now: datetime) -> list[Row]:
    return await many(
        tx,
        row,
        "select i.id, i.name, i.role, m.name as created_by, i.created_at, i.expires_at from invites i"
        "  join memberships m on m.id = i.created_by"
        " where i.used_at is null and i.revoked_at is null and i.expires_at > $1 order by i.id desc",
        now,
    )


async def revoke_invite(tx: AccountTx, invite_id: int, *, now: datetime) -> bool:
    return bool(
        await execute(tx, "update invites set revoked_at = $2 where id = $1 and used_at is null and revoked_at is null", invite_id, now)
    )


async def select_invitation(tx: IdentityTx, row: type[Row], token_hash: bytes, *, now: datetime) -> Row | None:
    return await maybe(
        tx,
        row,
        "select i.account_id, i.id, a.slug, a.name as shop_name, i.name, i.role from invites i join accounts a on a.id = i.account_id"
        " where i.token_hash = $1 and i.used_at is null and i.revoked_at is null and i.expires_at > $2",
        token_hash,
        now,
    )


async def use_invite(tx: IdentityTx, row: type[Row], token_hash: bytes, *, now: datetime) -> Row | None:
    return await maybe(
        tx,
        row,
        "with used as (update invites set used_at = $2"
        "               where token_hash = $1 and used_at is null and revoked_at is null and expires_at > $2"
        "              returning account_id, id, name, role)"
        " select u.account_id, u.id, a.slug, a.name as shop_name, u.name, u.role from used u join accounts a on a.id = u.account_id",
        token_hash,
        now,
    )


async def is_member(tx: IdentityTx, account_id: AccountId, telegram_user_id: int) -> bool:
    return await value(
        tx, "select exists (select from memberships where account_id = $1 and telegram_user_id = $2)", account_id, telegram_user_id
    )


# ---- signing in with Telegram ---------------------------------------------------------------------


async def insert_sign_in(tx: IdentityTx, browser_hash: bytes, *, return_to: str, session_id: int | None, ends: datetime) -> None:
    await execute(
        tx,
        "insert into sign_ins (browser_hash, return_to, session_id, expires_at) values ($1, $2, $3, $4)",
        browser_hash,
        return_to,
        session_id,
        ends,
    )


async def use_sign_in(tx: IdentityTx, row: type[Row], browser_hash: bytes, *, now: datetime) -> Row | None:
    return await maybe(
        tx,
        row,
        "update sign_ins set expires_at = $2 where browser_hash = $1 and expires_at > $2 returning return_to, session_id",
        browser_hash,
        now,
    )


async def insert_used(tx: IdentityTx, proof_hash: bytes, *, until: datetime) -> bool:
    return bool(
        await execute(tx, "insert into used_sign_ins (hash, expires_at) values ($1, $2) on conflict (hash) do nothing", proof_hash, until)
    )


async def upsert_person(tx: IdentityTx, telegram_user_id: int, *, first_name: str, last_name: str | None, username: str | None) -> None:
    await execute(
        tx,
        "insert into telegram_users as u (telegram_id, first_name, last_name, username) values ($1, $2, $3, $4)"
        " on conflict (telegram_id) do update set first_name = excluded.first_name, last_name = excluded.last_name,"
        "   username = excluded.username, updated_at = now()"
        "   where (u.first_name, u.last_name, u.username) is distinct from (excluded.first_name, excluded.last_name, excluded.username)",
        telegram_user_id,
        first_name,
        last_name,
        username,
    )


async def update_telegram(tx: IdentityTx, account_id: AccountId, member_id: int | None, telegram_user_id: int) -> bool:
    """False: somebody else of the shop has it."""
    return bool(
        await execute(
            tx,
            "update memberships m set telegram_user_id = $3 where m.account_id = $1 and m.id = $2 and m.removed_at is null"
            "   and not exists (select from memberships o where o.account_id = $1 and o.telegram_user_id = $3 and o.id <> $2)",
            account_id,
            member_id,
            telegram_user_id,
        )
    )
