"""Statements about one person: finding, and everything that is kept about them, table by table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, LiteralString, TypeVar

from valera.kit.db import many, maybe, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valera.kit.db import AccountTx, IdentityTx

Row = TypeVar("Row")


async def select_people(
    tx: AccountTx,
    row: type[Row],
    *,
    name: str | None,
    phone: str | None,
    number: int | None,
    telegram_ids: list[int] | None,
    limit: int,
) -> list[Row]:
    return await many(
        tx,
        row,
        "select c.id, c.telegram_user_id, c.name, c.phone, (select count(*) from chats h where h.client_id = c.id) as chats,"
        "       (select count(*) from bookings b where b.client_id = c.id and b.number is not null) as bookings,"
        "       (select max(h.last_message_at) from chats h where h.client_id = c.id) as last_message_at"
        "  from clients c"
        " where c.merged_into is null and ($1::text is null or exists (select from clients f where c.id in (f.id, f.merged_into) and ("
        "         position(lower($1) in lower(f.name)) > 0 or f.phone = $2 or f.id = $3 or f.telegram_user_id = $3"
        "         or f.telegram_user_id = any($4::bigint[]))))"
        " order by c.id desc limit $5",
        name,
        phone,
        number,
        telegram_ids,
        limit,
    )


async def select_person(tx: AccountTx, row: type[Row], client_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select c.id, c.telegram_user_id, c.name, c.phone, (select count(*) from chats h where h.client_id = c.id) as chats,"
        "       (select count(*) from bookings b where b.client_id = c.id and b.number is not null) as bookings,"
        "       (select max(h.last_message_at) from chats h where h.client_id = c.id) as last_message_at"
        "  from clients c join clients asked on asked.id = $1 and c.id = coalesce(asked.merged_into, asked.id)",
        client_id,
    )


async def select_called(tx: IdentityTx, username: str) -> list[int]:
    """People of Telegram by their public name."""
    return await value(tx, "select coalesce(array_agg(telegram_id), '{}') from telegram_users where lower(username) = lower($1)", username)


async def select_telegram_users(tx: IdentityTx, telegram_ids: list[int]) -> list[dict[str, Any]]:
    return await value(
        tx,
        "select coalesce(jsonb_agg(jsonb_build_object('telegram_id', telegram_id, 'username', username, 'first_name', first_name,"
        "                          'last_name', last_name, 'language', language) order by telegram_id), '[]')"
        "  from telegram_users where telegram_id = any($1::bigint[])",
        telegram_ids,
    )


async def select_whereabouts(tx: AccountTx, client_id: int) -> tuple[list[int], list[int], list[int]]:
    """All cards of this person, merged ones included; who they are in Telegram; and all their chats."""
    found = await tx.connection.fetchrow(
        "with card as (select c.id, c.telegram_user_id from clients c join clients asked on asked.id = $1"
        "               where coalesce(asked.merged_into, asked.id) in (c.id, c.merged_into))"
        " select array(select id from card order by id) as cards,"
        "        array(select telegram_user_id from card where telegram_user_id is not null order by id) as people,"
        "        array(select h.id from chats h where h.client_id in (select id from card)"
        "                 or h.telegram_chat_id in (select telegram_user_id from card) order by h.id) as chats",
        client_id,
    )
    return ([], [], []) if found is None else (found["cards"], found["people"], found["chats"])


# ---- everything that is kept, rows as JSON ------------------------------------------------------

OF_CLIENT: Mapping[str, LiteralString] = {
    "clients": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from clients t
         where id = any($1::bigint[])""",
    "client_merges": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from client_merges t
         where kept_id = any($1::bigint[]) or merged_id = any($1::bigint[])""",
    "vehicles": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from vehicles t
         where client_id = any($1::bigint[])""",
    "disclosures": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by told_at), '[]') from disclosures t
         where client_id = any($1::bigint[])""",
    "callbacks": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from callbacks t
         where client_id = any($1::bigint[])""",
    "waitlist": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from waitlist t
         where client_id = any($1::bigint[])""",
    "waitlist_offers": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from waitlist_offers t
         where entry_id in (select id from waitlist where client_id = any($1::bigint[]))""",
    "client_spending": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by day), '[]') from client_spending t
         where client_id = any($1::bigint[])""",
}
"""$1: the client's cards."""

