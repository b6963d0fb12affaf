"""What the judge reads, as the database's superuser: row-level security hides nothing from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

if TYPE_CHECKING:
    import asyncpg

UNFINISHED: LiteralString = """
    select (select count(*) from telegram_updates where done_at is null)
         + (select count(*) from telegram_update_conflicts where done_at is null) as updates,
           (select count(*) from turns where state in ('waiting', 'running')) as turns,
           (select count(*) from deliveries where state in ('ready', 'sending')) as deliveries"""

UPDATES: LiteralString = """
    select b.telegram_id as bot, u.update_id, count(m.id) as messages
      from telegram_updates u join bots b on (b.account_id, b.id) = (u.account_id, u.bot_id)
      left join messages m on m.role = 'user' and (m.account_id, m.bot_id, m.update_id) = (u.account_id, u.bot_id, u.update_id)
     group by b.telegram_id, u.update_id"""

STRAY: LiteralString = """
    select (select count(*) from telegram_update_conflicts) as conflicts, (select count(*) from quarantined_updates) as quarantined"""

MESSAGES: LiteralString = """
    select c.telegram_chat_id as chat, m.telegram_message_id as number, m.update_id, t.state as turn,
           c.status = 'human' or c.human_called_at is not null as has_human,
           exists (select from messages a where (a.account_id, a.turn_id) = (m.account_id, m.turn_id) and a.role = 'assistant'
                      and a.llm_response_data ->> 'model' = 'scripted-receptionist') as is_by_receptionist
      from messages m join chats c on (c.account_id, c.id) = (m.account_id, m.chat_id)
      left join turns t on (t.account_id, t.id) = (m.account_id, m.turn_id)
     where m.role = 'user' order by m.account_id, m.chat_id, m.id"""

DELIVERIES: LiteralString = """
    select d.telegram_chat_id as chat, d.text, d.state, d.unsure, d.attempts, d.error, d.telegram_message_id as number,
           extract(epoch from d.sent_at)::float8 as sent_at
      from deliveries d where d.document is null order by d.account_id, d.chat_id, d.id"""

BOOKINGS: LiteralString = """
    select c.telegram_chat_id as chat, count(*) as confirmed, count(distinct e.booking_id) as bookings
      from booking_events e join bookings b on (b.account_id, b.id) = (e.account_id, e.booking_id)
      join chats c on (c.account_id, c.id) = (b.account_id, b.chat_id)
     where e.event = 'confirmed' group by c.telegram_chat_id"""

PROPOSALS: LiteralString = """
    select c.telegram_chat_id as chat, p.key, p.state
      from proposals p join chats c on (c.account_id, c.id) = (p.account_id, p.chat_id) where p.kind = 'book'"""


async def unfinished(connection: asyncpg.Connection) -> dict[str, int]:
    """How many updates, turns and deliveries are still on their way."""
    row = await connection.fetchrow(UNFINISHED)
    assert row is not None
    return dict(row)
