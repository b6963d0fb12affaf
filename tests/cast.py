"""Two shops that never heard of each other: `garage`, whom the tests follow, and `rival`, who must see nothing.

Every table has a row of each.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import time
from typing import LiteralString

import asyncpg

from valera.kit.db import AccountId, Tx, execute, value

PRICES = '[{"amount": 18000, "upto": null, "is_from": false}, {"amount": 20000, "upto": null, "is_from": false}]'
CLASSES = '[{"name": "1 класс", "description": "малые и средние авто"}, {"name": "2 класс", "description": "бизнес класс и кроссоверы"}]'


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop's ids. It is open every day from 9 to 20 in Moscow and has two bays; its chat waits for an answer to one message."""

    account_id: AccountId
    bot_id: int
    chat_id: int
    client_id: int
    vehicle_id: int
    member_id: int
    telegram_user_id: int
    telegram_chat_id: int
    bays: tuple[int, ...]
    price_list_id: int
    price_item_id: int
    update_id: int
    message_id: int
    turn_id: int
    delivery_id: int
    booking_id: int
    booking_number: int
    webhook_key: str
    webhook_secret: str
    offer_key: str
    proposal_key: str


@dataclass(frozen=True, slots=True)
class World:
    garage: Shop
    rival: Shop


async def plant_world(connection: asyncpg.Connection) -> World:
    """As valera_owner, in one transaction."""
    tx = Tx(connection)
    async with connection.transaction():
        await execute(tx, "set local role valera_owner")
        return World(await plant_shop(tx, "garage", number=1), await plant_shop(tx, "rival", number=2))


async def plant_shop(tx: Tx, slug: str, *, number: int) -> Shop:
    """``number`` keeps what is unique in the whole installation apart."""
    telegram_user_id, update_id, key = 7_000_000 + number, 100 + number, f"{slug}-webhook-key-0123456789"
    account_id = await value(
        tx,
        """insert into accounts (slug, name, settings, data_key)
           values ($1, initcap($1), '{"address": "ул. Вымышленная, 1", "phone": "+79160000000"}', 'wrapped') returning id""",
        slug,
    )
    await execute(tx, "select set_config('app.account_id', $1, true)", str(account_id))
    await execute(
        tx,
        "insert into telegram_users (telegram_id, username, first_name, language) values ($1, $2, $3, 'ru')",
        telegram_user_id,
        f"{slug}_client",
        f"Клиент {number}",
    )
    member_id = await value(tx, "insert into memberships (name, role) values ('Мастер', 'admin') returning id")
    await execute(tx, "update accounts set owner_id = $1 where id = $2", member_id, account_id)
    bot_id = await value(
        tx,
        """insert into bots (telegram_id, username, token, webhook_key, webhook_secret_hash)
           values ($1, $2, 'sealed', $3, sha256($4)) returning id""",
        9_000_000 + number,
        f"{slug}_bot",
        key,
        f"{slug}-secret".encode(),
    )
    await execute(tx, "insert into testers (bot_id, telegram_user_id, name) values ($1, $2, 'Анна')", bot_id, telegram_user_id)
    client_id = await value(
        tx,
        "insert into clients (telegram_user_id, name, phone) values ($1, 'Анна', $2) returning id",
        telegram_user_id,
        f"+7916000000{number}",
    )
    vehicle_id = await value(
        tx,
        "insert into vehicles (client_id, make, model, year, car_class) values ($1, 'Toyota', 'Camry', 2018, '2 класс') returning id",
        client_id,
    )
    chat_id = await value(
        tx,
        "insert into chats (bot_id, telegram_chat_id, telegram_user_id, client_id) values ($1, $2, $2, $3) returning id",
        bot_id,
        telegram_user_id,
        client_id,
    )
    bays = await _plant_shop_floor(tx, member_id)
    price_list_id, price_item_id = await _plant_prices(tx)
    await _plant_inbox(tx, bot_id, telegram_user_id, update_id)
    turn_id, message_id, delivery_id = await _plant_answer(tx, chat_id, bot_id, telegram_user_id, update_id)
    booking_id = await _plant_booking(tx, (chat_id, client_id, vehicle_id, bays[0]), message_id)
    offer_key, proposal_key = f"of{number}a", f"pr{number}a"
    await _plant_offers(tx, chat_id, booking_id, turn_id, (offer_key, proposal_key))
    await execute(tx, "insert into analytics_events (event_type) values ('dialogue_started')")
    await _plant_costs(tx, chat_id, client_id, message_id)
    await execute(tx, "insert into disclosures (client_id, kind, version) values ($1, 'assistant', '1')", client_id)
    await execute(tx, "insert into erasures (client_id, asked_by, reason, counts) values (1, 'owner', 'request', '{}')")
    await execute(tx, "insert into model_keys (provider, key) values ('openai', 'sealed')")
    await execute(
        tx,
        "insert into reminders (booking_id, starts_at, lead_minutes, outcome, chat_id) values ($1, '2026-11-30 09:00+00', 120, 'team', $2)",
        booking_id,
        chat_id,
    )
    await execute(
        tx, "insert into feedback (booking_id, chat_id, mark, marked_at, words) values ($1, $2, 5, now(), 'Хорошо')", booking_id, chat_id
    )
    await _plant_followup(tx, chat_id, client_id, message_id)
    await _plant_entrance(tx, account_id, member_id)
    await _plant_merge(tx, client_id)
    await execute(tx, "insert into chat_reads (member_id, chat_id) values ($1, $2)", member_id, chat_id)
    await _plant_desk(tx, chat_id=chat_id, turn_id=turn_id, message_id=message_id, member_id=member_id)
    await execute(tx, "insert into live_changes (account_id, topic) values ($1, 'chats')", account_id)
    await execute(tx, "insert into notices (kind, bot_id, resolved_at) values ('token_revoked', $1, now())", bot_id)
    await execute(
        tx,
        "insert into restores (backed_up_at, last_update_seq, last_conflict_seq, last_turn_id, last_delivery_id, released_at)"
        " values (now(), 0, 0, 0, 0, now())",
    )
    return Shop(
        account_id=AccountId(account_id),
        bot_id=bot_id,
        chat_id=chat_id,
        client_id=client_id,
        vehicle_id=vehicle_id,
        member_id=member_id,
        telegram_user_id=telegram_user_id,
        telegram_chat_id=telegram_user_id,
        bays=bays,
        price_list_id=price_list_id,
        price_item_id=price_item_id,
        update_id=update_id,
        message_id=message_id,
        turn_id=turn_id,
        delivery_id=delivery_id,
        booking_id=booking_id,
        booking_number=1,
        webhook_key=key,
        webhook_secret=f"{slug}-secret",
        offer_key=offer_key,
        proposal_key=proposal_key,
    )


