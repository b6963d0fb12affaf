"""A dialogue with something of everything that a thread shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from valera.kit.db import AccountTx, account_scope, execute, value
from valera.kit.storage import new_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.cast import Shop
    from valera.kit.db import Database
    from valera.kit.storage import Storage

BEGAN = datetime(2026, 11, 22, 10, 40, tzinfo=UTC)
PRICES = {
    "list_version": 1,
    "currency": "RUB",
    "found": [
        {"item_id": 1, "row": 1, "section": "Окраска", "name": "Бампер", "title": "Бампер", "query": "бампер", "car_class": "2 класс",
         "amount": 12000, "upto": 15000, "is_from": False, "text": "Бампер: 12 000–15 000 ₽"},
    ],
    "missing": ["полировка фар"],
}  # fmt: skip
SLOTS = [[{"text": "Пн, 9:30", "callback_data": "slot:a1"}, {"text": "Вт, 10:00", "callback_data": "slot:b2"}]]


@dataclass(slots=True)
class Talk:
    """Writes into one chat, a minute after the other. ``ids``: what was written, by its words."""

    tx: AccountTx
    shop: Shop
    client_id: int
    chat_id: int
    at: datetime = BEGAN
    ids: dict[str, int] = field(default_factory=dict[str, int])
    written: int = 0

    async def turn(self, state: str = "done") -> int:
        return await value(
            self.tx,
            "insert into turns (chat_id, state, finished_at, created_at) values ($1, $2, $3, $3) returning id",
            self.chat_id,
            state,
            self.at,
        )

    async def says(self, role: str, text: str, *, turn_id: int | None = None, by: int | None = None, **more: Any) -> int:
        self.at += timedelta(minutes=more.get("minutes", 1))
        self.written += 1
        number = 1_000_000 + self.chat_id * 1000 + self.written
        message_id = await value(
            self.tx,
            "insert into messages (chat_id, role, content, turn_id, author_id, attachments, llm_response_data, bot_id, update_id,"
            "   telegram_message_id, pressed, pressed_under, edited_at, created_at)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) returning id",
            self.chat_id,
            role,
            text,
            turn_id,
            by,
            more.get("attachments", []),
            more.get("origin"),
            self.shop.bot_id,
            number if role == "user" else None,
            None if "pressed" in more else number,
            more.get("pressed"),
            more.get("under"),
            self.at if more.get("edited") else None,
            self.at,
        )
        self.ids[text] = message_id
        await execute(self.tx, "update chats set last_message_at = $2 where id = $1", self.chat_id, self.at)
        return message_id

    async def file(self, message_id: int, kind: str, mime_type: str, *, storage: Storage | None = None, body: bytes = b"") -> int:
        key = new_key(self.shop.account_id)
        if storage is not None:
            await storage.put(key, _once(body))
        return await value(
            self.tx,
            "insert into attachments (chat_id, message_id, bot_id, kind, file_id, file_unique_id, storage_key, state, mime_type, size,"
            "   sha256, stored_at) select $1, $2, $3, $4, e ->> 'file_id', e ->> 'file_id', $5, 'stored', $6, $7, sha256('x'), now()"
            "  from messages m cross join jsonb_array_elements(m.attachments) e where m.id = $2 limit 1 returning id",
            self.chat_id,
            message_id,
            self.shop.bot_id,
            kind,
            key,
            mime_type,
            len(body),
        )

    async def step(
        self, turn_id: int, tool: str, arguments: dict[str, Any], result: object, *, outcome: str = "done", ms: int = 2100
    ) -> None:
        await execute(
            self.tx,
            "insert into turn_steps (turn_id, step_no, round, kind, content, ms, created_at)"
            " values ($1, (select count(*) + 1 from turn_steps where turn_id = $1), 1, 'tool', $2, $3, $4)",
            turn_id,
            {"tool": tool, "arguments": arguments, "outcome": outcome, "content": result, "call_id": "c"},
            ms,
            self.at,
        )

    async def deliver(self, message_id: int, text: str, *, turn_id: int | None = None, by: int | None = None, **more: Any) -> int:
        return await value(
            self.tx,
            "insert into deliveries (chat_id, bot_id, telegram_chat_id, message_id, turn_id, author_id, state, text, reply_markup, error,"
            "   unsure, telegram_message_id, sent_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning id",
            self.chat_id,
            self.shop.bot_id,
            self.shop.telegram_chat_id,
            message_id,
            turn_id,
            by,
            more.get("state", "sent"),
            text,
            {"inline_keyboard": more["keyboard"]} if "keyboard" in more else None,
            more.get("error"),
            more.get("unsure", 0),
            more.get("telegram_id", message_id + 5000),
            self.at,
        )


async def new_chat(
    tx: AccountTx, shop: Shop, name: str, *, phone: str | None = None, plate: str | None = None, number: int = 0, status: str = "assistant"
) -> Talk:
    """A client with a car and an empty chat. ``number`` keeps what Telegram calls unique apart."""
    client_id = await value(tx, "insert into clients (name, phone) values ($1, $2) returning id", name, phone)
    if plate is not None:
        await execute(
            tx, "insert into vehicles (client_id, make, model, year, plate) values ($1, 'Kia', 'Rio', 2019, $2)", client_id, plate
        )
    chat_id = await value(
        tx,
        "insert into chats (bot_id, telegram_chat_id, client_id, status, last_message_at, assignee_id)"
        " values ($1, $2, $3, $4, $5, case when $4 = 'human' then $6::bigint end) returning id",
        shop.bot_id,
        8_000_000 + shop.account_id * 10_000 + number,
        client_id,
        status,
        BEGAN + timedelta(seconds=number),
        shop.member_id,
    )
    return Talk(tx, shop, client_id, chat_id)


async def plant_whole_talk(db: Database, shop: Shop, storage: Storage, photos: list[bytes]) -> Talk:
    """Photos, prices, buttons, a booking, a call for a person, a member's words that failed, a note."""
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            await execute(tx, "update memberships set created_at = '2026-01-01'")
            talk = await new_chat(tx, shop, "Дмитрий Соколов", phone="+79161231208", plate="А512КМ797", number=1)
            await _ask(talk, storage, photos)
            await _book(talk)
            await _call_for_a_person(talk)
            return talk


