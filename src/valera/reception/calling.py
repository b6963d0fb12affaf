"""«человек» always works: a client who asks for a person gets one by code, whichever model is set, refuses or is down."""

from __future__ import annotations

import functools
import tomllib
from enum import StrEnum
from importlib import resources
from typing import TYPE_CHECKING

from valera.analytics.event import EventType, track
from valera.chats.chat import call_human
from valera.kit.phrases import Phrases
from valera.russian.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.chats.chat import Chat
    from valera.kit.db import AccountTx

PHRASES = Phrases.load("valera.reception")
LONGEST_PLEA = 120
LONGEST_QUOTE = 200
REACH = 5
"""Words between «позовите» and «человека»."""


class Plea(StrEnum):
    """ALONE: nothing else is said, so code answers it all. BESIDE: the rest still wants an answer."""

    NONE = "none"
    BESIDE = "beside"
    ALONE = "alone"


def read_plea(text: str) -> Plea:
    """«человек», «позовите менеджера», «можно поговорить с живым человеком?», "talk to a human". «вы человек?» asks something else."""
    words = [token.folded for token in tokens(text)]
    lemmas = [token.lemma for token in tokens(text)]
    person, call, beside = _words("person"), _words("call"), _words("beside")
    if not any(lemma in person or word in person for word, lemma in zip(words, lemmas, strict=True)):
        return Plea.NONE
    is_denied = bool(set(words) & _words("denial")) and not set(words) & _words("robot")
    if is_denied or set(words) & _words("who"):
        return Plea.BESIDE if _calls(words, lemmas) else Plea.NONE
    allowed = person | call | beside
    if len(text) <= LONGEST_PLEA and all(word in allowed or lemma in allowed for word, lemma in zip(words, lemmas, strict=True)):
        return Plea.ALONE
    return Plea.BESIDE if _calls(words, lemmas) else Plea.NONE


def _calls(words: Sequence[str], lemmas: Sequence[str]) -> bool:
    """A word that calls, and soon behind it whom."""
    strong, person, denial = _words("strong"), _words("person") | _words("master"), _words("denial")
    for at, (word, lemma) in enumerate(zip(words, lemmas, strict=True)):
        if (word in strong or lemma in strong) and not set(words[max(0, at - 2) : at]) & denial:
            behind = {*words[at + 1 : at + 1 + REACH], *lemmas[at + 1 : at + 1 + REACH]}
            if behind & person and not set(words[at + 1 : at + 1 + REACH]) & denial:
                return True
    return False


async def call(tx: AccountTx, chat: Chat, text: str, *, locale: str) -> str:
    """What to tell the client. The chat waits for a person from here on."""
    if chat.human_called_at is not None:
        return PHRASES.say(locale, "human.waits")
    quote = " ".join(text.split())[:LONGEST_QUOTE]
    await call_human(tx, chat.id, reason=PHRASES.say(locale, "human.reason", quote=quote))
    await track(tx, EventType.HUMAN_CALLED, {"chat": chat.id, "by": "client"})
    return PHRASES.say(locale, "human.called")


@functools.cache
def _words(key: str) -> frozenset[str]:
    return frozenset(_lists()[key].split())


@functools.cache
def _lists() -> dict[str, str]:
    return tomllib.loads(resources.files("valera.reception").joinpath("data/calling.toml").read_text("utf-8"))
