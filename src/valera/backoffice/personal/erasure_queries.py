"""Statements that take one person out of one shop, in the order in which they are run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, LiteralString, TypeVar

from valera.kit.db import execute, maybe, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valera.kit.db import AccountTx, PlatformTx

Row = TypeVar("Row")


async def lock_person(tx: PlatformTx, row: type[Row], client_id: int) -> Row | None:
    """The client with all cards that are part of theirs, so that nobody opens another chat meanwhile; their chats, turns and mailboxes, so
    that nobody writes in them.
    """
    return await maybe(
        tx,
        row,
        "with asked as materialized (select coalesce(merged_into, id) as id from clients where id = $1 for key share),"
        " client as materialized (select c.id, c.telegram_user_id, c.name, c.phone, c.id = asked.id as is_card from clients c"
        "                          join asked on asked.id in (c.id, c.merged_into) order by c.id for update of c),"
        " chat as materialized (select h.id from chats h where h.client_id in (select id from client)"
        "                           or h.telegram_chat_id in (select telegram_user_id from client) order by h.id for update of h),"
        " turn as materialized (select t.id from turns t join chat on chat.id = t.chat_id order by t.id for update of t),"
        " mailbox as materialized (select m.bot_id from mailboxes m where m.peer_id in (select telegram_user_id from client)"
        "                           order by m.bot_id, m.peer_id for update of m)"
        " select id, array(select id from client order by id) as client_ids,"
        "        array(select telegram_user_id from client where telegram_user_id is not null order by id) as telegram_user_ids,"
        "        array(select name from client) as names, array(select phone from client where phone is not null) as phones,"
        "        array(select chat.id from chat) as chat_ids,"
        "        array(select turn.id from turn) as turn_ids,"
        "        (select count(*) from mailbox) as mailboxes,"
        "        array(select unnest(array[v.plate, v.vin]) from vehicles v where v.client_id in (select id from client)) as car_signs,"
        "        array(select b.id from bookings b where b.client_id in (select id from client)"
        "                  or b.chat_id in (select chat.id from chat)) as booking_ids"
        "   from client where is_card",
        client_id,
    )


async def delete_attachments(tx: PlatformTx, chat_ids: list[int]) -> list[str]:
    """Storage keys, one a row."""
    return await value(
        tx,
        "with gone as (delete from attachments where chat_id = any($1::bigint[]) returning storage_key)"
        " select coalesce(array_agg(storage_key), '{}') from gone",
        chat_ids,
    )


async def select_unused(tx: PlatformTx, storage_keys: list[str]) -> list[str]:
    """Those that no other row refers to: another client may have sent the same file."""
    return await value(
        tx,
        "select coalesce(array_agg(distinct key), '{}') from unnest($1::text[]) key"
        " where not exists (select from attachments a where a.storage_key = key)",
        storage_keys,
    )


# ---- bookings stay, without whose they are ------------------------------------------------------


async def anonymise_events(tx: PlatformTx, booking_ids: list[int], chat_ids: list[int], turn_ids: list[int]) -> int:
    return await execute(
        tx,
        "update booking_events set message_id = null, turn_id = null, details = '{}', erased_at = now()"
        " where booking_id = any($1::bigint[]) or turn_id = any($3::bigint[])"
        "    or message_id in (select id from messages where chat_id = any($2::bigint[]))",
        booking_ids,
        chat_ids,
        turn_ids,
    )


async def delete_held(tx: PlatformTx, booking_ids: list[int]) -> int:
    """Those that never became real and have no number."""
    return await execute(tx, "delete from bookings where id = any($1::bigint[]) and number is null", booking_ids)


async def anonymise_bookings(tx: PlatformTx, booking_ids: list[int]) -> int:
    """The work stays where it is called as in the shop's own lists; in the client's words it goes."""
    return await execute(
        tx,
        "update bookings b set chat_id = null, client_id = null, vehicle_id = null, description = '', photos = '[]', quote = null,"
        "       service_type = case when exists (select from price_items p where b.service_type in (p.name, p.section)) then b.service_type"
        "                           else '' end, erased_at = now()"
        " where b.id = any($1::bigint[])",
        booking_ids,
    )


async def count_upcoming(tx: PlatformTx, booking_ids: list[int]) -> int:
    """Bookings that still hold a bay: somebody has to decide about them."""
    return await value(
        tx,
        "select count(*) from bookings where id = any($1::bigint[]) and lower(during) > now() and status in ('requested', 'confirmed')",
        booking_ids,
    )


# ---- what goes ----------------------------------------------------------------------------------

OF_CHATS: Mapping[str, LiteralString] = {
    "waitlist_offers": "delete from waitlist_offers where entry_id in (select id from waitlist where chat_id = any($1::bigint[]))",
    "waitlist": "delete from waitlist where chat_id = any($1::bigint[])",
    "chat_reads": "delete from chat_reads where chat_id = any($1::bigint[])",
    "desk_presence": "delete from desk_presence where chat_id = any($1::bigint[])",
    "drafts": "delete from drafts where chat_id = any($1::bigint[])",
    "dialogue_outcomes": "delete from dialogue_outcomes where chat_id = any($1::bigint[])",
    "reminders": "delete from reminders where chat_id = any($1::bigint[])",
    "feedback": "delete from feedback where chat_id = any($1::bigint[])",
    "proposals": "delete from proposals where chat_id = any($1::bigint[])",
    "slot_offers": "delete from slot_offers where chat_id = any($1::bigint[])",
    "deliveries": "delete from deliveries where chat_id = any($1::bigint[])",
    "turn_steps": "delete from turn_steps where turn_id in (select id from turns where chat_id = any($1::bigint[]))",
    "summaries": "delete from summaries where chat_id = any($1::bigint[])",
    "messages": "delete from messages where chat_id = any($1::bigint[])",
    "turns": "delete from turns where chat_id = any($1::bigint[])",
    "notices": "delete from notices where details ->> 'chat' = any($1::bigint[]::text[])",
    "chats": "delete from chats where id = any($1::bigint[])",
}
"""$1: the chats."""

OF_CLIENT: Mapping[str, LiteralString] = {
    "disclosures": "delete from disclosures where client_id = any($1::bigint[])",
    "callbacks": "delete from callbacks where client_id = any($1::bigint[])",
    "client_spending": "delete from client_spending where client_id = any($1::bigint[])",
    "vehicles": "delete from vehicles where client_id = any($1::bigint[])",
    "client_merges": "delete from client_merges where kept_id = any($1::bigint[]) or merged_id = any($1::bigint[])",
    "clients": "delete from clients where id = any($1::bigint[])",
}
"""$1: the client's cards. After the chats."""

