# ruff: noqa: E501, PLR0917  (rows of every table, one statement each)
"""A client whose name, phone, plate and words stand in every table that can hold them, and what a dump still knows of them."""

from __future__ import annotations

import asyncio
import json

import asyncpg

from tests.cast import Shop
from valera.kit.db import Tx, value
from valera.kit.postgres.binaries import Binaries

NAME, USERNAME, PHONE, PLATE, VIN = "Евлампия Тестоедова", "evlampia_marker", "+79161119977", "А919НО77", "XTAMARKER00919197"
WORDS = "МЕТКА-СЛОВ-КЛИЕНТА-919"
TELEGRAM_ID = 919_919_919
SIGNS = (NAME, "Евлампия", "Тестоедова", USERNAME, PHONE, "9161119977", PLATE, VIN, WORDS, str(TELEGRAM_ID))
OF_CLIENT = (
    "clients", "vehicles", "chats", "messages", "attachments", "turn_steps", "deliveries", "summaries", "slot_offers",
    "bookings", "booking_events", "telegram_updates", "telegram_update_conflicts", "quarantined_updates", "mailboxes",
    "analytics_events", "notices", "telegram_users", "feedback", "callbacks", "waitlist", "disclosures", "client_spending", "turns", "proposals", "reminders",
    "waitlist_offers", "dialogue_outcomes", "testers", "client_merges", "drafts", "chat_reads", "desk_presence",
)  # fmt: skip
"""Tables in which something of a client stands; the last seven hold no words of theirs, only whose they are."""


async def plant_person(owner: asyncpg.Connection, shop: Shop, *, storage_key: str) -> int:
    """As valera_owner, in the shop; returns the client."""
    said = {"говорит": f"{NAME} {PHONE} {PLATE} {VIN} {WORDS}"}
    everything = f"{NAME} {PHONE} {PLATE} {VIN} {WORDS}"
    body = json.dumps({"update_id": 1, "message": {"from": {"id": TELEGRAM_ID}, "text": everything}}).encode()
    spelled = json.dumps({"from": {"id": TELEGRAM_ID, "first_name": "Евлампия"}, "text": everything}, ensure_ascii=False).encode()
    await owner.execute("select set_config('app.account_id', $1, false)", str(shop.account_id))
    await owner.execute(
        "insert into telegram_users (telegram_id, username, first_name, last_name) values ($1, $2, 'Евлампия', 'Тестоедова')",
        TELEGRAM_ID, USERNAME,
    )  # fmt: skip
    client_id = await value(
        Tx(owner),
        "insert into clients (telegram_user_id, name, phone, source) values ($1, $2, $3, $4) returning id",
        TELEGRAM_ID,
        NAME,
        PHONE,
        WORDS,
    )
    await owner.execute(
        "insert into vehicles (client_id, make, model, plate, vin) values ($1, $2, 'Camry', $3, $4)", client_id, WORDS, PLATE, VIN
    )
    for status in ("closed", "assistant"):
        await _plant_chat(owner, shop, client_id, status, everything, said, storage_key)
    for update_id, sent in ((9001, body), (9002, spelled)):
        for table in ("telegram_updates", "telegram_update_conflicts"):
            await owner.execute(
                f"insert into {table} (bot_id, update_id, peer_id, kind, body, body_hash, done_at)"
                " values ($1, $2, $3, 'message', $4, sha256($4), now())",
                shop.bot_id, update_id, TELEGRAM_ID, sent,
            )  # fmt: skip
    await owner.execute(  # in a group, whose number is another's
        "insert into telegram_updates (bot_id, update_id, peer_id, kind, body, body_hash, done_at)"
        " values ($1, 9003, -100, 'message', $2, sha256($2), now())",
        shop.bot_id, spelled,
    )  # fmt: skip
    await owner.execute("insert into quarantined_updates (bot_id, body, reason) values ($1, $2, 'broken')", shop.bot_id, body + b"\xff")
    await owner.execute(
        "insert into quarantined_updates (bot_id, body, reason) values ($1, $2, 'broken')", shop.bot_id, f"no json: {NAME} {WORDS}".encode()
    )
    await owner.execute("insert into mailboxes (bot_id, peer_id, marks) values ($1, $2, 3)", shop.bot_id, TELEGRAM_ID)
    await owner.execute("insert into testers (bot_id, telegram_user_id, name) values ($1, $2, $3)", shop.bot_id, TELEGRAM_ID, NAME)
    await owner.execute("insert into disclosures (client_id, kind, version) values ($1, 'assistant', '1')", client_id)
    await owner.execute(
        "with former as (insert into clients (name, phone, merged_into) values ($2, $3, $1) returning id)"
        " insert into client_merges (kept_id, merged_id, moved) select $1, id, jsonb_build_object('before', $2::text, 'after', $3::text) from former",
        client_id, NAME, PHONE,
    )  # fmt: skip
    await owner.execute("insert into client_spending (client_id, day, spent) values ($1, '2026-11-22', 0.01)", client_id)
    return client_id


