"""Words that a model passes on: bounded, on one line, and told back to the client only as far as they name a work or are his own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.chats.chat import Message
from valera.chats.queries import select_messages
from valera.russian.morphology import part_of_speech
from valera.russian.words import tokens

if TYPE_CHECKING:
    from valera.kit.db import AccountTx
    from valera.russian.words import Token

MAX_SERVICE = 200
MAX_COMMENT = 1000
RECENT = 50
NAMING = frozenset({"NOUN", "ADJF", "INFN", "PRTF", "PREP", "CONJ", ""})
"""What names of works are made of; the empty one is for brands and abbreviations. Sums, deeds and promises need other words as well."""


def clean(text: str | None, limit: int) -> str:
    """One line without control characters: it goes to a card and into the database."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text or "").split())[:limit]


async def told_back(tx: AccountTx, chat_id: int, text: str) -> str:
    """``text`` up to its first word that neither names a work nor was written by the client. Questions and cards repeat it in the words of
    code, past all gates: a sum or a phone that a model put into it would look like the shop's own.
    """
    words = tokens(text)
    strange = [word for word in words if not _names(word, text)]
    if not strange:
        return text
    messages = await select_messages(tx, Message, chat_id, RECENT)
    said = {token.folded for message in messages if message.role == "user" for token in tokens(message.content)}
    end = next((word.start for word in strange if word.folded not in said), len(text))
    kept = [word for word in words if word.start < end]
    while end < len(text) and kept and part_of_speech(kept[-1].text) in {"PREP", "CONJ"}:
        end = kept.pop().start
    return text[:end].rstrip(' ,.;:-–—(«"')


def _names(word: Token, text: str) -> bool:
    """An address has a dot or an at sign in it, a phone and a sum have digits."""
    beside = text[max(0, word.start - 1) : word.start] + text[word.start + len(word.text) : word.start + len(word.text) + 2]
    is_address = any(sign in beside for sign in "@/") or (len(beside) > 1 and beside[-2] == "." and beside[-1].isalnum())
    return word.text.isalpha() and not is_address and part_of_speech(word.text) in NAMING
