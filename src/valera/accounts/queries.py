"""Statements about accounts, their facts and notices."""

from __future__ import annotations

from typing import Any, TypeVar

from valera.kit.db import AccountId, AccountTx, IdentityTx, execute, many, one, value

Row = TypeVar("Row")


async def select_account(tx: AccountTx, row: type[Row]) -> Row:
    return await one(tx, row, "select id, slug, name, settings, time_zone, locale, currency, data_key from accounts")


async def select_account_names(tx: IdentityTx, row: type[Row]) -> list[Row]:
    return await many(tx, row, "select id, slug, name from accounts order by id")


async def insert_account(tx: IdentityTx, *, slug: str, name: str, time_zone: str, locale: str, data_key: bytes) -> AccountId | None:
    """None: the slug is taken."""
    return await value(
        tx,
        "insert into accounts (slug, name, time_zone, locale, data_key) values ($1, $2, $3, $4, $5)"
        " on conflict (slug) do nothing returning id",
        slug,
        name,
        time_zone,
        locale,
        data_key,
    )


async def select_facts(tx: AccountTx) -> dict[str, str]:
    rows = await tx.connection.fetch("select topic, text from facts order by topic")
    return {row["topic"]: row["text"] for row in rows}


async def upsert_fact(tx: AccountTx, topic: str, text: str) -> None:
    await execute(
        tx,
        "insert into facts (topic, text) values ($1, $2) on conflict (account_id, topic) do update set text = excluded.text",
        topic,
        text,
    )


async def delete_fact(tx: AccountTx, topic: str) -> str | None:
    return await value(tx, "delete from facts where topic = $1 returning text", topic)


async def update_settings(tx: AccountTx, changes: dict[str, Any]) -> None:
    """``changes`` replace what the shop's settings hold under these names."""
    await execute(tx, "update accounts set settings = settings || $1", changes)


# ---- notices ------------------------------------------------------------------------------------


async def insert_notice(tx: AccountTx, *, kind: str, bot_id: int | None, details: dict[str, Any], subject: str | None) -> bool:
    return bool(
        await execute(
            tx,
            "insert into notices (kind, bot_id, details, subject) values ($1, $2, $3, $4)"
            " on conflict (account_id, kind, bot_id, subject) where resolved_at is null do nothing",
            kind,
            bot_id,
            details,
            subject,
        )
    )


async def update_resolved(tx: AccountTx, *, kind: str, bot_id: int | None, subject: str | None) -> bool:
    return bool(
        await execute(
            tx,
            "update notices set resolved_at = now() where kind = $1 and bot_id is not distinct from $2 and resolved_at is null"
            "   and subject is not distinct from $3",
            kind,
            bot_id,
            subject,
        )
    )


async def select_open_notices(tx: AccountTx, row: type[Row]) -> list[Row]:
    return await many(tx, row, "select id, kind, bot_id, created_at, details from notices where resolved_at is null order by id")
