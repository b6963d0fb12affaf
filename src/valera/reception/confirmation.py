"""Confirmation outside the model: a client's button, or a plain yes that code matches to the one proposal it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.accounts.account import get_account
from valera.assistant.journal import Step, StepKind
from valera.bookings.life.booking import BookingUnknown, list_client_bookings, list_client_requests, list_movable
from valera.bookings.proposals.decide import accept, decline, move_instead
from valera.bookings.proposals.holds import expire_stale_holds
from valera.bookings.proposals.offer import MOVES
from valera.bookings.proposals.proposal import Accepted, Proposal, ProposalKind, ProposalUnknown, SecondWish, open_proposal
from valera.bookings.proposals.propose import ask_again, list_beside, propose_cancel, take_offer
from valera.bookings.proposals.search import offer_times, purpose_of_move
from valera.bookings.telling import card as cards
from valera.bookings.telling.details import load_details
from valera.bookings.telling.team import note_requests
from valera.bookings.telling.tell import file_of
from valera.bookings.telling.wording import PROBLEMS, ask, explain_problem, say_another, say_moment, say_moment_short, sentence
from valera.chats.chat import BY_CODE, Chat, say
from valera.clients.client import get_client
from valera.followup import presses
from valera.kit.errors import Conflict
from valera.kit.phrases import Phrases
from valera.reception import turn_queries as queries
from valera.russian.answers import is_plain_no, is_plain_yes

if TYPE_CHECKING:
    from valera.accounts.account import Account
    from valera.kit.db import AccountTx
    from valera.telegram.outbox.delivery import Keyboard
    from valera.telegram.outbox.document import Document

PHRASES = Phrases.load("valera.reception")
VERBS = frozenset({cards.YES, cards.NO, cards.SLOT, cards.INSTEAD, cards.MOVE, cards.CANCEL})
LONGEST_NUMBER = 9
"""Digits of a booking's number that somebody may have meant."""


@dataclass(frozen=True, slots=True)
class Word:
    """A client's own text. ``reply_to``: Telegram's id of the message that it answers, if it answers one."""

    message_id: int
    text: str
    received_at: datetime
    reply_to: int | None


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a client decided by one message, in a turn of code."""

    account: Account
    chat: Chat
    turn_id: int
    message_id: int
    verb: str
    key: str
    now: datetime

    @property
    def locale(self) -> str:
        return self.account.locale


@dataclass(frozen=True, slots=True)
class Said:
    """What code answers."""

    text: str
    keyboard: Keyboard | None = None
    document: Document | None = None


def label(data: str, locale: str) -> str:
    """How a press stands in the dialogue: the client's choice in words."""
    verb = data.partition(":")[0]
    return PHRASES.say(locale, f"pressed.{verb}" if verb in VERBS | presses.VERBS.keys() else "pressed.other")


async def take_press(tx: AccountTx, account: Account, chat: Chat, *, message_id: int, data: str, now: datetime) -> None:
    """``yes:<key>``, ``no:<key>``, ``slot:<key>``, ``instead:<key>-<number>``; ``move:<number>``, ``cancel:<number>``. A stale or foreign
    key changes nothing and says so.
    """
    verb, _, key = data.partition(":")
    turn_id = await queries.insert_turn_by_code(tx, chat_id=chat.id, trigger="button")
    await queries.mark_answered(tx, message_id=message_id, turn_id=turn_id)
    await _carry_out(tx, Pressed(account, chat, turn_id, message_id, verb, key, now))