async def _plant_chat(
    owner: asyncpg.Connection, shop: Shop, client_id: int, status: str, everything: str, said: dict[str, str], storage_key: str
) -> None:
    chat_id = await value(
        Tx(owner),
        "insert into chats (bot_id, telegram_chat_id, telegram_user_id, client_id, status, human_reason, metadata)"
        " values ($1, $2, $2, $3, $4, $5, $6) returning id",
        shop.bot_id, TELEGRAM_ID, client_id, status, everything, said,
    )  # fmt: skip
    turn_id = await value(Tx(owner), "insert into turns (chat_id, state, finished_at) values ($1, 'done', now()) returning id", chat_id)
    update_id = 9001 if status == "assistant" else 9002
    message_id = await value(
        Tx(owner),
        "insert into messages (chat_id, role, content, attachments, bot_id, update_id, telegram_message_id, turn_id)"
        " values ($1, 'user', $2, $3, $4, $5, 1, $6) returning id",
        chat_id, everything, [said], shop.bot_id, update_id, turn_id,
    )  # fmt: skip
    answer_id = await value(
        Tx(owner),
        "insert into messages (chat_id, role, content, llm_response_data, turn_id) values ($1, 'assistant', $2, $3, $4) returning id",
        chat_id, everything, said, turn_id,
    )  # fmt: skip
    await owner.execute(
        "insert into attachments (chat_id, message_id, bot_id, kind, file_id, file_unique_id, storage_key, error, state, mime_type, size,"
        "                         sha256, stored_at)"
        " values ($1, $2, $3, 'photo', $4, $4, $5, $4, 'stored', 'image/jpeg', 3, sha256('jpg'), now())",
        chat_id, message_id, shop.bot_id, WORDS, storage_key,
    )  # fmt: skip
    await owner.execute(
        "insert into turn_steps (turn_id, step_no, round, kind, effect_key, content) values ($1, 1, 1, 'tool', $2, $3)",
        turn_id,
        WORDS,
        said,
    )
    await owner.execute(
        "insert into deliveries (chat_id, bot_id, telegram_chat_id, message_id, turn_id, state, text, entities, reply_markup, error, sent_at)"
        " values ($1, $2, $3, $4, $5, 'sent', $6, $7, $8, $6, now())",
        chat_id, shop.bot_id, TELEGRAM_ID, answer_id, turn_id, everything, [said], said,
    )  # fmt: skip
    await owner.execute(
        "insert into summaries (chat_id, from_id, upto_id, messages, first_at, last_at, content) values ($1, $2, $2, 1, now(), now(), $3)",
        chat_id, message_id, said,
    )  # fmt: skip
    await owner.execute(
        "insert into slot_offers (chat_id, key, starts_at, duration_minutes, service, expires_at) values ($1, $2, now(), 60, $2, now())",
        chat_id, WORDS,
    )  # fmt: skip
    await _plant_bookings(owner, shop, (chat_id, client_id, message_id, turn_id), said)
    await owner.execute("insert into analytics_events (event_type, properties) values ('answered', $1)", {"chat": chat_id, "turn": turn_id})
    await owner.execute("insert into analytics_events (event_type, properties) values ('answered', $1)", {"note": NAME, "n": 1})
    await owner.execute("insert into notices (kind, details, resolved_at) values ('restored', $1, now())", {"chat": chat_id} | said)


