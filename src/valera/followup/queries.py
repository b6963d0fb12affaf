"""Statements about bookings and chats, as whoever speaks unasked needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import many, maybe, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def lock_listener(tx: AccountTx, row: type[Row], chat_id: int) -> Row | None:
    """Takes the chat, so that nobody else speaks or takes over before the commit. None: the client was erased."""
    return await maybe(
        tx,
        row,
        "select h.id as chat_id, h.status, c.id as client_id, c.unreachable_at is null as is_reachable, b.state as bot_state"
        "  from chats h join clients c on c.id = h.client_id join bots b on b.id = h.bot_id where h.id = $1 for no key update of h",
        chat_id,
    )


async def hold_visit(tx: AccountTx, row: type[Row], booking_id: int) -> Row | None:
    """The booking as it stands, and as it will stand until the commit: a move or a cancellation waits. None: it was erased, has no number
    or no chat.
    """
    return await maybe(
        tx,
        row,
        "select id, number, status, chat_id, service_type as service, lower(during) as starts_at from bookings"
        " where id = $1 and number is not null and chat_id is not null for no key update",
        booking_id,
    )


async def select_visit(tx: AccountTx, row: type[Row], booking_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select id, number, status, chat_id, service_type as service, lower(during) as starts_at from bookings"
        " where id = $1 and number is not null and chat_id is not null",
        booking_id,
    )


async def list_expected(tx: AccountTx, row: type[Row], now: datetime) -> list[Row]:
    """Confirmed and still to come, of all clients who can be told."""
    return await many(
        tx,
        row,
        "select id, number, status, chat_id, service_type as service, lower(during) as starts_at from bookings"
        " where status = 'confirmed' and scheduled_at > $1 and number is not null and chat_id is not null order by id",
        now,
    )


async def find_visit(tx: AccountTx, row: type[Row], *, chat_id: int, number: int) -> Row | None:
    """Of this chat's client, by the number that people say."""
    return await maybe(
        tx,
        row,
        "select id, number, status, chat_id, service_type as service, lower(during) as starts_at from bookings"
        " where number = $2 and (chat_id = $1 or client_id = (select client_id from chats where id = $1)) and chat_id is not null",
        chat_id,
        number,
    )


async def turn_of_message(tx: AccountTx, message_id: int) -> int | None:
    """The turn that answers a client's message."""
    return await value(tx, "select turn_id from messages where id = $1", message_id)


async def select_heard(tx: AccountTx, row: type[Row], chat_id: int, *, received_at: datetime) -> Row | None:
    """If what the client heard last from the shop's side reminded of a booking, was about how it was, or offered a freed time: of which.
    None: it was none of these, or had not been sent when the client's words came.
    """
    return await maybe(
        tx,
        row,
        "with heard as (select turn_id from messages where chat_id = $1 and role in ('assistant', 'manager') order by id desc limit 1)"
        " select r.booking_id as reminded_of, r.starts_at, f.booking_id as asked_about, o.key as offered from heard"
        "   left join reminders r on r.chat_id = $1 and r.turn_id = heard.turn_id"
        "   left join feedback f on f.chat_id = $1 and f.turn_id = heard.turn_id"
        "   left join waitlist_offers o on o.turn_id = heard.turn_id and o.state = 'open'"
        "  where (r.booking_id is not null or f.booking_id is not null or o.key is not null)"
        "    and exists (select from deliveries d where d.turn_id = heard.turn_id and d.sent_at <= $2)",
        chat_id,
        received_at,
    )


async def count_unanswered(tx: AccountTx, chat_id: int) -> int:
    return await value(tx, "select count(*) from messages where chat_id = $1 and role = 'user' and turn_id is null", chat_id)
