"""Statements of merging. `MOVES` names every table that points to a client; a test compares it with the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, LiteralString, TypeVar

from valera.kit.db import execute, many, maybe, value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from valera.clients.merging.moved import CardFields, CarFields, Moved
    from valera.kit.db import AccountTx

Row = TypeVar("Row")

MOVES: Mapping[str, LiteralString] = {
    "chats": """
        with moved as (update chats set client_id = $2 where client_id = $1 and $3::bigint[] is not null returning id)
        select coalesce(jsonb_agg(id), '[]') from moved""",
    "vehicles": """
        with moved as (update vehicles set client_id = $2 where client_id = $1 and id <> all($3::bigint[]) returning id)
        select coalesce(jsonb_agg(id), '[]') from moved""",
    "bookings": """
        with moved as (update bookings set client_id = $2 where client_id = $1 and $3::bigint[] is not null returning id)
        select coalesce(jsonb_agg(id), '[]') from moved""",
    "callbacks": """
        with moved as (update callbacks t set client_id = $2 where client_id = $1 and $3::bigint[] is not null
                          and (outcome is not null or not exists (select from callbacks k where k.client_id = $2 and k.outcome is null))
                       returning id)
        select coalesce(jsonb_agg(id), '[]') from moved""",
    "waitlist": """
        with moved as (update waitlist set client_id = $2 where client_id = $1 and $3::bigint[] is not null returning id)
        select coalesce(jsonb_agg(id), '[]') from moved""",
    "disclosures": """
        with moved as (update disclosures t set client_id = $2 where client_id = $1 and $3::bigint[] is not null
                          and not exists (select from disclosures k where k.client_id = $2 and (k.kind, k.version) = (t.kind, t.version))
                       returning kind, version)
        select coalesce(jsonb_agg(kind || ' ' || version), '[]') from moved""",
    "client_spending": """
        with moved as (update client_spending t set client_id = $2 where client_id = $1 and $3::bigint[] is not null
                          and not exists (select from client_spending k where k.client_id = $2 and k.day = t.day)
                       returning day)
        select coalesce(jsonb_agg(day), '[]') from moved""",
    "clients": """
        with moved as (update clients set merged_into = $2 where merged_into = $1 and $3::bigint[] is not null returning id)
        select coalesce(jsonb_agg(id), '[]') from moved""",
}
"""$1: the card that becomes part of $2; $3: cars of $1 that $2 has already. Each gives the keys of the rows that went."""

BACK: Mapping[str, LiteralString] = {
    "chats": """
        update chats set client_id = $1
         where client_id = $2 and (id::text in (select jsonb_array_elements_text($3))
               or telegram_user_id in (select telegram_user_id from clients where id = $1 or merged_into = $1))""",
    "vehicles": """
        update vehicles t set client_id = $1 where client_id = $2 and id::text in (select jsonb_array_elements_text($3))
           and not exists (select from vehicles k where k.client_id = $1
                              and (k.make, k.model, coalesce(k.plate, '')) = (t.make, t.model, coalesce(t.plate, '')))""",
    "bookings": """
        update bookings set client_id = $1 where client_id = $2 and id::text in (select jsonb_array_elements_text($3))""",
    "callbacks": """
        update callbacks set client_id = $1 where client_id = $2 and id::text in (select jsonb_array_elements_text($3))""",
    "waitlist": """
        update waitlist set client_id = $1 where client_id = $2 and id::text in (select jsonb_array_elements_text($3))""",
    "disclosures": """
        update disclosures set client_id = $1
         where client_id = $2 and kind || ' ' || version in (select jsonb_array_elements_text($3))""",
    "client_spending": """
        update client_spending set client_id = $1 where client_id = $2 and day::text in (select jsonb_array_elements_text($3))""",
    "clients": """
        update clients set merged_into = $1 where merged_into = $2 and id::text in (select jsonb_array_elements_text($3))""",
}
"""$1: the former card, $2: the one that it was part of, $3: keys of rows. In the opposite order: whose accounts the chats belong to is
known first.
"""

FOLLOWS: Mapping[str, LiteralString] = {
    "bookings": """
        update bookings set client_id = $1 where client_id = $2 and chat_id in (select id from chats where client_id = $1)""",
    "callbacks": """
        update callbacks t set client_id = $1 where client_id = $2 and chat_id in (select id from chats where client_id = $1)
           and (outcome is not null or not exists (select from callbacks k where k.client_id = $1 and k.outcome is null))""",
    "waitlist": """
        update waitlist set client_id = $1 where client_id = $2 and chat_id in (select id from chats where client_id = $1)""",
}
"""What was written in the former card's chats while it was part of the other. $1: the former card, $2: the other."""