async def _plant_shop_floor(tx: Tx, member_id: int) -> tuple[int, ...]:
    await execute(tx, "insert into prompts (version, text, author_id, published_at) values (1, 'Будь вежлив.', $1, now())", member_id)
    await execute(tx, "insert into prompt_drafts (text, author_id) values ('Будь вежлив и краток.', $1)", member_id)
    await execute(tx, "insert into trials (member_id) values ($1)", member_id)
    await execute(tx, "insert into facts (topic, text) values ('address', 'ул. Вымышленная, 1'), ('phone', '+7 916 000-00-00')")
    await execute(
        tx, "insert into opening_hours (weekday, opens, closes) select day, $1, $2 from generate_series(1, 7) as day", time(9), time(20)
    )
    await execute(tx, "insert into holidays (closed_on, name) values ('2027-01-01', 'Новый год')")
    await execute(tx, "insert into service_durations (section, minutes) values ('Окраска', 60)")
    await execute(tx, "insert into special_hours (on_day, opens, closes) values ('2026-12-31', $1, $2)", time(10), time(15))
    await execute(
        tx,
        "with shut as (insert into bays (name, is_open) values ('Камера', false) returning id)"
        " insert into bay_works (bay_id, section) select id, 'Окраска' from shut",
    )
    return tuple([await value(tx, "insert into bays (name) values ($1) returning id", name) for name in ("Пост 1", "Пост 2")])


async def _plant_followup(tx: Tx, chat_id: int, client_id: int, message_id: int) -> None:
    """A call that was made, a wish that is over, an offer that nobody took, and what that came to."""
    await execute(
        tx,
        "insert into callbacks (client_id, chat_id, phone, reason, due_at, outcome, closed_at)"
        " values ($1, $2, '+79161112233', 'цена', now(), 'reached', now())",
        client_id,
        chat_id,
    )
    entry_id = await value(
        tx,
        "insert into waitlist (client_id, chat_id, duration_minutes, wish_from, wish_until, wish, state, ended_at)"
        " values ($1, $2, 60, '2026-11-01 09:00+00', '2026-11-01 10:00+00', '{}', 'expired', now()) returning id",
        client_id,
        chat_id,
    )
    await execute(
        tx,
        "insert into waitlist_offers (entry_id, key, during, state, expires_at, decided_at)"
        " values ($1, 'wait1', '[2026-11-01 09:00+00, 2026-11-01 10:00+00)', 'expired', now(), now())",
        entry_id,
    )
    await execute(
        tx,
        "insert into dialogue_outcomes (chat_id, first_message_id, last_message_id, outcome, message_id, began_at, ended_at)"
        " values ($1, 0, 0, 'silent', $2, '2026-10-01', '2026-10-01')",
        chat_id,
        message_id,
    )


