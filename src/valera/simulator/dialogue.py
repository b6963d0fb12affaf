"""A client's side of a dialogue through the simulator: write, press, wait for the answer. What `valera chat` and whole-path tests use."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import aiohttp

from valera.kit.db import AccountId, Database, account_scope
from valera.kit.errors import NotFound, Upstream
from valera.simulator import queries

if TYPE_CHECKING:
    from types import TracebackType

POLL_SECONDS = 0.02


class NoAnswer(Upstream):
    """Nobody answered in time; a person may have taken the chat over."""


class ButtonNotThere(NotFound):
    """The last messages have no such button."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of the bot. ``tools`` are the calls that led to it, ``ms`` from the client's words to the message in his chat."""

    text: str
    buttons: tuple[str, ...]
    tools: tuple[dict[str, Any], ...]
    model: str | None
    tokens: dict[str, int]
    cost: str | None
    ms: int


@dataclass(frozen=True, slots=True)
class Origin:
    """What the shop's Valera noted about a delivered message."""

    turn_id: int | None
    llm_response_data: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ToolStep:
    kind: str
    content: dict[str, Any]

    def tell(self) -> dict[str, Any]:
        return {"name": self.content["tool"], "arguments": self.content["arguments"], "result": self.content["content"]}


@dataclass(slots=True)
class Dialogue:
    """One person and one bot. ``seen`` is the last message that was read."""

    url: str
    database: Database
    account_id: AccountId
    bot_id: int
    person: str
    patience_seconds: float = 60
    seen: int = 0
    _person_id: int = 0
    _session: aiohttp.ClientSession | None = None
    _buttons: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(base_url=self.url, timeout=aiohttp.ClientTimeout(total=30))
        self._person_id = (await self._post("/api/people", {"name": self.person}))["id"]
        for message in (await self._messages())["messages"]:
            self._notice(message)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._session is not None:
            await self._session.close()

    async def say(self, text: str) -> list[Reply]:
        """Send a text, or press the button of that title for ``[title]``; returns what the bot answered."""
        since = time.perf_counter()
        if text.startswith("[") and text.endswith("]"):
            sent = await self._press(text[1:-1].strip())
        else:
            sent = await self._post(f"{self._chat}/messages", {"text": text})
        return await self._answers(sent["update_id"], since)

    @property
    def _chat(self) -> str:
        return f"/api/bots/{self.bot_id}/people/{self._person_id}"

    async def _press(self, title: str) -> dict[str, Any]:
        found = self._buttons.get(title.casefold())
        if found is None:
            known = ", ".join(f"[{button}]" for button in self._buttons) or "none"
            raise ButtonNotThere(f"There is no button [{title}] to press. Buttons: {known}.")
        message_id, data = found
        return await self._post(f"{self._chat}/presses", {"message_id": message_id, "data": data})

    async def _answers(self, update_id: int, since: float) -> list[Reply]:
        """Everything that arrives until the shop's side has nothing more to do in this chat."""
        arrived: list[tuple[dict[str, Any], int]] = []
        while True:
            if time.perf_counter() - since > self.patience_seconds:
                raise NoAnswer(f"No answer within {self.patience_seconds:.0f} s. `valera verify` and the page tell where it stands.")
            is_at_rest = await self._is_at_rest(update_id)
            new = [message for message in (await self._messages())["messages"] if self._notice(message)]
            arrived += [(message, round((time.perf_counter() - since) * 1000)) for message in new]
            if is_at_rest:
                return [await self._reply(message, ms) for message, ms in arrived]
            await asyncio.sleep(POLL_SECONDS)

    async def _is_at_rest(self, update_id: int) -> bool:
        with account_scope(self.account_id):
            async with self.database.account_tx() as tx:
                return await queries.is_at_rest(tx, bot_telegram_id=self.bot_id, update_id=update_id)

    def _notice(self, message: dict[str, Any]) -> bool:
        """Remember the buttons of a message; True: a new one from the bot."""
        is_new = message["message_id"] > self.seen
        self.seen = max(self.seen, message["message_id"])
        if not message["from"]["is_bot"]:
            self._buttons.clear()
            return False
        for button in _buttons(message):
            if "callback_data" in button:
                self._buttons[button["text"].casefold()] = (message["message_id"], button["callback_data"])
        return is_new

    async def _reply(self, message: dict[str, Any], ms: int) -> Reply:
        with account_scope(self.account_id):
            async with self.database.account_tx() as tx:
                origin = await queries.find_origin(
                    tx, Origin, bot_telegram_id=self.bot_id, telegram_chat_id=self._person_id, message_id=message["message_id"]
                )
                steps = await queries.select_steps(tx, ToolStep, [origin.turn_id]) if origin and origin.turn_id else []
        data = (origin.llm_response_data if origin else None) or {}
        return Reply(
            text=message.get("text", message.get("caption", "")),
            buttons=tuple(button["text"] for button in _buttons(message)),
            tools=tuple(step.tell() for step in steps if step.kind == "tool"),
            model=data.get("model"),
            tokens=data.get("tokens", {"input": 0, "output": 0}),
            cost=data.get("cost"),
            ms=ms,
        )

    async def _messages(self) -> dict[str, Any]:
        return await self._get(f"{self._chat}/messages?after={self.seen}")

    async def _get(self, path: str) -> dict[str, Any]:
        assert self._session is not None
        async with self._session.get(path) as answer:
            return await self._read(answer)

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        assert self._session is not None
        async with self._session.post(path, json=body) as answer:
            return await self._read(answer)

    async def _read(self, answer: aiohttp.ClientResponse) -> dict[str, Any]:
        body = await answer.json(content_type=None)
        if answer.status >= 400:  # noqa: PLR2004
            raise Upstream(f"The simulator refused: {body.get('detail', answer.status)}")
        return body


def _buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", ()) for button in row]