async def list_bookings(tx: AccountTx, account: Account, chat: Chat, *, now: datetime) -> Said:
    """The client's own, with buttons to move or cancel each."""
    locale, movable = account.locale, await list_movable(tx, chat.client_id, now)
    bookings, requests = await list_client_bookings(tx, chat.client_id, now), await list_client_requests(tx, chat.client_id)
    if not bookings and not requests:
        return Said(PHRASES.say(locale, "bookings.none"))
    lines = [
        PHRASES.say(locale, "bookings.line", number=booking.number, moment=say_moment(booking.starts_at, account.zone, locale))
        for booking in bookings
    ]
    lines += [PHRASES.say(locale, "bookings.request", number=request.number) for request in requests]
    works = [entry.service for entry in (*bookings, *requests)]
    listed = [f"{line}. {sentence(work)}" if work else line for line, work in zip(lines, works, strict=True)]
    text = "\n".join([PHRASES.say(locale, "bookings.list"), *listed])
    return Said(text, cards.buttons_of_bookings((*movable, *requests), locale) or None)


def may_be_word(text: str) -> bool:
    """A plain yes or no: whether it decides anything, `take_word` finds out."""
    return is_plain_yes(text) or is_plain_no(text)


async def take_word(tx: AccountTx, chat: Chat, word: Word, *, now: datetime) -> bool:
    """For a text that `may_be_word`. True: it answered the proposal that the client heard last, and nothing else was waiting."""
    verb = cards.YES if is_plain_yes(word.text) else cards.NO
    proposal = await open_proposal(tx, chat.id, now)
    if proposal is None or await queries.count_unanswered(tx, chat.id) != 1:
        return False
    heard = await queries.find_heard_question(tx, proposal.id, chat_id=chat.id, received_at=word.received_at, reply_to=word.reply_to)
    if heard is None:
        return False
    turn_id = await queries.insert_turn_by_code(tx, chat_id=chat.id, trigger="message")
    await queries.mark_answered(tx, message_id=word.message_id, turn_id=turn_id)
    pressed = Pressed(await get_account(tx), chat, turn_id, word.message_id, verb, proposal.key, now)
    if verb == cards.YES and not await _was_told_of_others(tx, pressed, proposal, heard):
        await _answer(tx, pressed, await _ask_again(tx, pressed, proposal))
    else:
        await _carry_out(tx, pressed)
    return True


async def _was_told_of_others(tx: AccountTx, pressed: Pressed, proposal: Proposal, heard: str) -> bool:
    """Whether the question, as the client heard it, said in our own words that he has bookings already. What a model makes of it may sound
    like the first one.
    """
    others = await list_beside(tx, proposal, client_id=pressed.chat.client_id, now=pressed.now)
    return not others or say_another(others, pressed.account.zone, pressed.locale) in heard


async def _carry_out(tx: AccountTx, pressed: Pressed) -> None:
    account = pressed.account
    try:
        async with tx.savepoint():
            said = await _decide(tx, pressed)
    except SecondWish as wish:
        said = await _ask_again(tx, pressed, wish.proposal)
    except PROBLEMS as problem:
        said = Said(explain_problem(problem, account.zone, account.locale))
    except Conflict:
        said = Said(PHRASES.say(account.locale, "button_stale"))
    await _answer(tx, pressed, said)


async def _answer(tx: AccountTx, pressed: Pressed, said: Said) -> None:
    step = Step(pressed.turn_id, 1, 1, StepKind.CODE, None, {"what": pressed.verb, "said": said.text}, 0)
    await queries.insert_steps(tx, [step])
    await say(
        tx,
        pressed.chat.id,
        said.text,
        turn_id=pressed.turn_id,
        keyboard=said.keyboard,
        document=said.document,
        origin=BY_CODE,
    )


async def _decide(tx: AccountTx, pressed: Pressed) -> Said:  # noqa: PLR0911  (a table of verbs)
    chat, now = pressed.chat, pressed.now
    match pressed.verb:
        case cards.YES:
            accepted = await accept(tx, chat_id=chat.id, key=pressed.key, message_id=pressed.message_id, now=now)
            return await _tell(tx, pressed, accepted)
        case cards.NO:
            declined = await decline(tx, chat_id=chat.id, key=pressed.key, now=now)
            return Said(PHRASES.say(pressed.locale, f"declined.{declined.kind.value}"))
        case cards.INSTEAD:
            return await _move_instead(tx, pressed)
        case cards.SLOT:
            proposal = await take_offer(
                tx, chat_id=chat.id, client_id=chat.client_id, offer_key=pressed.key, turn_id=pressed.turn_id, now=now
            )
            return await _ask(tx, pressed, proposal)
        case cards.CANCEL:
            number = _number(pressed.key)
            proposal = await propose_cancel(tx, chat_id=chat.id, client_id=chat.client_id, number=number, turn_id=pressed.turn_id, now=now)
            return await _ask(tx, pressed, proposal)
        case cards.MOVE:
            return await _show_times(tx, pressed)
        case _:
            return await _take_other(tx, pressed)


