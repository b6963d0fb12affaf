"""Statements about cards: the list, one card whole, corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, many, maybe, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.clients.cards.car import CarLine
    from valera.clients.cards.wanted import Wanted
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_lines(
    tx: AccountTx,
    row: type[Row],
    *,
    wanted: Wanted,
    order: str,
    placed_at: datetime | None,
    after_id: int,
    limit: int,
    now: datetime,
    except_for: int,
) -> list[Row]:
    """Ordered by the last visit, or by when the shop met the client. A former card's phone is its card's."""
    return await many(
        tx,
        row,
        "with visit as materialized ("
        "  select client_id, max(scheduled_at) filter (where status in ('arrived', 'in_work', 'done')) as last_at,"
        "         count(*) filter (where status in ('arrived', 'in_work', 'done')) as visits,"
        "         min(scheduled_at) filter (where status = 'confirmed' and scheduled_at > $10) as next_at"
        "    from bookings where client_id is not null and number is not null group by client_id"
        "), place as materialized ("
        "  select c.id, coalesce(case when $6 = 'visit' then v.last_at else c.created_at end, 'epoch') as placed_at,"
        "         v.last_at, v.visits, v.next_at"
        "    from clients c left join visit v on v.client_id = c.id"
        "   where c.merged_into is null and c.id <> $11"
        "     and (cardinality($1::text[]) = 0"
        "       or not exists (select from unnest($1::text[]) word where strpos(translate(lower(c.name), 'ё', 'е'), word) = 0)"
        "       or exists (select from unnest($2::text[]) digits where strpos(c.phone, digits) > 0 or exists ("
        "                    select from clients f where f.merged_into = c.id and strpos(f.phone, digits) > 0))"
        "       or exists (select from vehicles w where w.client_id = c.id and ("
        "                    ($3 <> '' and strpos(w.plate, $3) > 0) or ($4 <> '' and w.make = $4 and ($5 = '' or w.model = $5))"
        "                    or not exists (select from unnest($1::text[]) word"
        "                                    where strpos(translate(lower(w.make || ' ' || w.model), 'ё', 'е'), word) = 0))))"
        "), shown as materialized ("
        "  select * from place where $7::timestamptz is null or (placed_at, id) < ($7, $8) order by placed_at desc, id desc limit $9"
        ") select c.id, c.name, c.phone, c.source, c.note, c.consent_at, c.unreachable_at, c.created_at,"
        "         c.telegram_user_id is not null as is_in_telegram, coalesce(s.visits, 0) as visits, s.last_at as last_visit_at,"
        "         s.next_at as next_visit_at, (select max(h.last_message_at) from chats h where h.client_id = c.id) as last_message_at,"
        "         (select coalesce(jsonb_agg(jsonb_build_object('make', w.make, 'model', w.model, 'year', w.year, 'plate', w.plate)"
        "                                    order by w.created_at desc, w.id desc), '[]')"
        "            from vehicles w where w.client_id = c.id) as cars,"
        "         s.placed_at"
        "    from shown s join clients c on c.id = s.id order by s.placed_at desc, s.id desc",
        wanted.words,
        wanted.digits,
        wanted.plate,
        wanted.make,
        wanted.model,
        order,
        placed_at,
        after_id,
        limit,
        now,
        except_for,
    )


async def count_cards(tx: AccountTx) -> int:
    return await value(tx, "select count(*) from clients where merged_into is null")


# ---- one card -----------------------------------------------------------------------------------


async def find_card(tx: AccountTx, row: type[Row], client_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select c.id, c.name, c.phone, c.source, c.note, c.consent_at, c.unreachable_at, c.created_at,"
        "       c.telegram_user_id is not null or exists (select from chats h where h.client_id = c.id) as is_in_telegram,"
        "       array(select distinct f.phone from clients f where f.merged_into = c.id and f.phone <> coalesce(c.phone, ''))"
        "         as other_phones"
        "  from clients c where c.id = $1 and c.merged_into is null",
        client_id,
    )


async def select_told(tx: AccountTx, row: type[Row], client_id: int) -> list[Row]:
    return await many(tx, row, "select kind, version, told_at as at from disclosures where client_id = $1 order by told_at", client_id)


async def select_cars(tx: AccountTx, row: type[Row], client_id: int) -> list[Row]:
    return await many(
        tx,
        row,
        "select id, make, model, year, plate, vin, car_class from vehicles where client_id = $1 order by created_at desc, id desc",
        client_id,
    )


async def select_visits(tx: AccountTx, row: type[Row], client_id: int, *, limit: int) -> list[Row]:
    return await many(
        tx,
        row,
        "select b.number, b.status, lower(b.during) as starts_at, b.service_type as service, b.quote, f.mark, f.words,"
        "       coalesce(concat_ws(' ', nullif(v.make, ''), nullif(v.model, '')), '') as car"
        "  from bookings b left join vehicles v on v.id = b.vehicle_id left join feedback f on f.booking_id = b.id"
        " where b.client_id = $1 and b.number is not null order by b.scheduled_at desc nulls first, b.number desc limit $2",
        client_id,
        limit,
    )


async def select_photos(tx: AccountTx, row: type[Row], client_id: int, *, limit: int) -> list[Row]:
    """What the client has sent, the latest first."""
    return await many(
        tx,
        row,
        "select a.id, a.chat_id, a.message_id, m.created_at as sent_at from chats h join attachments a on a.chat_id = h.id"
        "  join messages m on m.id = a.message_id and m.role = 'user' and m.deleted_at is null"
        " where h.client_id = $1 and a.kind = 'photo' and a.state = 'stored' order by a.id desc limit $2",
        client_id,
        limit,
    )


async def select_chats(tx: AccountTx, row: type[Row], client_id: int, *, limit: int) -> list[Row]:
    return await many(
        tx,
        row,
        "select h.id, b.username as bot_username, h.status, h.last_message_at, coalesce(m.content, '') as last_words"
        "  from chats h join bots b on b.id = h.bot_id left join lateral (select left(content, 160) as content from messages"
        "    where chat_id = h.id and role in ('user', 'assistant', 'manager') and deleted_at is null order by id desc limit 1) m on true"
        " where h.client_id = $1 order by h.last_message_at desc, h.id desc limit $2",
        client_id,
        limit,
    )


async def select_alike(tx: AccountTx, row: type[Row], client_id: int, *, limit: int) -> list[Row]:
    return await many(
        tx,
        row,
        "select o.id, o.name, o.phone, coalesce(o.phone = c.phone, false) as is_same_phone,"
        "       (select w.plate from vehicles w join vehicles v on v.client_id = c.id and v.plate = w.plate"
        "         where w.client_id = o.id limit 1) as plate"
        "  from clients c join clients o on o.id <> c.id and o.merged_into is null"
        " where c.id = $1 and (o.phone = c.phone or exists ("
        "         select from vehicles w join vehicles v on v.client_id = c.id and v.plate = w.plate where w.client_id = o.id))"
        " order by o.id limit $2",
        client_id,
        limit,
    )


async def select_former(tx: AccountTx, row: type[Row], client_id: int) -> list[Row]:
    return await many(
        tx,
        row,
        "select g.id as merge_id, f.name, f.phone, g.made_at, coalesce(m.name, '') as made_by"
        "  from client_merges g join clients f on f.id = g.merged_id left join memberships m on m.id = g.made_by"
        " where g.kept_id = $1 and g.undone_at is null order by g.id desc",
        client_id,
    )


async def count_promises(tx: AccountTx, client_id: int) -> tuple[int, int]:
    """Open call-backs, also those that stayed with a former card, and wishes on the waitlist."""
    found = await tx.connection.fetchrow(
        "select (select count(*) from callbacks where outcome is null"
        "           and client_id in (select id from clients where id = $1 or merged_into = $1)) as callbacks,"
        "       (select count(*) from waitlist where client_id = $1 and state = 'waiting') as waiting",
        client_id,
    )
    assert found is not None, "two counts"
    return found["callbacks"], found["waiting"]


# ---- corrections --------------------------------------------------------------------------------


async def insert_client(tx: AccountTx, *, name: str, phone: str | None, note: str) -> int:
    return await value(tx, "insert into clients (name, phone, note) values ($1, $2, $3) returning id", name, phone, note)


async def update_client(tx: AccountTx, client_id: int, *, name: str, phone: str | None, note: str) -> bool:
    touched = await execute(
        tx,
        "update clients set name = $2, phone = $3, note = $4 where id = $1 and merged_into is null",
        client_id,
        name,
        phone,
        note,
    )
    return touched == 1


async def hold_card(tx: AccountTx, client_id: int) -> bool:
    """False: there is none."""
    return await value(tx, "select true from clients where id = $1 and merged_into is null for no key update", client_id) or False


async def has_car(tx: AccountTx, client_id: int, car: CarLine) -> bool:
    """Another one that nothing tells apart from it."""
    return await value(
        tx,
        "select exists (select from vehicles where client_id = $1 and id <> $2 and ((make, model) = ($3, $4)"
        "   and plate is not distinct from $5 or plate = $5))",
        client_id,
        car.id,
        car.make,
        car.model,
        car.plate,
    )


async def insert_car(tx: AccountTx, client_id: int, car: CarLine) -> int:
    return await value(
        tx,
        "insert into vehicles (client_id, make, model, year, plate, vin) values ($1, $2, $3, $4, $5, $6) returning id",
        client_id,
        car.make,
        car.model,
        car.year,
        car.plate,
        car.vin,
    )


async def update_car(tx: AccountTx, client_id: int, car: CarLine) -> bool:
    """A class that was found for another model is found anew."""
    touched = await execute(
        tx,
        "update vehicles set make = $3, model = $4, year = $5, plate = $6, vin = $7,"
        "       car_class = case when (make, model) = ($3, $4) then car_class end where id = $2 and client_id = $1",
        client_id,
        car.id,
        car.make,
        car.model,
        car.year,
        car.plate,
        car.vin,
    )
    return touched == 1
