"""Statements that read numbers and the lists behind them. Both ask the functions of 0024_insights.sql, where each name is defined once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import many

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    import asyncpg

    from valera.kit.db import AccountTx

    Ends = tuple[datetime, datetime]
    Opened = Sequence[asyncpg.Range[datetime]]

Row = TypeVar("Row")


async def select_days_apart(tx: AccountTx, row: type[Row], first: date, last: date) -> list[Row]:
    """Days that are not like their weekday: one row for each stretch of their hours, without hours where the shop is closed."""
    return await many(
        tx,
        row,
        "select on_day, opens, closes from special_hours where on_day between $1 and $2"
        " union all select closed_on, null, null from holidays where closed_on between $1 and $2 order by 1, 2",
        first,
        last,
    )


# ---- dialogues ----------------------------------------------------------------------------------


async def count_dialogues(tx: AccountTx, row: type[Row], ends: Ends, opened: Opened, bounds: list[datetime]) -> list[Row]:
    """Of each figure: the whole, and of those that tables show also by source and by span of the period (counted from 1)."""
    return await many(
        tx,
        row,
        "select figure, case when grouping(source) = 0 then source end as source, case when grouping(span) = 0 then span end as span,"
        "       count(*)::int as number, percentile_cont(0.5) within group (order by seconds) as median,"
        "       percentile_cont(0.9) within group (order by seconds) as p90, coalesce(sum(cost), 0) as cost"
        "  from (select d.source, d.cost, figure, width_bucket(d.began_at, $4::timestamptz[]) as span,"
        "               case when figure like 'called%' or figure like 'helped%' then d.person_seconds else d.answer_seconds end as seconds"
        "          from overview_dialogues($1, $2, $3) d, unnest(d.figures) as figure) counted"
        " group by grouping sets ((figure), (figure, source), (figure, span))"
        " having grouping(source) + grouping(span) = 2 or figure in ('dialogues', 'priced', 'booked', 'visited')",
        *ends,
        opened,
        bounds,
    )


async def select_dialogues(
    tx: AccountTx,
    row: type[Row],
    ends: Ends,
    opened: Opened,
    *,
    figure: str,
    source: str | None,
    order: str,
    limit: int,
    offset: int,
) -> list[Row]:
    """``order``: answer, person or cost, the largest first; else the latest dialogue first."""
    return await many(
        tx,
        row,
        "select d.chat_id, d.message_id, d.began_at, coalesce(k.name, '') as client, d.source, d.outcome, line.content as line,"
        "       d.price_named_at is not null as is_priced, b.number as booking_number, d.has_visited, d.answered_by, d.answer_seconds,"
        "       d.called_at, d.person_seconds, d.cost"
        "  from overview_dialogues($1, $2, $3) d join chats c on c.id = d.chat_id left join clients k on k.id = c.client_id"
        "  left join bookings b on b.id = d.booking_id"
        "  left join messages line on line.id = d.outcome_message_id and line.deleted_at is null"
        " where $4 = any(d.figures) and ($5::text is null or d.source = $5)"
        " order by case $6 when 'answer' then d.answer_seconds when 'person' then d.person_seconds when 'cost' then d.cost::float8 end"
        "          desc nulls last, d.began_at desc, d.message_id desc limit $7 offset $8",
        *ends,
        opened,
        figure,
        source,
        order,
        limit,
        offset,
    )


# ---- bookings -----------------------------------------------------------------------------------


async def count_bookings(tx: AccountTx, row: type[Row], ends: Ends, now: datetime) -> list[Row]:
    return await many(
        tx,
        row,
        "select figure, count(*)::int as number from overview_bookings($1, $2, $3) b, unnest(b.figures) as figure group by figure",
        *ends,
        now,
    )


async def select_bookings(tx: AccountTx, row: type[Row], ends: Ends, now: datetime, *, figure: str, limit: int, offset: int) -> list[Row]:
    """By the time that they are for; those without one last."""
    return await many(
        tx,
        row,
        "select k.number, k.status, k.service_type as service, k.chat_id, k.client_id, coalesce(c.name, '') as client,"
        "       b.made_at, b.made_by, b.starts_at"
        "  from overview_bookings($1, $2, $3) b join bookings k on k.id = b.booking_id left join clients c on c.id = k.client_id"
        " where $4 = any(b.figures) order by b.starts_at nulls last, k.number limit $5 offset $6",
        *ends,
        now,
        figure,
        limit,
        offset,
    )


# ---- now, and what it cost ----------------------------------------------------------------------


async def select_waiting(tx: AccountTx, row: type[Row]) -> list[Row]:
    """Who has waited longest comes first."""
    return await many(
        tx,
        row,
        "select w.chat_id, coalesce(k.name, '') as client, w.waits_since, w.reason from overview_waiting() w"
        "  join chats c on c.id = w.chat_id left join clients k on k.id = c.client_id order by w.waits_since, w.chat_id",
    )


async def select_usage(tx: AccountTx, row: type[Row], first: date, last: date) -> list[Row]:
    return await many(
        tx,
        row,
        "select day, provider, model, currency, answers, input_tokens, output_tokens, unpriced, cost, charged from usage"
        " where day between $1 and $2 order by day desc, provider, model, currency",
        first,
        last,
    )
