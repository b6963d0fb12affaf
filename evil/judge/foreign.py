"""What belongs to nobody who plays: before and after a batch it is the same, to the last character."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncpg

VOLATILE = frozenset(
    {
        "accounts", "alembic_version", "analytics_events", "bots", "client_spending", "counters", "live_changes", "notices", "spending",
        "telegram_users", "usage", "workers",
    }
)  # fmt: skip
"""Of the whole shop, or of the installation: a turn of anybody moves them."""

OWNED = (
    ("chat_id", "t.chat_id = any(chats)"),
    ("client_id", "t.client_id = any(clients)"),
    ("booking_id", "t.booking_id in (select id from bookings where chat_id = any(chats))"),
    ("turn_id", "t.turn_id in (select id from turns where chat_id = any(chats))"),
    ("telegram_user_id", "t.telegram_user_id in (select telegram_user_id from chats where id = any(chats))"),
)
LAPSES = {
    "bookings": "t.status not in ('held', 'expired')",
    "proposals": "t.state not in ('open', 'expired')",
    "booking_events": "t.event not in ('held', 'expired')",
}
"""What nobody answered lapses by itself, whoever comes next; that it becomes anything else would be seen."""

LIVELY = frozenset({"update_id", "peer_id", "callback_query_id", "bot_id"})


async def fingerprint(owner: asyncpg.Pool, before: int) -> dict[str, str]:
    """By table; ``before``: people whose numbers are smaller do not play."""
    chats = [row["id"] for row in await owner.fetch("select id from chats where telegram_chat_id < $1", before)]
    clients = [row["id"] for row in await owner.fetch("select id from clients where telegram_user_id < $1", before)]
    prints: dict[str, str] = {}
    columns: dict[str, set[str]] = {}
    for row in await owner.fetch(COLUMNS):
        columns.setdefault(row["table_name"], set()).add(row["column_name"])
    for table in sorted(columns.keys() - VOLATILE):
        condition = next((sql for column, sql in OWNED if column in columns[table]), None)
        if condition is None and columns[table] & LIVELY:
            continue
        conditions = [sql for sql in (condition, LAPSES.get(table)) if sql]
        uses = f"where {' and '.join(conditions)}" if conditions else ""
        query = PRINT.format(table=table, where=uses)
        prints[table] = await owner.fetchval(query, chats, clients)
    return prints


COLUMNS = """
select c.table_name, c.column_name from information_schema.columns c
  join information_schema.tables t using (table_schema, table_name)
 where table_schema = 'public' and table_type = 'BASE TABLE'
"""
PRINT = """
with strangers as (select $1::bigint[] as chats, $2::bigint[] as clients)
select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table} t, strangers {where}
"""