async def _plant_desk(tx: Tx, *, chat_id: int, turn_id: int, message_id: int, member_id: int) -> None:
    """A draft that was dropped, a canned reply, and who had the chat open once."""
    await execute(
        tx,
        "insert into drafts (chat_id, turn_id, upto_id, kind, state, text, decided_at)"
        " values ($1, $2, $3, 'approval', 'dropped', 'Да.', now())",
        chat_id,
        turn_id,
        message_id,
    )
    await execute(tx, "insert into canned_replies (title, text) values ('Адрес', 'Мы на Лесной, 5.')")
    await execute(tx, "insert into desk_presence (chat_id, member_id, seen_at) values ($1, $2, '2026-10-01')", chat_id, member_id)


async def _plant_merge(tx: Tx, client_id: int) -> None:
    """A former card of the same person, empty; and what a program once asked for."""
    former_id = await value(tx, "insert into clients (name, merged_into) values ('Анна', $1) returning id", client_id)
    await execute(
        tx,
        """insert into client_merges (kept_id, merged_id, moved) select $1, $2, jsonb_build_object('before', card, 'after', card)
             from (select jsonb_build_object('name', name, 'phone', phone, 'source', source, 'note', '', 'consent_at', null,
                                             'unreachable_at', null) as card from clients where id = $1) kept""",
        client_id,
        former_id,
    )
    await execute(
        tx,
        "insert into api_requests (key_id, idempotency_key, fingerprint, made_id) select id, 'k1', sha256('{}'), 1 from api_keys"
        " where account_id = current_setting('app.account_id')::bigint",
    )


async def _plant_entrance(tx: Tx, account_id: AccountId, member_id: int) -> None:
    """Nobody is signed in: a session, a link and an invite that are long over, and a key that was taken back."""
    token_hash = hashlib.sha256(f"{account_id}".encode()).digest()
    await execute(
        tx,
        "insert into sessions (token_hash, account_id, member_id, method, device, created_at, seen_at, ends_at)"
        " values ($1, $2, $3, 'link', 'Chrome, Windows', '2026-10-01', '2026-10-01', '2026-10-15')",
        token_hash,
        account_id,
        member_id,
    )
    await execute(tx, "insert into login_links (member_id, token_hash, expires_at) values ($1, $2, '2026-10-01')", member_id, token_hash)
    await execute(
        tx,
        "insert into invites (token_hash, role, created_by, expires_at, created_at) values ($1, 'support', $2, '2026-10-04', '2026-10-01')",
        token_hash,
        member_id,
    )
    await execute(
        tx,
        "insert into api_keys (name, prefix, key_hash, scope, created_by, revoked_at) values ('CRM', 'vk_old', $1, 'read', $2, now())",
        token_hash,
        member_id,
    )


async def _plant_prices(tx: Tx) -> tuple[int, int]:
    price_list_id = await value(
        tx, "insert into price_lists (version, source, classes, published_at) values (1, 'prices.csv', $1, now()) returning id", CLASSES
    )
    price_item_id = await value(
        tx,
        "insert into price_items (price_list_id, row_no, section, name, prices) values ($1, 1, 'Окраска', 'Бампер', $2) returning id",
        price_list_id,
        PRICES,
    )
    draft_id = await value(
        tx,
        """insert into price_drafts (source, content, closed_at, published_version)
           values ('prices.csv', '{"classes": [], "rows": [], "skipped": [], "currency": "RUB"}', now(), 1) returning id""",
    )
    await execute(
        tx,
        """insert into price_corrections (draft_id, no, correction) values ($1, 1, '{"kind": "drop", "row": 1}')""",
        draft_id,
    )
    await execute(tx, "insert into car_rules (subject, car_classes) values ('ромашка', '{1 класс}')")
    return price_list_id, price_item_id


async def _plant_inbox(tx: Tx, bot_id: int, peer_id: int, update_id: int) -> None:
    body = b'{"update_id": %d, "message": {"text": "hi"}}' % update_id
    digests: dict[LiteralString, bytes] = {
        "telegram_updates": hashlib.sha256(body).digest(),
        "telegram_update_conflicts": hashlib.sha256(b"another body").digest(),
    }
    for table, digest in digests.items():
        await execute(
            tx,
            f"""insert into {table} (bot_id, update_id, peer_id, kind, body, body_hash, done_at)
                values ($1, $2, $3, 'message', $4, $5, now())""",
            bot_id,
            update_id,
            peer_id,
            body,
            digest,
        )
    await execute(tx, "insert into quarantined_updates (bot_id, body, reason) values ($1, 'no json', 'broken')", bot_id)
    await execute(tx, "insert into mailboxes (bot_id, peer_id, marks) values ($1, $2, 2)", bot_id, peer_id)
    await execute(
        tx, "insert into button_presses (bot_id, callback_query_id, acknowledged_at) values ($1, $2, now())", bot_id, f"press-{update_id}"
    )


