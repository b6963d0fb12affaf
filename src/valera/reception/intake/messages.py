"""A client's message: words, files, a contact, or something that is told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.accounts.account import get_account
from valera.chats.chat import Status
from valera.clients import queries as client_queries
from valera.clients.client import telegram_phone
from valera.followup import words as followup_words
from valera.kit.phrases import Phrases
from valera.reception import confirmation, turn_queries
from valera.reception.calling import Plea, call, read_plea
from valera.reception.confirmation import Word
from valera.reception.intake import queries
from valera.reception.intake.commands import read_command, take_command
from valera.reception.intake.room import NOTHING, RawUpdate, Room, TakenIn
from valera.reception.intake.testing import take_newcomer, take_stranger
from valera.telegram.content_kinds import told
from valera.telegram.files.attachment import want_files

if TYPE_CHECKING:
    from valera.chats.chat import Chat
    from valera.telegram.update import Contact, Message, User

PHRASES = Phrases.load("valera.reception")


async def take_message(room: Room, raw: RawUpdate, message: Message, sender: User) -> TakenIn:
    command = read_command(message.text) if message.text else None
    if command is not None and (joined := await take_newcomer(room, raw, message, sender, command)):
        return joined
    if raw.is_stranger and not room.is_tester and (kept := await _keep_stranger(room, raw, message, sender)):
        return kept
    if command is not None:
        taken = await take_command(room, raw, message, sender, command)
        if taken is not None:
            return taken
    if message.contact is not None:
        return await _take_contact(room, raw, message, sender, message.contact)
    attachments = content_of(raw, message)
    if not message.words and not attachments:
        return NOTHING  # only what Telegram says of the chat: ignored
    chat = await room.enter(message.chat.id, sender)
    return await _take_words(room, raw, chat, message, words=message.words, attachments=attachments)


async def _keep_stranger(room: Room, raw: RawUpdate, message: Message, sender: User) -> TakenIn | None:
    attachments = content_of(raw, message)
    return await take_stranger(room, raw, message, sender, attachments) if message.words or attachments else NOTHING


def content_of(raw: RawUpdate, message: Message) -> list[dict[str, str]]:
    """Files, or what is told of a message that has neither text nor file."""
    files = message.attachments()
    return files or ([] if message.text else told(raw.body))


async def _take_words(
    room: Room, raw: RawUpdate, chat: Chat, message: Message, *, words: str, attachments: list[dict[str, str]]
) -> TakenIn:
    """A turn becomes due, unless a person answers, a plain word decides what was proposed, or it answers what was said unasked."""
    is_automated = chat.status != Status.HUMAN
    plea = read_plea(words) if is_automated else Plea.NONE
    is_awaited = raw.is_awaited or room.has_spoken
    may_answer = is_automated and is_awaited and plea is Plea.NONE and message.is_own_words and not attachments
    if may_answer and (answered := await _take_answer(room, raw, chat, message, words)):
        return answered
    may_decide = is_automated and (plea is Plea.ALONE or (message.is_own_words and confirmation.may_be_word(words)))
    is_due = not may_decide and is_automated
    taken = await room.keep(
        chat, raw, words, telegram_message_id=message.message_id, attachments=attachments, trigger="message" if is_due else None
    )
    if taken is None:
        return NOTHING
    if files := message.files():
        await want_files(room.tx, taken.id, files)
    if plea is not Plea.NONE and await _call_person(room, chat, taken.id, words, plea):
        return TakenIn(has_delivery=True, has_files=bool(files))
    if not may_decide:
        return TakenIn(turn_in=taken.due_in, has_files=bool(files))
    if plea is Plea.NONE and await confirmation.take_word(room.tx, chat, _word(raw, message, taken.id), now=room.clock.now()):
        return TakenIn(has_delivery=True, has_files=bool(files))
    due_in = await queries.make_turn_due(
        room.tx, chat_id=chat.id, trigger="message", received_at=raw.received_at, quiet=room.settling.quiet, most=room.settling.most
    )
    return TakenIn(turn_in=due_in, has_files=bool(files))


def _word(raw: RawUpdate, message: Message, message_id: int) -> Word:
    replied = message.reply_to_message
    return Word(message_id, message.words, raw.received_at, replied.message_id if replied else None)


async def _take_answer(room: Room, raw: RawUpdate, chat: Chat, message: Message, words: str) -> TakenIn | None:
    """A client says that they come, or how it was. None: it is something else."""
    now = room.clock.now()
    answered = await followup_words.find(room.tx, chat, words, received_at=raw.received_at, now=now)
    if answered is None:
        return None
    taken = await room.keep(chat, raw, words, telegram_message_id=message.message_id)
    if taken is None:
        return NOTHING
    account = await get_account(room.tx)
    said = await followup_words.take(room.tx, account, chat, answered, message_id=taken.id, text=words, now=now)
    turn_id = await room.answer(chat, taken.id, said, what="followup")
    await followup_words.told(room.tx, answered, turn_id=turn_id)
    return TakenIn(has_delivery=True)


async def _call_person(room: Room, chat: Chat, message_id: int, words: str, plea: Plea) -> bool:
    """True: that was all there was to answer."""
    said = await call(room.tx, chat, words, locale=(await get_account(room.tx)).locale)
    if plea is not Plea.ALONE or await turn_queries.count_unanswered(room.tx, chat.id) != 1:
        return False
    await room.answer(chat, message_id, said, what="call_human")
    return True


async def _take_contact(room: Room, raw: RawUpdate, message: Message, sender: User, contact: Contact) -> TakenIn:
    """A phone is the client's if Telegram says that the contact is the sender's own. Another person's is kept for the team to see and
    taken for nobody's.
    """
    chat = await room.enter(message.chat.id, sender)
    if contact.user_id == sender.id:
        phone = telegram_phone(contact.phone_number)
        await client_queries.update_client(room.tx, chat.client_id, name=None, phone=phone)
        return await _take_words(room, raw, chat, message, words=phone, attachments=[])
    card = {"kind": "contact", "name": contact.first_name, "phone": contact.phone_number}
    taken = await room.keep(chat, raw, "", telegram_message_id=message.message_id, attachments=[card])
    if taken is None or chat.status == Status.HUMAN:
        return NOTHING
    locale = (await get_account(room.tx)).locale
    await room.answer(chat, taken.id, PHRASES.say(locale, "contact.foreign"), what="foreign_contact")
    return TakenIn(has_delivery=True)
