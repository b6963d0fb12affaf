"""A client's answer to how it was: a mark, and a word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from valera.accounts.notice import NoticeKind, raise_notice, resolve_notice
from valera.followup import queries as visit_queries
from valera.followup.feedback import queries
from valera.followup.visit import numbers_of
from valera.kit.errors import Conflict
from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from valera.accounts.account import Account
    from valera.chats.chat import Chat
    from valera.kit.db import AccountTx

PHRASES = Phrases.load("valera.followup")

RATE = "rate"
BEST, GOOD, BAD = 5, 4, 2
"""From ``GOOD`` up thanks are all; from ``BAD`` down the team is told at once."""
OPEN = timedelta(days=14)
"""How long after the question a mark counts."""
WORD_WITHIN = timedelta(days=1)
LONGEST = 2000

LONE_MARK = re.compile(r"\s*([1-5])\s*(?:/\s*5|из\s+(?:5|пяти)|out of (?:5|five))?\s*[.!)]*\s*", re.IGNORECASE)
ASKS = re.compile(
    r"\?|^\s*/|"
    r"\b(?:сколько|почём|когда|где|куда|как(?:ой|ая|ое|ие)?|можно|можете|подскажите|скажите|хочу|хотел[аи]?|нужн\w*|надо|"
    r"запи(?:ш|с)\w*|перенес\w*|отмен\w*|прайс\w*|цен[аыу]|стоит|стоимость|свободн\w*|"
    r"how|when|where|what|which|could you|would you|please|i (?:want|need|would like)|book|move|cancel|price|cost)\b",
    re.IGNORECASE,
)
"""A question, or a wish for something else. Taken for one it goes to the assistant, who answers: nothing is lost. So rather too many."""


class FeedbackStale(Conflict):
    """Nobody asked in this chat, or too long ago."""


@dataclass(frozen=True, slots=True)
class Asked:
    booking_id: int
    number: int
    asked_at: datetime
    mark: int | None
    marked_at: datetime | None
    has_words: bool


async def rate(tx: AccountTx, account: Account, chat: Chat, *, message_id: int, key: str, now: datetime) -> str:
    """A press on one of five buttons. Another press corrects it. Raises FeedbackStale."""
    numbers = numbers_of(key, 2)
    if numbers is None or not 1 <= numbers[1] <= BEST:
        raise FeedbackStale("There is no such mark.")
    asked = await queries.hold_feedback(tx, Asked, chat_id=chat.id, number=numbers[0])
    if asked is None or now > asked.asked_at + OPEN:
        raise FeedbackStale("Nobody asks for it now.")
    said = await _mark(tx, account, chat, asked, mark=numbers[1], now=now)
    await queries.update_thanked(tx, booking_id=asked.booking_id, turn_id=await visit_queries.turn_of_message(tx, message_id))
    return said


async def find_asked(tx: AccountTx, booking_id: int, text: str, *, now: datetime) -> Asked | None:
    """The booking's feedback, if a text answers it: the question with a lone mark; the thanks for the mark, within a day, with what is
    neither a question nor a wish.
    """
    asked = await queries.hold_of_booking(tx, Asked, booking_id)
    if asked is None:
        return None
    if asked.marked_at is None:
        return asked if now <= asked.asked_at + OPEN and LONE_MARK.fullmatch(text) else None
    return asked if now <= asked.marked_at + WORD_WITHIN and not asked.has_words and may_be_word(text) else None


def may_be_word(text: str) -> bool:
    """Something was said, and it asks for nothing."""
    return any(letter.isalnum() for letter in text) and ASKS.search(text) is None


async def take_text(tx: AccountTx, account: Account, chat: Chat, asked: Asked, *, message_id: int, text: str, now: datetime) -> str:
    """What `find_asked` found an answer is kept. What is said to it."""
    if asked.mark is None and (lone := LONE_MARK.fullmatch(text)):
        return await _mark(tx, account, chat, asked, mark=int(lone[1]), now=now)
    await queries.update_words(tx, booking_id=asked.booking_id, words=text.strip()[:LONGEST], message_id=message_id)
    return PHRASES.say(account.locale, "feedback.noted")


async def _mark(tx: AccountTx, account: Account, chat: Chat, asked: Asked, *, mark: int, now: datetime) -> str:
    await queries.update_mark(tx, booking_id=asked.booking_id, mark=mark, now=now)
    subject = f"booking:{asked.booking_id}"
    if mark <= BAD:
        details = {"chat": chat.id, "number": asked.number, "mark": mark}
        await raise_notice(tx, NoticeKind.BAD_FEEDBACK, details=details, subject=subject)
        return PHRASES.say(account.locale, "feedback.bad")
    await resolve_notice(tx, NoticeKind.BAD_FEEDBACK, subject=subject)
    return PHRASES.say(account.locale, "feedback.good" if mark >= GOOD else "feedback.middling")
