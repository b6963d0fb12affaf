"""Canned replies: what members send again and again. ``{name}``, ``{slot}`` and the like are filled in when one is chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.chats import desk_queries as queries
from valera.kit.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valera.kit.db import AccountTx

LONGEST_TITLE, LONGEST_TEXT = 60, 2000
BLANK = "____"
"""Where nothing is known: whoever sends it sees the hole."""
PLACE = re.compile(r"\{([a-z]+)\}")
PLACES = ("name", "car", "slot", "number", "shop", "me")


class ReplyNotFound(NotFound):
    """The shop has no such canned reply."""


class TitleTaken(Conflict):
    """Another canned reply is called so."""


@dataclass(frozen=True, slots=True)
class CannedReply:
    id: int
    title: str
    text: str

    def filled(self, words: Mapping[str, str]) -> str:
        """``words`` by place; a place that does not exist stays as it is written."""
        return PLACE.sub(lambda found: (words.get(found[1]) or BLANK) if found[1] in PLACES else found[0], self.text)


@dataclass(frozen=True, slots=True)
class ClientWords:
    """``starts_at`` and ``number``: of the next visit, if one is booked."""

    name: str
    shop: str
    car: str
    starts_at: datetime | None
    number: int | None


async def list_replies(tx: AccountTx) -> list[CannedReply]:
    return await queries.select_replies(tx, CannedReply)


async def get_reply(tx: AccountTx, reply_id: int) -> CannedReply:
    found = await queries.select_reply(tx, CannedReply, reply_id)
    if found is None:
        raise ReplyNotFound("There is no such canned reply.")
    return found


async def add_reply(tx: AccountTx, *, title: str, text: str) -> int:
    """Raises Invalid, TitleTaken."""
    title, text = _checked(title, text)
    made = await queries.insert_reply(tx, title=title, text=text)
    if made is None:
        raise TitleTaken("Another canned reply is called so.")
    return made


async def change_reply(tx: AccountTx, reply_id: int, *, title: str, text: str) -> None:
    """Raises Invalid, TitleTaken, ReplyNotFound."""
    title, text = _checked(title, text)
    changed = await queries.update_reply(tx, reply_id, title=title, text=text)
    if changed is None:
        raise TitleTaken("Another canned reply is called so.")
    if not changed:
        raise ReplyNotFound("There is no such canned reply.")


async def remove_reply(tx: AccountTx, reply_id: int) -> None:
    if not await queries.delete_reply(tx, reply_id):
        raise ReplyNotFound("There is no such canned reply.")


def _checked(title: str, text: str) -> tuple[str, str]:
    title, text = " ".join(title.split()), text.strip()
    fields = {
        name: "length"
        for name, given, most in (("title", title, LONGEST_TITLE), ("text", text, LONGEST_TEXT))
        if not 1 <= len(given) <= most
    }
    if fields:
        raise Invalid("A canned reply has a title and a text.", fields=fields)
    return title, text
