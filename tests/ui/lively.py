"""A shop with something on every page: written to, answered, booked, called back, and with names that are too long for their places."""

from __future__ import annotations

from datetime import timedelta
from importlib import resources
from typing import TYPE_CHECKING

from valera.kit.db import account_scope, execute, value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from tests.dashboard.office import Office
    from valera.kit.db import AccountTx

PHOTO = (resources.files("valera.simulator.messenger.files") / "samples" / "car1-320.jpg").read_bytes()
NAMES = (
    "Дмитрий Соколов", "Константин Константинович Константинопольский-Задунайский", "Anna", "Ольга П.", "😀 Игорь", "Ё", "Мария-Антуанетта",
    "Сергей", "Николай", "Александра", "Пётр", "Тимур", "Zhanna", "Олег", "Вера",
)  # fmt: skip
SAID = (
    "Добрый день! Притёрли на парковке задний бампер. Сколько будет стоить и когда можно приехать?",
    "https://example.com/" + "very-long-address-" * 12,
    "Да",
    "А" * 180,
    "Записался, спасибо. А скидку на полировку фар сделаете, если оформлю по КАСКО?",
)


async def enliven(office: Office, now: datetime) -> None:
    """Fifteen more clients in the garage, their cars, chats and bookings; and the photo of which the cast has only the row."""
    shop = office.world.garage
    await office.given.storage.put(f"{shop.account_id}/0123456789abcdef", _chunks(PHOTO))
    with account_scope(shop.account_id):
        async with office.given.db.account_tx() as tx:
            for number, name in enumerate(NAMES):
                await _client(tx, shop.bot_id, number, name, now)
            await execute(
                tx,
                "insert into callbacks (client_id, chat_id, phone, reason, due_at) select id, $1, '+79161234567', 'скидка по КАСКО', $2"
                " from clients order by id desc limit 3",
                shop.chat_id,
                now - timedelta(minutes=20),
            )


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def _client(tx: AccountTx, bot_id: int, number: int, name: str, now: datetime) -> None:
    client_id = await value(
        tx,
        "insert into clients (name, phone, source) values ($1, $2, 'avito') returning id",
        name,
        f"+791611100{number:02}",
    )
    vehicle_id = await value(
        tx,
        "insert into vehicles (client_id, make, model, year, plate) values ($1, 'Mercedes-Benz', 'GLE Coupe', 2021, $2) returning id",
        client_id,
        f"А{100 + number}КМ797",
    )
    chat_id = await value(
        tx,
        "insert into chats (bot_id, telegram_chat_id, client_id, status, human_called_at, human_reason)"
        " values ($1, $2, $3, 'assistant', $4, $5) returning id",
        bot_id,
        5_000_000 + number,
        client_id,
        now - timedelta(minutes=6) if number % 4 == 0 else None,
        "скидка, которой нет в прайс-листе" if number % 4 == 0 else None,
    )
    for turn in range(1 + number % 3 * 4):
        asked = await value(
            tx,
            "insert into messages (chat_id, role, content, bot_id, update_id, telegram_message_id, created_at)"
            " values ($1, 'user', $2, $3, $4, $4, $5) returning id",
            chat_id,
            SAID[(number + turn) % len(SAID)],
            bot_id,
            900_000 + number * 100 + turn,
            now - timedelta(hours=5 * (12 - turn)),
        )
        turn_id = await value(tx, "insert into turns (chat_id, state, finished_at) values ($1, 'done', now()) returning id", chat_id)
        await execute(tx, "update messages set turn_id = $2 where id = $1", asked, turn_id)
        await execute(
            tx,
            "insert into messages (chat_id, role, content, turn_id, created_at) values ($1, 'assistant', $2, $3, $4)",
            chat_id,
            "По фото предварительно так:\n\n- **Бампер**: 19 500 ₽\n- **Дверь**: от 4 500 ₽\n\nТочно после осмотра. Когда удобно?",
            turn_id,
            now - timedelta(hours=5 * (12 - turn)) + timedelta(minutes=1),
        )
    if number < 8:
        await _booking(tx, (chat_id, client_id, vehicle_id), number, now)


async def _booking(tx: AccountTx, who: tuple[int, int, int], number: int, now: datetime) -> None:
    starts_at = now.replace(minute=0, second=0) + timedelta(hours=number // 2 - 2)
    bay_id = await value(tx, "select id from bays where is_open order by id limit 1 offset $1", number % 2)
    booking_id = await value(
        tx,
        "insert into bookings (chat_id, client_id, vehicle_id, number, status, service_type, during, bay_id)"
        " values ($1, $2, $3, $4, 'confirmed', 'Ремонт и окраска заднего бампера', tstzrange($5, $6), $7) returning id",
        *who,
        100 + number,
        starts_at,
        starts_at + timedelta(minutes=50),
        bay_id,
    )
    await execute(tx, "insert into booking_events (booking_id, event, actor) values ($1, 'confirmed', 'system')", booking_id)