async def _take_other(tx: AccountTx, pressed: Pressed) -> Said:
    """Buttons under what was said unasked: reminders, feedback, the waiting list."""
    said = await presses.take(
        tx, pressed.account, pressed.chat, message_id=pressed.message_id, verb=pressed.verb, key=pressed.key, now=pressed.now
    )
    return Said(PHRASES.say(pressed.locale, "button_unknown")) if said is None else Said(said.text, said.keyboard)


async def _ask(tx: AccountTx, pressed: Pressed, proposal: Proposal) -> Said:
    others = await list_beside(tx, proposal, client_id=pressed.chat.client_id, now=pressed.now)
    question = ask(proposal, pressed.account.zone, pressed.locale, others=others)
    return Said(question, cards.buttons_for(proposal, pressed.locale, others=others))


async def _ask_again(tx: AccountTx, pressed: Pressed, proposal: Proposal) -> Said:
    await expire_stale_holds(tx, pressed.now)
    renewed = await ask_again(tx, proposal, client_id=pressed.chat.client_id, turn_id=pressed.turn_id, now=pressed.now)
    return await _ask(tx, pressed, renewed)


async def _move_instead(tx: AccountTx, pressed: Pressed) -> Said:
    key, _, number = pressed.key.partition(MOVES)
    if not number:
        raise ProposalUnknown("No booking is named.")
    accepted = await move_instead(
        tx,
        chat_id=pressed.chat.id,
        client_id=pressed.chat.client_id,
        key=key,
        number=_number(number),
        turn_id=pressed.turn_id,
        message_id=pressed.message_id,
        now=pressed.now,
    )
    return await _tell(tx, pressed, accepted)


async def _show_times(tx: AccountTx, pressed: Pressed) -> Said:
    """The soonest times to which a booking could move; any other the client says in words."""
    chat, zone, locale = pressed.chat, pressed.account.zone, pressed.locale
    purpose = await purpose_of_move(tx, client_id=chat.client_id, number=_number(pressed.key), now=pressed.now)
    _, offers = await offer_times(tx, None, purpose, chat_id=chat.id, turn_id=pressed.turn_id, now=pressed.now)
    moving = purpose.moving
    moment = say_moment(moving.starts_at, zone, locale) if moving else ""
    text = PHRASES.say(locale, "bookings.pick" if offers else "bookings.nothing_free", number=_number(pressed.key), moment=moment)
    slots: Keyboard = [
        [{"text": say_moment_short(shown.starts_at, zone, locale), "callback_data": f"{cards.SLOT}:{shown.key}"}] for shown in offers
    ]
    return Said(text, slots or None)


async def _tell(tx: AccountTx, pressed: Pressed, accepted: Accepted) -> Said:
    account, entry = pressed.account, accepted.booking
    text = cards.card(accepted, await load_details(tx, entry.id), zone=account.zone, locale=account.locale)
    if accepted.kind is ProposalKind.BOOK and (await get_client(tx, pressed.chat.client_id)).phone is None:
        text += "\n\n" + PHRASES.say(account.locale, "ask_phone")
    await note_requests(tx)
    return Said(text, document=await file_of(tx, entry, account=account, now=pressed.now))


def _number(text: str) -> int:
    """Raises BookingUnknown: what is no number names no booking."""
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise BookingUnknown(None)
    return int(text)