OF_CHATS: Mapping[str, LiteralString] = {
    "chats": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from chats t
         where id = any($1::bigint[])""",
    "messages": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from messages t
         where chat_id = any($1::bigint[])""",
    "attachments": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from attachments t
         where chat_id = any($1::bigint[])""",
    "turns": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from turns t
         where chat_id = any($1::bigint[])""",
    "deliveries": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from deliveries t
         where chat_id = any($1::bigint[])""",
    "summaries": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by upto_id), '[]') from summaries t
         where chat_id = any($1::bigint[])""",
    "desk_presence": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by member_id), '[]') from desk_presence t
         where chat_id = any($1::bigint[])""",
    "drafts": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from drafts t
         where chat_id = any($1::bigint[])""",
    "dialogue_outcomes": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from dialogue_outcomes t
         where chat_id = any($1::bigint[])""",
    "slot_offers": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from slot_offers t
         where chat_id = any($1::bigint[])""",
    "proposals": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from proposals t
         where chat_id = any($1::bigint[])""",
    "reminders": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by decided_at), '[]') from reminders t
         where chat_id = any($1::bigint[])""",
    "feedback": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by asked_at), '[]') from feedback t
         where chat_id = any($1::bigint[])""",
    "turn_steps": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by turn_id, step_no), '[]') from turn_steps t
         where turn_id in (select id from turns where chat_id = any($1::bigint[]))""",
    "analytics_events": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from analytics_events t
         where properties ->> 'chat' = any($1::bigint[]::text[])""",
}
"""$1: their chats."""

OF_BOTH: Mapping[str, LiteralString] = {
    "bookings": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from bookings t
         where client_id = any($1::bigint[]) or chat_id = any($2::bigint[])""",
    "booking_events": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by id), '[]') from booking_events t
         where booking_id in (select id from bookings where client_id = any($1::bigint[]) or chat_id = any($2::bigint[]))""",
}
"""$1: the client's cards, $2: their chats."""

OF_PEER: Mapping[str, LiteralString] = {
    "telegram_updates": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' - 'body_hash' || jsonb_build_object('body', encode(body, 'base64'))
                                  order by seq), '[]') from telegram_updates t
         where peer_id = any($1::bigint[])""",
    "telegram_update_conflicts": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' - 'body_hash' || jsonb_build_object('body', encode(body, 'base64'))
                                  order by seq), '[]') from telegram_update_conflicts t
         where peer_id = any($1::bigint[])""",
    "quarantined_updates": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' - 'body_hash' || jsonb_build_object('body', encode(body, 'base64'))
                                  order by id), '[]') from quarantined_updates t
         where exists (select from unnest($1::bigint[]) peer where encode(body, 'escape') ~ ('\\m' || peer || '\\M'))""",
    "mailboxes": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by bot_id), '[]') from mailboxes t
         where peer_id = any($1::bigint[])""",
    "testers": """
        select coalesce(jsonb_agg(to_jsonb(t) - 'account_id' order by bot_id), '[]') from testers t
         where telegram_user_id = any($1::bigint[])""",
}
"""$1: their numbers in Telegram. Bodies in base64: not every one is text."""


async def export_of_client(tx: AccountTx, table: str, client_ids: list[int]) -> list[dict[str, Any]]:
    return await value(tx, OF_CLIENT[table], client_ids)


async def export_of_chats(tx: AccountTx, table: str, chat_ids: list[int]) -> list[dict[str, Any]]:
    return await value(tx, OF_CHATS[table], chat_ids)


async def export_of_both(tx: AccountTx, table: str, client_ids: list[int], chat_ids: list[int]) -> list[dict[str, Any]]:
    return await value(tx, OF_BOTH[table], client_ids, chat_ids)


async def export_of_peer(tx: AccountTx, table: str, telegram_ids: list[int]) -> list[dict[str, Any]]:
    return await value(tx, OF_PEER[table], telegram_ids)
