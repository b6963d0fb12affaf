"""`valera models check`: does a link answer, and what can it do. A real request each, as small as it can be."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
from pydantic_ai.messages import BinaryContent, ModelMessage, ModelRequest, UserPromptPart

from valera.assistant.chain.ask import Answer, Question, ask
from valera.assistant.chain.link import Chain, Link
from valera.assistant.errors import (
    BadAnswer,
    KeyRefused,
    ModelError,
    ModelOverloaded,
    ModelTimeout,
    ModelUnknown,
    ModelUnreachable,
    QuotaSpent,
    RequestRejected,
)
from valera.assistant.models.cost import Prices
from valera.assistant.tools import Done, Tool
from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from valera.assistant.models.choice import ModelChoice
    from valera.assistant.models.clients import Clients
    from valera.assistant.models.providers import Address

SECONDS = 20.0
MILLION = 1_000_000

RED_SQUARE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mO4oKBAEmIY1TCqYfhqAABLfxAQegypMgAAAABJRU5ErkJggg=="
)
"""16 × 16 points."""

REASONS: tuple[tuple[type[ModelError], str], ...] = (
    (KeyRefused, "the key is refused"),
    (QuotaSpent, "there is no money left on the account, or its quota is used up"),
    (ModelUnknown, "it knows no such model, or the address is not its own"),
    (ModelUnreachable, "there is no connection to it: look at the network and the address"),
    (ModelTimeout, "it did not answer in time"),
    (ModelOverloaded, "it has too much to do, or too many requests came from here"),
    (RequestRejected, "it does not take the request: the model may not be for chats, or the address not its own"),
    (BadAnswer, "its answer is empty or breaks off"),
)


class Word(msgspec.Struct):
    word: str


async def _unused(*_: object) -> Done:
    return Done({})


PROBE = Tool("note_word", "Notes the word that the user names.", Word, has_effect=False, run=_unused)


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one link. ``tools`` and ``images`` None: it was not tried."""

    name: str
    is_well: bool
    sentence: str
    tools: bool | None = None
    images: bool | None = None
    price: str | None = None

    def of(self, owner: str) -> Finding:
        return replace(self, name=f"{owner}{self.name}")

    def tell(self) -> str:
        """One line."""
        can = [f"{what}: {'yes' if able else 'no'}" for what, able in (("tools", self.tools), ("images", self.images)) if able is not None]
        return f"{'ok ' if self.is_well else 'BAD'} {self.name}: " + ", ".join([self.sentence, *can, *([self.price] if self.price else [])])


async def check_choice(choice: ModelChoice, address: Address, clients: Clients, prices: Prices) -> Finding:
    """Never raises because of the model: what is wrong with it is the finding."""
    name = str(choice)
    if choice.is_scripted:
        return Finding(name, is_well=True, sentence="the receptionist that is built in, needs no provider")
    price = _price(name, prices)
    try:
        link = Link(name, clients.open(choice.known, choice.name, address))
    except Invalid as error:
        return Finding(name, is_well=False, sentence=_as_clause(error.detail), price=price)
    since = time.monotonic()
    try:
        await _ask(link, "Ответьте одним словом: да.")
    except ModelError as error:
        return Finding(name, is_well=False, sentence=_reason(error), price=price)
    sentence = f"answers in {time.monotonic() - since:.1f} s"
    images = await _sees(link) if choice.known.quirks.images else False
    return Finding(name, is_well=True, sentence=sentence, tools=await _calls(link), images=images, price=price)


async def _calls(link: Link) -> bool:
    try:
        response = await _ask(link, "Вызовите инструмент note_word со словом «проба».", tools=(PROBE,))
    except ModelError:
        return False
    return any(call.tool_name == PROBE.name for call in response.response.tool_calls)


async def _sees(link: Link) -> bool:
    try:
        await _ask(link, "Какого цвета квадрат? Одно слово.", BinaryContent(RED_SQUARE, media_type="image/png"))
    except ModelError:
        return False
    return True


async def _ask(link: Link, text: str, *shown: BinaryContent, tools: tuple[Tool, ...] = ()) -> Answer:
    told: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart([text, *shown])], instructions="Это проверка связи.")]
    return await ask(Chain((link,)), Question(told, tools, seconds=SECONDS))


def _reason(error: ModelError) -> str:
    reason = next((reason for sort, reason in REASONS if isinstance(error, sort)), "it fails, or what answers there is no such provider")
    status = error.detail.rpartition("HTTP ")[2] if "HTTP " in error.detail else ""
    wait = f", it asks to wait {error.retry_after:.0f} s" if error.retry_after else ""
    return f"{reason}{f' (HTTP {status})' if status else ''}{wait}"


def _as_clause(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def _price(name: str, prices: Prices) -> str:
    asked, answered = prices.of(name, MILLION, 0).dollars, prices.of(name, 0, MILLION).dollars
    if asked is None or answered is None:
        return "price unknown"
    return f"{_dollars(asked)} in and {_dollars(answered)} out per million tokens"


def _dollars(amount: Decimal) -> str:
    return f"{amount.normalize():f} $"
