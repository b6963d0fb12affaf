"""Confirmation outside the model: a client's button, or a plain yes that code matches to the one proposal it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.accounts.account import get_account
from valera.accounts.fact import list_facts
from valera.assistant.journal import Step, StepKind
from valera.bookings import booking as bookings
from valera.bookings.card import NO, SLOT, YES, buttons_for, card
from valera.bookings.wording import PROBLEMS, ask, explain_problem
from valera.chats.chat import Chat, say
from valera.clients.client import get_client
from valera.kit.errors import Conflict
from valera.kit.phrases import Phrases
from valera.reception import turn_queries as queries
from valera.russian.words import is_plain_no, is_plain_yes

if TYPE_CHECKING:
    from datetime import datetime

    from valera.accounts.account import Account
    from valera.kit.db import AccountTx
    from valera.telegram.outbox.delivery import Keyboard

PHRASES = Phrases.load("valera.reception")


def label(data: str, locale: str) -> str:
    """How a press stands in the dialogue: the client's choice in words."""
    verb = data.partition(":")[0]
    return PHRASES.say(locale, f"pressed.{verb}" if verb in {YES, NO, SLOT} else "pressed.other")


async def take_press(tx: AccountTx, account: Account, chat: Chat, *, message_id: int, data: str, now: datetime) -> None:
    """``yes:<key>``, ``no:<key>``, ``slot:<key>``. A stale or foreign key changes nothing and says so."""
    verb, _, key = data.partition(":")
    turn_id = await queries.insert_turn_by_code(tx, chat_id=chat.id, trigger="button")
    await queries.mark_answered(tx, message_id=message_id, turn_id=turn_id)
    await _decide(tx, account, chat, turn_id=turn_id, message_id=message_id, verb=verb, key=key, now=now)


def may_be_word(text: str) -> bool:
    """A plain yes or no: whether it decides anything, `take_word` finds out."""
    return is_plain_yes(text) or is_plain_no(text)


async def take_word(tx: AccountTx, chat: Chat, *, message_id: int, text: str, now: datetime) -> bool:
    """For a text that `may_be_word`. True: it answered the proposal that the client heard last, and nothing else was waiting."""
    verb = YES if is_plain_yes(text) else NO
    proposal = await bookings.open_proposal(tx, chat.id, now)
    if proposal is None or await queries.count_unanswered(tx, chat.id) != 1:
        return False
    if await queries.last_spoken_turn(tx, chat.id) != await queries.select_proposing_turn(tx, proposal.id):
        return False
    turn_id = await queries.insert_turn_by_code(tx, chat_id=chat.id, trigger="message")
    await queries.mark_answered(tx, message_id=message_id, turn_id=turn_id)
    account = await get_account(tx)
    await _decide(tx, account, chat, turn_id=turn_id, message_id=message_id, verb=verb, key=proposal.key, now=now)
    return True


async def _decide(
    tx: AccountTx, account: Account, chat: Chat, *, turn_id: int, message_id: int, verb: str, key: str, now: datetime
) -> None:
    locale = account.locale
    keyboard: Keyboard | None = None
    try:
        async with tx.savepoint():
            if verb == YES:
                text = await _accept(tx, account, chat, message_id=message_id, key=key, now=now)
            elif verb == NO:
                declined = await bookings.decline(tx, chat_id=chat.id, key=key, now=now)
                text = PHRASES.say(locale, f"declined.{declined.kind.value}")
            elif verb == SLOT:
                proposal = await bookings.take_offer(tx, chat_id=chat.id, client_id=chat.client_id, offer_key=key, turn_id=turn_id, now=now)
                text, keyboard = ask(proposal, account.zone, locale), buttons_for(proposal, locale)
            else:
                text = PHRASES.say(locale, "button_unknown")
    except PROBLEMS as problem:
        text = explain_problem(problem, account.zone, locale)
    except Conflict:
        text = PHRASES.say(locale, "button_stale")
    await queries.insert_steps(tx, [Step(turn_id, 1, 1, StepKind.CODE, None, {"what": verb, "said": text}, 0)])
    await say(
        tx, chat.id, text, turn_id=turn_id, keyboard=keyboard, origin={"model": "code", "tokens": {"input": 0, "output": 0}, "cost": "0"}
    )


async def _accept(tx: AccountTx, account: Account, chat: Chat, *, message_id: int, key: str, now: datetime) -> str:
    accepted = await bookings.accept(tx, chat_id=chat.id, key=key, message_id=message_id, now=now)
    text = card(accepted, zone=account.zone, address=(await list_facts(tx)).get("address", ""), locale=account.locale)
    if accepted.kind == bookings.ProposalKind.BOOK and (await get_client(tx, chat.client_id)).phone is None:
        text += "\n\n" + PHRASES.say(account.locale, "ask_phone")
    return text