async def _plant_bookings(owner: asyncpg.Connection, shop: Shop, of: tuple[int, int, int, int], said: dict[str, str]) -> None:
    """A real one that the client confirmed, and one that was only held."""
    chat_id, client_id, message_id, turn_id = of
    number = await value(
        Tx(owner), "update counters set value = value + 1 where name = 'booking' and account_id = $1 returning value", shop.account_id
    )
    for its_number, status, day in ((number, "confirmed", 10 + number), (None, "expired", 20)):
        booking_id = await value(
        Tx(owner),
            "insert into bookings (chat_id, client_id, number, status, service_type, description, photos, quote, during, bay_id)"
            " values ($1, $2, $3, $4, $5, $5, $6, $7, tstzrange(now() + $8 * interval '1 day', now() + $8 * interval '1 day 1 second'), $9)"
            " returning id",
            chat_id, client_id, its_number, status, WORDS, [said], said, day, shop.bays[1],
        )  # fmt: skip
        await owner.execute(
            "insert into booking_events (booking_id, event, actor, message_id, turn_id, details) values ($1, 'confirmed', 'client', $2, $3, $4)",
            booking_id, message_id, turn_id, said,
        )  # fmt: skip
        await owner.execute(
            "insert into proposals (chat_id, key, kind, booking_id, state, turn_id, expires_at) values ($1, $2, 'book', $3, 'accepted', $4, now())",
            chat_id, f"{status}{booking_id}", booking_id, turn_id,
        )  # fmt: skip
        await owner.execute(
            "insert into feedback (booking_id, chat_id, turn_id, mark, marked_at, words, message_id) values ($1, $2, $3, 2, now(), $4, $5)",
            booking_id, chat_id, turn_id, WORDS, message_id,
        )  # fmt: skip
        await owner.execute(
            "insert into reminders (booking_id, starts_at, lead_minutes, outcome, chat_id, turn_id) values ($1, now(), 120, 'said', $2, $3)",
            booking_id, chat_id, turn_id,
        )  # fmt: skip
    await _plant_followup(owner, chat_id, client_id, turn_id, message_id)


async def _plant_followup(owner: asyncpg.Connection, chat_id: int, client_id: int, turn_id: int, message_id: int) -> None:
    await owner.execute(
        "insert into callbacks (client_id, chat_id, turn_id, phone, wish, reason, due_at, outcome, closed_at)"
        " values ($1, $2, $3, $4, $5, $5, now(), 'reached', now())",
        client_id, chat_id, turn_id, PHONE, WORDS,
    )  # fmt: skip
    entry_id = await owner.fetchval(
        "insert into waitlist (client_id, chat_id, turn_id, service, duration_minutes, wish_from, wish_until, wish)"
        " values ($1, $2, $3, $4, 60, now(), now() + interval '1 hour', '{}') returning id",
        client_id, chat_id, turn_id, WORDS,
    )  # fmt: skip
    await owner.execute(
        "insert into waitlist_offers (entry_id, key, during, state, expires_at, decided_at, turn_id)"
        " values ($1, $2, tstzrange(now(), now() + interval '1 hour'), 'expired', now(), now(), $3)",
        entry_id, f"marker{entry_id}", turn_id,
    )  # fmt: skip
    await owner.execute(
        "insert into dialogue_outcomes (chat_id, first_message_id, last_message_id, outcome, message_id, began_at, ended_at)"
        " values ($1, $2, $2, 'callback', $2, now(), now())",
        chat_id, message_id,
    )  # fmt: skip
    await owner.execute(
        "insert into drafts (chat_id, turn_id, upto_id, kind, state, text, decided_at) values ($1, $2, $3, 'approval', 'dropped', $4, now())",
        chat_id, turn_id, message_id, WORDS,
    )  # fmt: skip
    await owner.execute(
        "insert into chat_reads (member_id, chat_id)"
        " select min(id), $1 from memberships where account_id = current_setting('app.account_id')::bigint",
        chat_id,
    )
    await owner.execute(
        "insert into desk_presence (member_id, chat_id, seen_at)"
        " select min(id), $1, now() from memberships where account_id = current_setting('app.account_id')::bigint",
        chat_id,
    )


async def dump(binaries: Binaries, admin_url: str) -> str:
    """Everything, as `pg_dump` writes it in plain text."""
    process = await asyncio.create_subprocess_exec(
        str(binaries.program("pg_dump")),
        "--format=plain",
        "--inserts",
        admin_url,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    return out.decode()


def found_in(dumped: str) -> dict[str, set[str]]:
    """Table → signs that stand in its rows: as text, escaped as JSON, or as the bytes of a body."""
    forms = {sign: {sign, json.dumps(sign)[1:-1], sign.encode().hex(), json.dumps(sign)[1:-1].encode().hex()} for sign in SIGNS}
    found: dict[str, set[str]] = {}
    for line in dumped.splitlines():
        if not line.startswith("INSERT INTO public."):
            continue
        table = line.removeprefix("INSERT INTO public.").split()[0]
        for sign, written in forms.items():
            if any(form in line for form in written):
                found.setdefault(table, set()).add(sign)
    return found
