"""Statements of the list of chats: which ones stand on a page of it, and what is shown of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString, TypeAlias, TypeVar

from valera.kit.db import many, one

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")
Place: TypeAlias = "tuple[datetime | None, int | None]"

# $1, $2: the place behind which the page begins; $3, $4: the place where it ends, included; $5: how many at most.
PLACES: dict[str, LiteralString] = {
    "all": (
        "select id, last_message_at as at from chats where status <> 'closed'"
        " and (last_message_at, id) < (coalesce($1::timestamptz, 'infinity'), coalesce($2::bigint, 0))"
        " and (last_message_at, id) >= (coalesce($3::timestamptz, '-infinity'), coalesce($4::bigint, 0))"
        " order by last_message_at desc, id desc limit $5"
    ),
    "closed": (
        "select id, last_message_at as at from chats where status = 'closed'"
        " and (last_message_at, id) < (coalesce($1::timestamptz, 'infinity'), coalesce($2::bigint, 0))"
        " and (last_message_at, id) >= (coalesce($3::timestamptz, '-infinity'), coalesce($4::bigint, 0))"
        " order by last_message_at desc, id desc limit $5"
    ),
    "waiting": (
        "select w.id, w.at from ("
        "    select c.id, least(c.human_called_at, (select min(m.created_at) from messages m where c.status = 'human' and m.chat_id = c.id"
        "              and m.role = 'user' and m.turn_id is null and m.deleted_at is null)) as at"
        "      from chats c where c.human_called_at is not null and c.status <> 'closed'"
        "    union all"
        "    select c.id, (select min(m.created_at) from messages m where m.chat_id = c.id and m.role = 'user' and m.turn_id is null"
        "              and m.deleted_at is null)"
        "      from chats c where c.status = 'human' and c.human_called_at is null) w"
        " where w.at is not null and (w.at, w.id) > (coalesce($1::timestamptz, '-infinity'), coalesce($2::bigint, 0))"
        "   and (w.at, w.id) <= (coalesce($3::timestamptz, 'infinity'), coalesce($4::bigint, 0))"
        " order by w.at, w.id limit $5"
    ),
}
"""Waiting: the one who waits longest first."""


async def select_places(tx: AccountTx, row: type[Row], folder: str, *, after: Place, upto: Place, limit: int) -> list[Row]:
    return await many(tx, row, PLACES[folder], *after, *upto, limit)


async def select_places_of(tx: AccountTx, row: type[Row], *, member_id: int, after: Place, upto: Place, limit: int) -> list[Row]:
    """Chats that this member has taken."""
    return await many(
        tx,
        row,
        "select id, last_message_at as at from chats where status = 'human' and assignee_id = $6::bigint"
        " and (last_message_at, id) < (coalesce($1::timestamptz, 'infinity'), coalesce($2::bigint, 0))"
        " and (last_message_at, id) >= (coalesce($3::timestamptz, '-infinity'), coalesce($4::bigint, 0))"
        " order by last_message_at desc, id desc limit $5",
        *after,
        *upto,
        limit,
        member_id,
    )


async def select_rows(tx: AccountTx, row: type[Row], chat_ids: list[int], *, member_id: int) -> list[Row]:
    """What the list shows of these chats, in their order. Of what was not seen, no more than the newest is counted."""
    return await many(
        tx,
        row,
        "select c.id, c.client_id, cl.name as client_name, c.status, c.assignee_id, a.name as assignee_name, c.human_called_at,"
        "       c.human_reason, w.since as waiting_since, c.last_message_at, l.role as last_role, left(l.content, 300) as last_words,"
        "       l.attachments as last_files, u.count as unseen, r.seen_at, r.marked_at,"
        "       c.status = 'assistant' and exists (select from turns t where t.chat_id = c.id and t.state in ('waiting', 'running'))"
        "           as is_being_answered,"
        "       exists (select from bookings k where k.client_id = c.client_id"
        "                  and k.status in ('requested', 'confirmed', 'arrived', 'in_work')"
        "                  and (k.during is null or upper(k.during) > now())) as has_booking"
        "  from unnest($1::bigint[]) with ordinality page (id, at) join chats c on c.id = page.id join clients cl on cl.id = c.client_id"
        "  left join memberships a on a.id = c.assignee_id left join chat_reads r on r.chat_id = c.id and r.member_id = $2"
        "  left join lateral (select m.role, m.content, m.attachments from messages m where m.chat_id = c.id and m.deleted_at is null"
        "                        and m.role in ('user', 'assistant', 'manager') order by m.id desc limit 1) l on true"
        " cross join lateral (select case when c.status <> 'closed' then least(c.human_called_at, case when c.status = 'human' then"
        "       (select min(m.created_at) from messages m where m.chat_id = c.id and m.role = 'user' and m.turn_id is null"
        "           and m.deleted_at is null) end) end as since) w"
        " cross join lateral (select count(*) filter (where unseen.role = 'user' and unseen.created_at >= (select created_at"
        "       from memberships where id = $2)) from (select m.role, m.created_at from messages m where m.chat_id = c.id"
        "           and m.id > coalesce(r.upto_id, 0) order by m.id desc limit 20) unseen) u"
        " order by page.at",
        chat_ids,
        member_id,
    )


async def select_counts(tx: AccountTx, row: type[Row], *, member_id: int, most: int) -> Row:
    return await one(
        tx,
        row,
        "select (select count(*) from (select from chats where status <> 'closed' limit $2) counted) as open,"
        "       (select count(*) from chats c where c.status <> 'closed' and c.human_called_at is not null)"
        "     + (select count(*) from chats c where c.status = 'human' and c.human_called_at is null and exists (select from messages m"
        "           where m.chat_id = c.id and m.role = 'user' and m.turn_id is null and m.deleted_at is null)) as waiting,"
        "       (select count(*) from chats where status = 'human' and assignee_id = $1) as mine",
        member_id,
        most,
    )


# ---- searching ----------------------------------------------------------------------------------


async def select_chats_of(
    tx: AccountTx, row: type[Row], *, names: list[str], phones: list[str], plate: str | None, limit: int
) -> list[Row]:
    """Chats whose client bears all these names, has one of these numbers, or a car with this plate; the latest first. Patterns of LIKE."""
    return await many(
        tx,
        row,
        "select c.id, c.last_message_at as at from chats c join clients cl on cl.id = c.client_id"
        " where (cardinality($1::text[]) > 0 and translate(lower(cl.name), 'ё', 'е') like all ($1))"
        "    or cl.phone like any ($2::text[])"
        "    or exists (select from vehicles v where v.client_id = cl.id"
        "                  and translate(upper(v.plate), 'АВЕКМНОРСТУХ -', 'ABEKMHOPCTYX') like $3)"
        " order by c.last_message_at desc, c.id desc limit $4",
        names,
        phones,
        plate,
        limit,
    )


async def select_found(tx: AccountTx, row: type[Row], *, groups: list[str], beginning: str, limit: int) -> list[Row]:
    """Messages with these words, the newest first. Each is looked up by its number, whatever the planner thinks of the shop's size."""
    return await many(
        tx,
        row,
        "select m.id, m.chat_id, c.client_id, c.client_name, m.role, m.content, m.created_at"
        "  from search.find_messages($1::text[], $2, $3) found (id)"
        " cross join lateral (select * from messages where id = found.id offset 0) m"
        " cross join lateral (select cl.id as client_id, cl.name as client_name from chats h join clients cl on cl.id = h.client_id"
        "                      where h.id = m.chat_id offset 0) c"
        " order by m.id desc",
        groups,
        beginning,
        limit,
    )
