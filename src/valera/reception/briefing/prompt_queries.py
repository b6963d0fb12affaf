"""The shop's part of what a model is told, for somebody who has not written yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import one

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_newcomer(tx: AccountTx, row: type[Row]) -> Row:
    return await one(
        tx,
        row,
        "select 1 as round, 0::bigint as chat_id, 0::bigint as client_id, 'assistant' as status, false as is_human_called,"
        "  a.name, a.time_zone, a.locale, a.settings -> 'budgets' as budgets, a.settings ->> 'autonomy' as autonomy, 'message' as trigger,"
        "  a.settings -> 'tone' as tone,"
        "  (select coalesce(jsonb_object_agg(f.topic, f.text), '{}') from facts f) as facts,"
        "  coalesce(p.text, '') as prompt, coalesce(p.version, 0) as prompt_version,"
        "  (select jsonb_build_array(l.id, l.version) from price_lists l where l.published_at is not null"
        "    order by l.version desc limit 1) as price_list,"
        "  (select coalesce(jsonb_agg(jsonb_build_array(o.weekday, o.opens, o.closes) order by o.weekday, o.opens), '[]')"
        "     from opening_hours o) as hours,"
        "  false as has_proposal, false as has_bookings, '' as client_name, false as is_phone_known, '' as car, null::jsonb as summary"
        "  from accounts a left join lateral (select text, version from prompts where published_at is not null"
        "                                      order by published_at desc, version desc limit 1) p on true",
    )
