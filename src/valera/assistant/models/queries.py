"""Statements about the models of shops."""

from __future__ import annotations

from typing import TypeVar

from valera.kit.db import AccountTx, execute, many, one

Row = TypeVar("Row")


async def select_setting(tx: AccountTx, row: type[Row]) -> Row:
    return await one(
        tx,
        row,
        "select id as account_id, slug, data_key, settings ->> 'models' as models from accounts",
    )


async def update_setting(tx: AccountTx, models: str | None) -> None:
    """None: as the installation."""
    await execute(
        tx,
        "update accounts set settings = case when $1::text is null then settings - 'models'"
        "   else jsonb_set(settings, '{models}', to_jsonb($1::text)) end",
        models,
    )


async def select_addresses(tx: AccountTx, row: type[Row]) -> list[Row]:
    return await many(tx, row, "select provider, base_url, folder, key from model_keys order by provider")


async def upsert_address(tx: AccountTx, *, provider: str, base_url: str | None, folder: str | None, key: bytes | None) -> None:
    """What is None stays as it was."""
    await execute(
        tx,
        "insert into model_keys (provider, base_url, folder, key) values ($1, $2, $3, $4)"
        " on conflict (account_id, provider) do update set base_url = coalesce(excluded.base_url, model_keys.base_url),"
        "   folder = coalesce(excluded.folder, model_keys.folder), key = coalesce(excluded.key, model_keys.key), changed_at = now()",
        provider,
        base_url,
        folder,
        key,
    )


async def delete_addresses(tx: AccountTx, providers: list[str]) -> None:
    await execute(tx, "delete from model_keys where provider = any($1::text[])", providers)