async def move(tx: AccountTx, table: str, merged_id: int, kept_id: int, folded_cars: list[int]) -> list[Any]:
    return await value(tx, MOVES[table], merged_id, kept_id, folded_cars)


async def move_back(tx: AccountTx, table: str, merged_id: int, kept_id: int, keys: list[Any]) -> None:
    await execute(tx, BACK[table], merged_id, kept_id, keys)


async def follow_chats(tx: AccountTx, merged_id: int, kept_id: int, *, newest_car_id: int) -> None:
    """Cars that are spoken of since, and only in bookings that went, go too."""
    for table in FOLLOWS:
        await execute(tx, FOLLOWS[table], merged_id, kept_id)
    await execute(
        tx,
        "update vehicles t set client_id = $1 where client_id = $2 and id > $3"
        "   and exists (select from bookings b where b.vehicle_id = t.id and b.client_id = $1)"
        "   and not exists (select from bookings b where b.vehicle_id = t.id and b.client_id = $2)"
        "   and not exists (select from vehicles k where k.client_id = $1"
        "                      and (k.make, k.model, coalesce(k.plate, '')) = (t.make, t.model, coalesce(t.plate, '')))",
        merged_id,
        kept_id,
        newest_car_id,
    )


# ---- the two cards ------------------------------------------------------------------------------


async def lock_chats(tx: AccountTx, client_ids: list[int]) -> None:
    await execute(tx, "select from chats where client_id = any($1::bigint[]) order by id for no key update", client_ids)


async def lock_cards(tx: AccountTx, row: type[Row], client_ids: list[int]) -> list[Row]:
    """For update: a new row that points to one of them waits, and then follows the merge."""
    return await many(
        tx,
        row,
        "select id, merged_into, telegram_user_id, name, phone, source, note, consent_at, unreachable_at from clients"
        " where id = any($1::bigint[]) order by id for update",
        client_ids,
    )


async def update_card(tx: AccountTx, client_id: int, fields: CardFields) -> None:
    await execute(
        tx,
        "update clients set name = $2, phone = $3, source = $4, note = $5, consent_at = $6, unreachable_at = $7 where id = $1",
        client_id,
        fields.name,
        fields.phone,
        fields.source,
        fields.note,
        fields.consent_at,
        fields.unreachable_at,
    )


async def update_merged_into(tx: AccountTx, client_id: int, card_id: int | None) -> None:
    await execute(tx, "update clients set merged_into = $2 where id = $1", client_id, card_id)


async def begin_turns_anew(tx: AccountTx, client_id: int) -> None:
    """What an assistant is working on was begun for another card: it looks once more before it says anything."""
    await execute(
        tx,
        "update turns set is_stale = true where state = 'running' and chat_id in (select id from chats where client_id = $1)",
        client_id,
    )


# ---- what both have -----------------------------------------------------------------------------


async def select_newest_car(tx: AccountTx) -> int:
    return await value(tx, "select coalesce(max(id), 0) from vehicles")


