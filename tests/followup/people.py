"""Clients of the garage who want something, each in a chat of their own, and the tools that are called for them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tests.followup.conftest import Aftermath
from valera.assistant.tools import Done, Failed, Tool, ToolContext
from valera.bookings.proposals.decide import accept
from valera.bookings.proposals.offer import Purpose, offer
from valera.bookings.proposals.propose import hold_slot
from valera.chats.chat import get_chat
from valera.kit.db import AccountTx, account_scope, value

MOSCOW = ZoneInfo("Europe/Moscow")


@dataclass(frozen=True, slots=True)
class Person:
    after: Aftermath
    user: int
    chat_id: int
    client_id: int

    async def asks(self, tool: Tool, **arguments: object) -> dict[str, Any] | str:
        """What the tool says, called as a model calls it in a turn that answers the client's last words."""
        async with shop(self.after) as tx:
            turn_id = await value(tx, "select max(id) from turns where chat_id = $1", self.chat_id)
            context = ToolContext(self.chat_id, self.client_id, turn_id, self.after.stage.clock.now(), MOSCOW, "ru")
            outcome: Done | Failed = await tool.run(tx, context, msgspec.json.decode(json.dumps(arguments), type=tool.arguments))
        return outcome.content if isinstance(outcome, Done) else outcome.sentence

    async def commits(self, tool: Tool, **arguments: object) -> dict[str, Any]:
        content = await self.asks(tool, **arguments)
        assert isinstance(content, dict), content
        return content["committed"]

    async def said(self) -> list[str]:
        return await self.after.stage.said(self.user)

    async def buttons(self) -> dict[str, str]:
        return await self.after.stage.buttons(self.user)

    async def books(self, start: datetime) -> None:
        """An hour, the way every time is booked."""
        now = self.after.stage.clock.now()
        async with shop(self.after) as tx:
            (shown,) = await offer(tx, self.chat_id, [start], Purpose("", 60), now=now, hours=1)
            held = await hold_slot(
                tx, chat_id=self.chat_id, client_id=self.client_id, slot_key=shown.key, service=None, turn_id=None, now=now
            )
            message_id = await value(tx, "select max(id) from messages where chat_id = $1", self.chat_id)
            await accept(tx, chat_id=self.chat_id, key=held.key, message_id=message_id, now=now)

    async def presses(self, data: str) -> str:
        await self.after.stage.press(data, user=self.user)
        await self.after.stage.take_in()
        return (await self.said())[-1]


@asynccontextmanager
async def shop(after: Aftermath) -> AsyncIterator[AccountTx]:
    with account_scope(after.stage.shop.account_id):
        async with after.stage.db.account_tx() as tx:
            yield tx


async def person(after: Aftermath, user: int, text: str = "Здравствуйте") -> Person:
    """Somebody who has just written; no model answers."""
    await after.stage.write(text, user=user)
    await after.stage.take_in()
    chat_id = await after.stage.chat_id(user)
    async with shop(after) as tx:
        client_id = (await get_chat(tx, chat_id)).client_id
    return Person(after, user, chat_id, client_id)
