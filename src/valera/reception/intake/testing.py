"""A bot in private test mode answers its testers. Anybody else is told once a day that it is closed; what they wrote is kept for the team.

Buttons are not looked at here: nobody has one without an answer of the shop's. A chat that a person answers goes on as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.accounts.account import get_account
from valera.accounts.fact import list_facts
from valera.chats.chat import Status
from valera.kit.phrases import Phrases
from valera.reception.intake import queries
from valera.reception.intake.commands import Verb
from valera.reception.intake.room import NOTHING, RawUpdate, Room, TakenIn
from valera.telegram.bots.testing import join_testers
from valera.telegram.files.attachment import want_files

if TYPE_CHECKING:
    from valera.reception.intake.commands import Command
    from valera.telegram.update import Message, User

PHRASES = Phrases.load("valera.reception")
CLOSED = "closed"
"""How a step of the journal calls the sentence."""


async def take_newcomer(room: Room, raw: RawUpdate, message: Message, sender: User, command: Command) -> TakenIn | None:
    """Whoever comes by the test link is a tester. None: it was another command."""
    if command.verb is not Verb.START or not command.payload:
        return None
    if not await join_testers(room.tx, room.bot_id, command.payload, telegram_user_id=sender.id, name=sender.full_name):
        return None
    room.is_tester = True
    chat = await room.enter(message.chat.id, sender)
    if chat.status == Status.HUMAN:
        return None
    taken = await room.keep(chat, raw, "/start", telegram_message_id=message.message_id)
    if taken is None:
        return NOTHING
    account = await get_account(room.tx)
    await room.answer(chat, taken.id, PHRASES.say(account.locale, "testing.joined", shop=account.name), what="start", trigger="start")
    return TakenIn(has_delivery=True)


async def take_stranger(room: Room, raw: RawUpdate, message: Message, sender: User, attachments: list[dict[str, str]]) -> TakenIn | None:
    """None: a person answers this chat, so it is a message like any other."""
    chat = await room.enter(message.chat.id, sender)
    if chat.status == Status.HUMAN:
        return None
    taken = await room.keep(chat, raw, message.words, telegram_message_id=message.message_id, attachments=attachments)
    if taken is None:
        return NOTHING
    if files := message.files():
        await want_files(room.tx, taken.id, files)
    if await queries.was_told(room.tx, chat.id, what=CLOSED):
        return TakenIn(has_files=bool(files))
    locale, phone = (await get_account(room.tx)).locale, (await list_facts(room.tx)).get("phone", "")
    said = [PHRASES.say(locale, "testing.closed")] + ([PHRASES.say(locale, "testing.phone", phone=phone)] if phone else [])
    await room.answer(chat, taken.id, " ".join(said), what=CLOSED)
    return TakenIn(has_delivery=True, has_files=bool(files))