async def _ask(talk: Talk, storage: Storage, photos: list[bytes]) -> None:
    talk.at -= timedelta(days=1)
    await talk.says(
        "user", "Добрый день! Вы работаете по субботам? Ваш сайт https://example.com/hours не открылся", turn_id=await talk.turn()
    )
    await talk.says("assistant", "Добрый день! Да, с 9:00 до 20:00.", turn_id=await talk.turn())
    talk.at = BEGAN
    turn_id = await talk.turn()
    await talk.says("user", "Притёрли на парковке задний бампер. Сколько будет стоить и когда можно приехать?", turn_id=turn_id)
    for number, photo in enumerate(photos):
        attachment = {"kind": "photo", "file_id": f"photo-{number}", "file_unique_id": f"photo-{number}", "state": "stored"}
        message_id = await talk.says("user", "", turn_id=turn_id, attachments=[attachment], minutes=0)
        await talk.file(message_id, "photo", "image/jpeg", storage=storage, body=photo)
    await talk.step(turn_id, "find_prices", {"works": ["бампер", "полировка фар"]}, PRICES)
    await talk.step(
        turn_id, "find_slots", {"when": "на неделе"}, {"slots": [{"label": "Вт, 10:00", "text": "вторник, 24 ноября, 10:00"}]}, ms=140
    )
    text = "Дмитрий, добрый день! По фото предварительно так:\n\n- **Бампер**: ремонт и окраска, 12 000–15 000 ₽\n\nКогда удобно?"
    sources = [{"said": "12 000–15 000 ₽", "kind": "price", "text": "Бампер", "list_version": 1, "rows": [1], "car_class": "2 класс"}]
    message_id = await talk.says("assistant", text, turn_id=turn_id, origin={"sources": sources})
    await talk.deliver(message_id, text, turn_id=turn_id, keyboard=SLOTS, telegram_id=77)


async def _book(talk: Talk) -> None:
    turn_id = await talk.turn()
    pressed = await talk.says("user", "Выбрал время", turn_id=turn_id, pressed="slot:b2", under=77)
    await execute(
        talk.tx, "insert into counters (name, value) values ('booking', 218) on conflict (account_id, name) do update set value = 218"
    )
    starts = datetime(2026, 11, 24, 7, tzinfo=UTC)
    booking_id = await value(
        talk.tx,
        "insert into bookings (chat_id, client_id, number, status, service_type, during, bay_id)"
        " values ($1, $2, 218, 'confirmed', 'Осмотр', tstzrange($3, $4), $5) returning id",
        talk.chat_id,
        talk.client_id,
        starts,
        starts + timedelta(hours=1),
        talk.shop.bays[1],
    )
    await execute(
        talk.tx,
        "insert into booking_events (booking_id, event, actor, message_id, created_at) values ($1, 'confirmed', 'client', $2, $3)",
        booking_id,
        pressed,
        talk.at,
    )
    message_id = await talk.says("assistant", "Записал: **вторник, 24 ноября, 10:00**, осмотр.", turn_id=turn_id, minutes=0)
    await talk.deliver(message_id, "Записал", turn_id=turn_id)


async def _call_for_a_person(talk: Talk) -> None:
    turn_id = await talk.turn()
    await talk.says("user", "Отлично. А если оформлю по КАСКО, скидку на полировку фар сделаете?", turn_id=turn_id)
    await talk.step(turn_id, "call_human", {"reason": "скидки вне прайс-листа"}, {"called": True}, ms=3)
    message_id = await talk.says("assistant", "Спрошу мастера, он ответит здесь.", turn_id=turn_id)
    await talk.deliver(message_id, "Спрошу", turn_id=turn_id)
    for text, attachment in (
        ("", {"kind": "location"}),
        ("", {"kind": "document", "file_id": "doc", "text": "осмотр.pdf", "state": "stored"}),
        ("", {"kind": "voice", "file_id": "voice", "state": "stored"}),
    ):
        message_id = await talk.says("user", text, attachments=[attachment])
        if "file_id" in attachment:
            mime_type = "audio/ogg" if attachment["kind"] == "voice" else "application/pdf"
            await talk.file(message_id, attachment["kind"], mime_type)
    await talk.says("system", "taken_over", by=talk.shop.member_id)
    text = "Здравствуйте! Да, при ремонте по КАСКО полировка со скидкой."
    message_id = await talk.says("manager", text, by=talk.shop.member_id)
    await talk.deliver(
        message_id, text, by=talk.shop.member_id, state="failed", error="bot-blocked: Forbidden: bot was blocked by the user"
    )
    await talk.says("note", "Постоянный клиент, скидку согласовал директор.", by=talk.shop.member_id)
    await talk.says("user", "Спасибо, жду", edited=True)
    await execute(
        talk.tx,
        "update chats set status = 'human', assignee_id = $2, human_called_at = null where id = $1",
        talk.chat_id,
        talk.shop.member_id,
    )


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body