OF_PEER: Mapping[str, LiteralString] = {
    "telegram_updates": r"""
        delete from telegram_updates where peer_id = $1 or done_at is not null
           and (encode(body, 'escape') ~ ('\m' || $1::bigint || '\M')
                or exists (select from unnest($2::bytea[]) sign where position(sign in body) > 0))""",
    "telegram_update_conflicts": r"""
        delete from telegram_update_conflicts where peer_id = $1 or done_at is not null
           and (encode(body, 'escape') ~ ('\m' || $1::bigint || '\M')
                or exists (select from unnest($2::bytea[]) sign where position(sign in body) > 0))""",
    "quarantined_updates": r"""
        delete from quarantined_updates where encode(body, 'escape') ~ ('\m' || $1::bigint || '\M')
            or exists (select from unnest($2::bytea[]) sign where position(sign in body) > 0)""",
    "mailboxes": "delete from mailboxes where peer_id = $1 and $2::bytea[] is not null",
    "testers": "delete from testers where telegram_user_id = $1 and $2::bytea[] is not null",
}
"""$1: their number in Telegram, $2: what else tells who it is. Bodies of groups, where they wrote, too,
and of others who named them; but what another client wrote and nobody has taken in yet is still to be answered."""


async def erase_of_chats(tx: PlatformTx, table: str, chat_ids: list[int]) -> int:
    return await execute(tx, OF_CHATS[table], chat_ids)


async def erase_of_client(tx: PlatformTx, table: str, client_ids: list[int]) -> int:
    return await execute(tx, OF_CLIENT[table], client_ids)


async def erase_of_peer(tx: PlatformTx, table: str, telegram_id: int, signs: list[bytes]) -> int:
    return await execute(tx, OF_PEER[table], telegram_id, signs)


async def scrub_events(tx: PlatformTx, chat_ids: list[int], turn_ids: list[int], signs: list[str]) -> int:
    """The shop's numbers stay, without whose they were."""
    return await execute(
        tx,
        "update analytics_events set properties = case when exists (select from unnest($3::text[]) sign"
        "             where position(sign in properties::text) > 0) then '{}' else properties - '{chat,turn,client}'::text[] end"
        " where properties ->> 'chat' = any($1::bigint[]::text[]) or properties ->> 'turn' = any($2::bigint[]::text[])"
        "    or exists (select from unnest($3::text[]) sign where position(sign in properties::text) > 0)",
        chat_ids,
        turn_ids,
        signs,
    )


async def delete_telegram_user(tx: PlatformTx, telegram_id: int) -> int:
    """Raises ForeignKeyViolationError where another shop knows the person, or a team has them as a member."""
    return await execute(tx, "delete from telegram_users where telegram_id = $1", telegram_id)


# ---- the receipt --------------------------------------------------------------------------------


async def insert_receipt(
    tx: PlatformTx, *, client_id: int, asked_by: str, reason: str, counts: dict[str, int], files_left: list[str]
) -> int:
    return await value(
        tx,
        "insert into erasures (client_id, asked_by, reason, counts, files_left) values ($1, $2, $3, $4, $5) returning id",
        client_id,
        asked_by,
        reason,
        counts,
        files_left,
    )


async def select_files_left(tx: PlatformTx) -> list[tuple[int, list[str]]]:
    """Receipts whose files could not be deleted yet."""
    rows: list[Any] = await tx.connection.fetch("select id, files_left from erasures where files_left <> '{}' order by id")
    return [(row["id"], row["files_left"]) for row in rows]


async def update_files_left(tx: PlatformTx, receipt_id: int) -> None:
    await execute(tx, "update erasures set files_left = '{}' where id = $1", receipt_id)


async def select_receipts(tx: AccountTx) -> list[dict[str, Any]]:
    return await value(
        tx,
        "select coalesce(jsonb_agg(jsonb_build_object('id', id, 'client', client_id, 'asked_by', asked_by, 'reason', reason,"
        "       'counts', counts, 'files_left', cardinality(files_left), 'erased_at', erased_at) order by id), '[]') from erasures",
    )
