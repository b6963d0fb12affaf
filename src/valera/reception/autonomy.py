"""Autonomy: how much the assistant does by itself, as each shop has set it.

The table of what remains in which mode stands in docs/inbox.md.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from valera.chats.tools import CALL_HUMAN
from valera.clients.tools import SAVE_CLIENT
from valera.followup.callbacks.tools import REQUEST_CALLBACK
from valera.reception import autonomy_queries as queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.assistant.tools import Tool
    from valera.kit.db import AccountTx

SETTING = "autonomy"


class Autonomy(StrEnum):
    """ANSWERS: it says what passes the gates. DRAFTS: a member sends what it proposes. REQUESTS: it names no price and no time, books
    nothing, takes requests and calls people.
    """

    ANSWERS = "answers"
    DRAFTS = "drafts"
    REQUESTS = "requests"


FOR_REQUESTS = frozenset({SAVE_CLIENT.name, REQUEST_CALLBACK.name, CALL_HUMAN.name})
"""Not the waitlist: it offers times by itself."""


def read_autonomy(given: object) -> Autonomy:
    """As it stands in the shop's settings; nothing there, or what nobody knows, is the default of a new shop."""
    return Autonomy(given) if isinstance(given, str) and given in set(Autonomy) else Autonomy.ANSWERS


async def get_autonomy(tx: AccountTx) -> Autonomy:
    return read_autonomy(await queries.select_autonomy(tx))


async def set_autonomy(tx: AccountTx, autonomy: Autonomy) -> None:
    """Holds from the next turn on."""
    await queries.update_autonomy(tx, autonomy.value)


def allowed(tools: Sequence[Tool], autonomy: Autonomy, *, only_looks: bool) -> Sequence[Tool]:
    """``only_looks``: a person has the chat, and the assistant writes a draft for them; nothing is changed by that."""
    if autonomy == Autonomy.REQUESTS:
        tools = [tool for tool in tools if tool.name in FOR_REQUESTS]
    return [tool for tool in tools if not tool.has_effect] if only_looks else tools