async def select_cars(tx: AccountTx, row: type[Row], client_id: int) -> list[Row]:
    """The one spoken of last comes first."""
    return await many(
        tx,
        row,
        "select id, make, model, year, plate, vin, car_class from vehicles where client_id = $1 order by created_at desc, id desc",
        client_id,
    )


async def find_car(tx: AccountTx, row: type[Row], car_id: int) -> Row | None:
    return await maybe(tx, row, "select id, make, model, year, plate, vin, car_class from vehicles where id = $1", car_id)


async def update_car(tx: AccountTx, car_id: int, car: CarFields) -> None:
    await execute(
        tx,
        "update vehicles set make = $2, model = $3, year = $4, plate = $5, vin = $6, car_class = $7 where id = $1",
        car_id,
        car.make,
        car.model,
        car.year,
        car.plate,
        car.vin,
        car.car_class,
    )


async def restore_car(tx: AccountTx, car_id: int, car: CarFields) -> None:
    """Unless that would make it the double of another car of its client."""
    await execute(
        tx,
        "update vehicles t set make = $2, model = $3, year = $4, plate = $5, vin = $6, car_class = $7 where id = $1"
        "   and not exists (select from vehicles k where k.client_id = t.client_id and k.id <> t.id"
        "                      and (k.make, k.model, coalesce(k.plate, '')) = ($2, $3, coalesce($5, '')))",
        car_id,
        car.make,
        car.model,
        car.year,
        car.plate,
        car.vin,
        car.car_class,
    )


async def repoint_bookings(tx: AccountTx, *, from_car: int, to_car: int) -> list[int]:
    return await value(
        tx,
        "with moved as (update bookings set vehicle_id = $2 where vehicle_id = $1 returning id)"
        " select coalesce(array_agg(id), '{}') from moved",
        from_car,
        to_car,
    )


async def repoint_these(tx: AccountTx, bookings: list[int], client_id: int, *, from_car: int, to_car: int) -> None:
    """And whatever else of this client was booked for that car."""
    await execute(
        tx,
        "update bookings set vehicle_id = $4 where (id = any($1::bigint[]) or client_id = $2) and vehicle_id = $3",
        bookings,
        client_id,
        from_car,
        to_car,
    )


async def add_spending(tx: AccountTx, merged_id: int, kept_id: int) -> dict[str, str]:
    """Of the days that both have: what was added to the kept card's."""
    return await value(
        tx,
        "with added as (update client_spending k set spent = k.spent + t.spent from client_spending t"
        "                where k.client_id = $2 and t.client_id = $1 and t.day = k.day returning t.day, t.spent)"
        " select coalesce(jsonb_object_agg(day, spent::text), '{}') from added",
        merged_id,
        kept_id,
    )


async def take_spending_back(tx: AccountTx, kept_id: int, spent: dict[str, str]) -> None:
    await execute(
        tx,
        "update client_spending k set spent = greatest(0, k.spent - t.value::numeric) from jsonb_each_text($2) t"
        " where k.client_id = $1 and k.day::text = t.key",
        kept_id,
        spent,
    )


# ---- the merge itself ---------------------------------------------------------------------------


async def insert_merge(tx: AccountTx, *, kept_id: int, merged_id: int, moved: Moved, by: int | None) -> int:
    return await value(
        tx,
        "insert into client_merges (kept_id, merged_id, moved, made_by) values ($1, $2, $3, $4) returning id",
        kept_id,
        merged_id,
        moved,
        by,
    )


async def lock_merge(tx: AccountTx, row: type[Row], merge_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select id, kept_id, merged_id, moved as stored, undone_at from client_merges where id = $1 for no key update",
        merge_id,
    )


async def update_undone(tx: AccountTx, merge_id: int, *, by: int | None, now: datetime) -> None:
    """The words of the cards are in the cards: the row keeps who did what when."""
    await execute(tx, "update client_merges set moved = '{}', undone_by = $2, undone_at = $3 where id = $1", merge_id, by, now)
