"""Statements about what clients were told, and the shop's policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, maybe

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_standing(tx: AccountTx, row: type[Row], *, chat_id: int, wording: str) -> Row | None:
    """What was said in a message that was taken back before anybody saw it was not told."""
    return await maybe(
        tx,
        row,
        "with told as (select d.kind, d.version from chats c join disclosures d on d.client_id = c.client_id where c.id = $1"
        "    and not exists (select from messages m where m.id = d.message_id and m.deleted_at is not null))"
        " select c.client_id, a.locale, a.settings -> 'policy' ->> 'url' as policy_url,"
        "        a.settings -> 'policy' ->> 'version' as policy_version,"
        "        exists (select from told where kind = 'assistant' and version = $2) as knows_assistant,"
        "        exists (select from told where kind = 'policy' and version = a.settings -> 'policy' ->> 'version') as knows_policy,"
        "        exists (select from told where kind = 'policy') as knew_policy"
        "   from chats c join accounts a on a.id = c.account_id where c.id = $1 and c.client_id is not null",
        chat_id,
        wording,
    )


async def insert_disclosures(tx: AccountTx, *, client_id: int, kinds: list[str], versions: list[str], message_id: int) -> None:
    await execute(
        tx,
        "insert into disclosures (client_id, kind, version, message_id)"
        " select $1, told.kind, told.version, $4 from unnest($2::text[], $3::text[]) told (kind, version)"
        " on conflict (account_id, client_id, kind, version) do update set message_id = excluded.message_id, told_at = now()",
        client_id,
        kinds,
        versions,
        message_id,
    )


async def update_policy(tx: AccountTx, policy: dict[str, str] | None) -> None:
    """None: there is none."""
    await execute(
        tx,
        "update accounts set settings = case when $1::jsonb is null then settings - 'policy'"
        "                                    else settings || jsonb_build_object('policy', $1::jsonb) end",
        policy,
    )


async def select_policy(tx: AccountTx, row: type[Row]) -> Row | None:
    return await maybe(
        tx,
        row,
        "select settings -> 'policy' ->> 'url' as url, settings -> 'policy' ->> 'version' as version from accounts"
        " where settings -> 'policy' ->> 'url' is not null",
    )
