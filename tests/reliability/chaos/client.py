"""One client with a telephone: writes, waits for the proposal, presses. Keeps a ledger of everything that it said."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.reliability.chaos.pace import Pace
from tests.reliability.chaos.plan import Ask, Book, Part, Yes, token
from tests.reliability.chaos.telegram import Accepted, Telegram, Thread
from tests.reliability.chaos.webhooks import Hook, Webhooks

PATIENCE_SECONDS = 45
"""How long a client waits for a proposal; then he writes something else."""

LATEST_COPY_SECONDS = 20
FIRST_USER = 50_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One webhook of the shop, as this installation's clients use it."""

    bot: int
    hook: Hook
    update_ids: Iterator[int]


@dataclass(frozen=True, slots=True)
class Said:
    """One update. ``token``: the word by which its answer is known; ``key``: the proposal that a button says yes to."""

    update_id: int
    message_id: int | None
    token: str | None = None
    key: str | None = None


@dataclass(slots=True)
class Client:
    part: Part
    line: Line
    telegram: Telegram
    webhooks: Webhooks
    dice: random.Random
    said: list[Said] = field(default_factory=list[Said])
    confirmed: list[str] = field(default_factory=list[str])
    _background: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _tokens: Iterator[int] = field(default_factory=itertools.count)

    @property
    def user_id(self) -> int:
        return FIRST_USER + self.part.number

    @property
    def thread(self) -> Thread:
        return self.telegram.thread(self.line.bot, self.user_id)

    async def live(self, pace: Pace) -> None:
        """The whole part, and every copy that is still on its way."""
        for act in self.part.acts:
            await pace.reach(act.at)
            match act.does:
                case Ask(messages):
                    for _ in range(messages):
                        await self._write("Здравствуйте, это")
                case Book(when, yes):
                    await self._book(when, yes, answers=act.updates - 1)
        while self._background:
            await asyncio.gather(*self._background)

    async def _book(self, when: str, yes: Yes, *, answers: int) -> None:
        word = await self._write(f"Запишите меня {when}")
        proposed = await self.thread.wait_for(
            lambda message: word in message.text and any(key.startswith("yes:") for key in message.keys), seconds=PATIENCE_SECONDS
        )
        if proposed is None:
            for _ in range(answers):
                await self._write("Здравствуйте, это")
            return
        await asyncio.sleep(self.dice.uniform(0, 1))
        match yes:
            case Yes.PRESS:
                await self._press(proposed)
            case Yes.TWICE:
                await asyncio.gather(self._press(proposed), self._press(proposed))
            case Yes.WORD:
                await self._write_plainly("да", proposed)
            case Yes.BOTH:
                await asyncio.gather(self._press(proposed), self._write_plainly("да", proposed))
            case Yes.NEVER:
                pass

    async def _write(self, text: str) -> str:
        """Returns the word by which the answer will be known."""
        word = token(self.part.number, next(self._tokens))
        await self._send_message(f"{text} {word}", token=word)
        return word

    async def _write_plainly(self, text: str, answered: Accepted) -> None:
        self.confirmed.append(_key(answered))
        await self._send_message(text)

    async def _send_message(self, text: str, *, token: str | None = None) -> None:
        number = self.telegram.next_message_id()
        message = {"message_id": number, "date": int(time.time()), "chat": self._chat(), "from": self._person(), "text": text}
        await self._deliver({"message": message}, Said(next(self.line.update_ids), number, token))

    async def _press(self, under: Accepted) -> None:
        key = _key(under)
        self.confirmed.append(key)
        update_id = next(self.line.update_ids)
        message = {"message_id": under.message_id, "date": int(under.at), "chat": self._chat(), "text": under.text}
        press = {
            "id": f"{self.line.bot}-{update_id}",
            "from": self._person(),
            "chat_instance": "1",
            "data": f"yes:{key}",
            "message": message,
        }
        await self._deliver({"callback_query": press}, Said(update_id, None, key=key))

    async def _deliver(self, update: dict[str, Any], said: Said) -> None:
        """Sent one to three times: a copy goes beside the first or comes late. Returns when the first is answered with 200."""
        self.said.append(said)
        body = json.dumps({"update_id": said.update_id, **update}, ensure_ascii=False).encode()
        _ = self.thread  # from now on the bot may write here
        for _ in range(self.dice.choice((0, 1, 2))):
            late = self.dice.choice((0, self.dice.uniform(0, LATEST_COPY_SECONDS)))
            self._begin(self._copy(body, late))
        await self.webhooks.post(self.line.hook, body)

    async def _copy(self, body: bytes, late: float) -> None:
        await asyncio.sleep(late)
        await self.webhooks.post(self.line.hook, body)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _chat(self) -> dict[str, Any]:
        return {"id": self.user_id, "type": "private", "first_name": f"Клиент {self.part.number}"}

    def _person(self) -> dict[str, Any]:
        return {"id": self.user_id, "is_bot": False, "first_name": f"Клиент {self.part.number}", "language_code": "ru"}


def _key(message: Accepted) -> str:
    return next(key.removeprefix("yes:") for key in message.keys if key.startswith("yes:"))