async def _plant_answer(tx: Tx, chat_id: int, bot_id: int, telegram_chat_id: int, update_id: int) -> tuple[int, int, int]:
    """A question, its finished turn and the answer that was sent."""
    turn_id = await value(tx, "insert into turns (chat_id, state, finished_at) values ($1, 'done', now()) returning id", chat_id)
    message_id = await value(
        tx,
        """insert into messages (chat_id, role, content, bot_id, update_id, telegram_message_id, turn_id)
           values ($1, 'user', 'Сколько стоит бампер?', $2, $3, 11, $4) returning id""",
        chat_id,
        bot_id,
        update_id,
        turn_id,
    )
    answer_id = await value(
        tx,
        "insert into messages (chat_id, role, content, turn_id) values ($1, 'assistant', 'Бампер: 20 000 ₽', $2) returning id",
        chat_id,
        turn_id,
    )
    await execute(tx, "insert into turn_steps (turn_id, step_no, round, kind, content) values ($1, 1, 1, 'model', '{}')", turn_id)
    await execute(
        tx,
        """insert into attachments (chat_id, message_id, bot_id, kind, file_id, file_unique_id, storage_key, state, mime_type, size, sha256,
                                    stored_at)
           select $1, $2, $3, 'photo', 'file', 'unique', account_id || '/0123456789abcdef', 'stored', 'image/jpeg', 3, sha256('jpg'), now()
             from chats where id = $1""",
        chat_id,
        message_id,
        bot_id,
    )
    delivery_id = await value(
        tx,
        """insert into deliveries (chat_id, bot_id, telegram_chat_id, message_id, turn_id, state, text, telegram_message_id, sent_at)
           values ($1, $2, $3, $4, $5, 'sent', 'Бампер: 20 000 ₽', 12, now()) returning id""",
        chat_id,
        bot_id,
        telegram_chat_id,
        answer_id,
        turn_id,
    )
    return turn_id, message_id, delivery_id


async def _plant_booking(tx: Tx, who: tuple[int, int, int, int], message_id: int) -> int:
    """Number 1: confirmed by the client, Tuesday 1 December 2026, 12:00 to 13:00 in Moscow. ``who``: chat, client, vehicle, bay."""
    await execute(tx, "insert into counters (name, value) values ('booking', 1)")
    booking_id = await value(
        tx,
        """insert into bookings (chat_id, client_id, vehicle_id, number, status, service_type, during, bay_id)
           values ($1, $2, $3, 1, 'confirmed', 'Бампер', '[2026-12-01 09:00+00, 2026-12-01 10:00+00)', $4) returning id""",
        *who,
    )
    await execute(
        tx,
        "insert into booking_events (booking_id, event, actor, message_id) values ($1, 'confirmed', 'client', $2)",
        booking_id,
        message_id,
    )
    return booking_id


async def _plant_costs(tx: Tx, chat_id: int, client_id: int, message_id: int) -> None:
    """A summary of one message, and a day on which one answer cost a cent."""
    await execute(
        tx,
        "insert into summaries (chat_id, from_id, upto_id, messages, first_at, last_at, content)"
        " values ($1, $2, $2, 1, now(), now(), '{}')",
        chat_id,
        message_id,
    )
    await execute(
        tx,
        "insert into usage (day, provider, model, currency, answers, input_tokens, output_tokens, cost, charged)"
        " values ('2026-11-20', 'openai', 'gpt-5-mini', 'USD', 1, 1000, 100, 0.01, 0.01)",
    )
    await execute(tx, "insert into spending (period, starts_on, spent) values ('day', '2026-11-20', 0.01), ('month', '2026-11-01', 0.01)")
    await execute(tx, "insert into client_spending (client_id, day, spent) values ($1, '2026-11-20', 0.01)", client_id)


async def _plant_offers(tx: Tx, chat_id: int, booking_id: int, turn_id: int, keys: tuple[str, str]) -> None:
    """Long expired: nothing is open in the chat."""
    await execute(
        tx,
        """insert into slot_offers (chat_id, key, starts_at, duration_minutes, expires_at)
           values ($1, $2, '2026-12-01 09:00+00', 60, '2026-11-21 10:00+00')""",
        chat_id,
        keys[0],
    )
    await execute(
        tx,
        """insert into proposals (chat_id, key, kind, booking_id, state, turn_id, expires_at, decided_at)
           values ($1, $2, 'book', $3, 'accepted', $4, '2026-11-21 10:00+00', '2026-11-21 09:55+00')""",
        chat_id,
        keys[1],
        booking_id,
        turn_id,
    )
