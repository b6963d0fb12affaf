"""aiogram as an independent witness: it knows the real Bot API and nothing of us."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

aiogram = pytest.importorskip("aiogram", reason="aiogram is not installed: nobody independent checks the simulator's Bot API")

from aiogram import Bot  # noqa: E402
from aiogram.client.session.aiohttp import AiohttpSession  # noqa: E402
from aiogram.client.telegram import TelegramAPIServer  # noqa: E402
from aiogram.exceptions import (  # noqa: E402
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetUserProfileAudios  # noqa: E402
from aiogram.types import (  # noqa: E402
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
    Update,
)

from tests.simulator.conftest import Receiver, Running  # noqa: E402
from valera.simulator.messenger.files import sample  # noqa: E402

BUTTONS = InlineKeyboardMarkup(
    inline_keyboard=[
        [InlineKeyboardButton(text="Да", callback_data="yes:k7", style="success"), InlineKeyboardButton(text="Сайт", url="https://e.org")]
    ]
)


@pytest.fixture
async def witness(running: Running) -> AsyncIterator[Bot]:
    bot = Bot(running.token, session=AiohttpSession(api=TelegramAPIServer.from_base(running.url)))
    yield bot
    await bot.session.close()


async def hear(running: Running, receiver: Receiver, witness: Bot) -> None:
    await witness.set_webhook(receiver.url, secret_token="s", allowed_updates=["message", "callback_query", "my_chat_member"])
    await running.post(f"{running.chat}/messages", {"text": "/start 42"})
    await receiver.until(1)


async def test_bot_learns_who_it_is(running: Running, witness: Bot) -> None:
    me = await witness.get_me()
    assert (me.id, me.is_bot, me.username) == (running.bot.id, True, "garage_bot")


async def test_update_of_a_message_is_one_for_aiogram(running: Running, receiver: Receiver, witness: Bot) -> None:
    await hear(running, receiver, witness)
    message = Update.model_validate(receiver.got[0]).message
    assert message is not None
    assert message.text == "/start 42"
    assert message.from_user is not None
    assert message.from_user.id == message.chat.id == running.person.id
    assert message.entities is not None
    assert message.entities[0].extract_from(message.text) == "/start"


async def test_text_entities_buttons_and_reply_arrive(running: Running, receiver: Receiver, witness: Bot) -> None:
    await hear(running, receiver, witness)
    sent = await witness.send_message(
        running.person.id,
        "Бампер 😀 — 20 000 ₽",
        entities=[
            MessageEntity(type="bold", offset=7, length=2),
            MessageEntity(type="text_link", offset=0, length=6, url="https://e.org/"),
        ],
        reply_markup=BUTTONS,
        reply_parameters=ReplyParameters(message_id=1),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    assert sent.reply_markup is not None
    assert sent.reply_markup.model_dump(exclude_none=True) == BUTTONS.model_dump(exclude_none=True)
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.message_id == 1
    assert sent.entities is not None
    assert sent.text is not None
    assert [entity.extract_from(sent.text) for entity in sent.entities] == ["😀", "Бампер"]


async def test_press_is_heard_and_answered(running: Running, receiver: Receiver, witness: Bot) -> None:
    await hear(running, receiver, witness)
    sent = await witness.send_message(running.person.id, "Записать?", reply_markup=BUTTONS)
    await running.post(f"{running.chat}/presses", {"message_id": sent.message_id, "data": "yes:k7"})
    query = Update.model_validate((await receiver.until(2))[1]).callback_query
    assert query is not None
    assert (query.data, query.message and query.message.message_id) == ("yes:k7", sent.message_id)
    assert await witness.answer_callback_query(query.id, text="Записал", show_alert=True)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await witness.answer_callback_query(query.id)


async def test_contact_and_blocking_are_heard(running: Running, receiver: Receiver, witness: Bot) -> None:
    await hear(running, receiver, witness)
    keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Телефон", request_contact=True)]], resize_keyboard=True)
    await witness.send_message(running.person.id, "Телефон?", reply_markup=keyboard)
    await running.post(f"{running.chat}/contact", {})
    contact = Update.model_validate((await receiver.until(2))[1]).message
    assert contact is not None
    assert contact.contact is not None
    assert (contact.contact.phone_number, contact.contact.user_id) == (running.person.phone, running.person.id)
    await witness.send_message(running.person.id, "Спасибо", reply_markup=ReplyKeyboardRemove())
    async with running.session.put(f"{running.chat}/block") as answer:
        assert answer.status == 204
    member = Update.model_validate((await receiver.until(3))[2]).my_chat_member
    assert member is not None
    assert (member.old_chat_member.status, member.new_chat_member.status) == ("member", "kicked")
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await witness.send_message(running.person.id, "Ау")


async def test_edits_deletion_and_actions_work(running: Running, receiver: Receiver, witness: Bot) -> None:
    await hear(running, receiver, witness)
    sent = await witness.send_message(running.person.id, "раз", reply_markup=BUTTONS)
    edited = await witness.edit_message_text("два", chat_id=running.person.id, message_id=sent.message_id)
    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup) == ("два", None)
    assert await witness.edit_message_reply_markup(chat_id=running.person.id, message_id=sent.message_id, reply_markup=BUTTONS)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await witness.edit_message_reply_markup(chat_id=running.person.id, message_id=sent.message_id, reply_markup=BUTTONS)
    assert await witness.send_chat_action(running.person.id, "typing")
    assert await witness.delete_message(running.person.id, sent.message_id)


async def test_errors_are_the_ones_aiogram_knows(running: Running, witness: Bot) -> None:
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await witness.send_message(running.person.id, "x")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await witness.send_message(1, "x")
    with pytest.raises(TelegramNotFound):
        await witness(GetUserProfileAudios(user_id=1))
    stranger = Bot("123:" + "a" * 35, session=witness.session)
    with pytest.raises(TelegramUnauthorizedError):
        await stranger.get_me()


async def test_webhook_is_described(receiver: Receiver, witness: Bot) -> None:
    await witness.set_webhook(receiver.url, max_connections=5, allowed_updates=["message"])
    info = await witness.get_webhook_info()
    assert (info.url, info.max_connections, info.allowed_updates, info.pending_update_count) == (receiver.url, 5, ["message"], 0)
    assert await witness.delete_webhook(drop_pending_updates=True)
    assert (await witness.get_webhook_info()).url == ""


async def test_updates_are_polled_confirmed_and_left_to_one_poller(running: Running, witness: Bot) -> None:
    for text in ("/start", "раз"):
        await running.post(f"{running.chat}/messages", {"text": text})
    first = await witness.get_updates(limit=1, allowed_updates=["message"])
    assert [update.message and update.message.text for update in first] == ["/start"]
    [second] = await witness.get_updates(offset=first[0].update_id + 1)
    older = asyncio.create_task(witness.get_updates(offset=second.update_id + 1, timeout=30))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(witness.get_updates(offset=second.update_id + 1, timeout=30))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await older
    await running.post(f"{running.chat}/messages", {"text": "два"})
    assert [update.message and update.message.text for update in await newer] == ["два"]


async def test_polling_and_webhook_exclude_each_other(running: Running, receiver: Receiver, witness: Bot) -> None:
    waiting = asyncio.create_task(witness.get_updates(timeout=30))
    await asyncio.sleep(0.05)
    await witness.set_webhook(receiver.url)
    with pytest.raises(TelegramConflictError, match="terminated by setWebhook request"):
        await waiting
    with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
        await witness.get_updates()
    await running.post(f"{running.chat}/messages", {"text": "привет"})
    await receiver.until(1)


async def test_every_medium_is_one_for_aiogram_and_can_be_downloaded(running: Running, receiver: Receiver, witness: Bot) -> None:
    await hear(running, receiver, witness)
    kinds = ("photo", "video", "audio", "voice", "video_note", "document", "sticker")
    for kind in kinds:
        await running.post(f"{running.chat}/media", {"items": [{"kind": kind}]})
    messages = [Update.model_validate(update).message for update in await receiver.until(1 + len(kinds))][1:]
    for kind, message in zip(kinds, messages, strict=True):
        assert message is not None
        assert message.content_type == kind
    photo, voice = messages[0] and messages[0].photo, messages[3] and messages[3].voice
    assert photo is not None
    assert [size.width for size in photo] == [90, 320, 800]
    assert voice is not None
    for file_id, body in ((photo[-1].file_id, sample.photo(0, 800)), (voice.file_id, sample.silence(3))):
        file = await witness.get_file(file_id)
        assert file.file_path is not None
        downloaded = await witness.download_file(file.file_path)
        assert downloaded is not None
        assert downloaded.read() == body


async def test_album_edit_place_forward_and_reaction_are_heard(running: Running, receiver: Receiver, witness: Bot) -> None:
    kinds = ["message", "edited_message", "message_reaction"]
    await witness.set_webhook(receiver.url, allowed_updates=kinds)
    await running.post(f"{running.chat}/media", {"items": [{"kind": "photo", "caption": "вмятина"}, {"kind": "photo"}]})
    async with running.session.patch(f"{running.chat}/messages/1", json={"text": "царапина"}):
        pass
    await running.post(f"{running.chat}/location", {"latitude": 55.75, "longitude": 37.61})
    await running.post(f"{running.chat}/forwards", {"text": "чужое", "author": "Сосед"})
    await running.post(f"{running.chat}/reactions", {"message_id": 1, "emoji": "👍"})
    updates = [Update.model_validate(update) for update in await receiver.until(6)]
    album = [update.message for update in updates if update.message and update.message.media_group_id]
    assert [message.caption for message in album] == ["вмятина", None]
    assert len({message.media_group_id for message in album}) == 1
    edited = next(update.edited_message for update in updates if update.edited_message)
    assert (edited.caption, edited.message_id) == ("царапина", 1)
    assert any(update.message and update.message.location for update in updates)
    assert any(update.message and update.message.forward_origin for update in updates)
    assert any(update.message_reaction for update in updates)


async def test_bot_sends_photos_albums_and_documents(running: Running, receiver: Receiver, witness: Bot) -> None:
    await hear(running, receiver, witness)
    picture = BufferedInputFile(sample.photo(1, 320), "bumper.jpg")
    sent = await witness.send_photo(running.person.id, picture, caption="Бампер")
    assert sent.photo is not None
    assert (sent.caption, sent.photo[-1].width, sent.photo[-1].height) == ("Бампер", 320, 240)
    again = await witness.send_photo(running.person.id, sent.photo[-1].file_id)
    assert again.photo is not None
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
    album = await witness.send_media_group(
        running.person.id, [InputMediaPhoto(media=picture, caption="до"), InputMediaPhoto(media=picture)]
    )
    assert [message.caption for message in album] == ["до", None]
    file = await witness.send_document(running.person.id, BufferedInputFile(b"%PDF-1.4", "смета.pdf"))
    assert file.document is not None
    assert file.document.file_name == "смета.pdf"
    with pytest.raises(TelegramBadRequest, match="failed to get HTTP URL content"):
        await witness.send_photo(running.person.id, "https://example.org/x.jpg")
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await witness.send_photo(running.person.id, picture, caption="я" * 1025)
