"""While a model writes, the client sees the sentences that have passed the gates, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, DeltaToolCalls, FunctionModel
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings

from tests.assistant.rehearsal import TOOLS, MemoryJournal, Player, asked
from valera.assistant.chain.link import Chain, Link
from valera.assistant.errors import ModelError
from valera.assistant.loop import Reply, Respond

SENTENCES = "Здравствуйте! Покраска бампера стоит 12 000 ₽. Записать вас?"


@dataclass
class Onlooker:
    wants_text: bool = True
    seen: list[str] = field(default_factory=list[str])

    def calls(self, tool: str) -> None:
        self.seen.append(f"({tool})")

    def writes(self, text: str) -> None:
        self.seen.append(text)


@dataclass
class Writer:
    """Writes its lines in pieces of seven characters; a list is a tool call."""

    lines: list[str | list[str]]
    is_whole: bool = True

    async def __call__(self, _: list[ModelMessage], __: AgentInfo) -> AsyncIterator[str | DeltaToolCalls]:
        line = self.lines.pop(0)
        if isinstance(line, list):
            yield {0: DeltaToolCall(line[0], "{}", tool_call_id="c1")}
            return
        for start in range(0, len(line), 7):
            yield line[start : start + 7]

    @property
    def link(self) -> Link:
        return Link("openai:x", Ending(FunctionModel(stream_function=self), is_whole=self.is_whole))


class Ending(WrapperModel):
    """As a provider's stream, which says in the end why it ends; unless it was cut."""

    def __init__(self, wrapped: Model, *, is_whole: bool) -> None:
        super().__init__(wrapped)
        self._is_whole = is_whole

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: Any = None,
    ) -> AsyncIterator[StreamedResponse]:
        async with super().request_stream(messages, model_settings, model_request_parameters, run_context) as stream:
            stream.finish_reason = "stop" if self._is_whole else None
            yield stream


async def answer(chain: Chain, onlooker: Onlooker, *, forbidden: str = "—") -> Reply:
    def review(text: str, _: object) -> tuple[str, ...]:
        return (f"{forbidden} has no source",) if forbidden in text else ()

    return await Respond(chain, TOOLS, MemoryJournal(), review, watcher=onlooker)(asked())


async def test_sentences_are_seen_one_by_one_and_the_answer_is_whole() -> None:
    onlooker = Onlooker()

    reply = await answer(Chain((Writer([SENTENCES]).link,)), onlooker)

    assert reply.text == SENTENCES
    assert onlooker.seen == ["Здравствуйте!", "Здравствуйте! Покраска бампера стоит 12 000 ₽."]


async def test_a_lie_is_never_seen_and_the_repair_is() -> None:
    onlooker = Onlooker()
    model = Writer([SENTENCES.replace("12 000", "99"), SENTENCES])

    reply = await answer(Chain((model.link,)), onlooker, forbidden="99")

    assert reply.text == SENTENCES
    assert not any("99" in seen for seen in onlooker.seen)
    assert onlooker.seen[-1] == "Здравствуйте! Покраска бампера стоит 12 000 ₽."


async def test_tools_are_told_and_what_follows_is_written() -> None:
    onlooker = Onlooker()

    await answer(Chain((Writer([["find_prices"], SENTENCES]).link,)), onlooker)

    assert onlooker.seen[0] == "(find_prices)"
    assert onlooker.seen[1] == "Здравствуйте!"


async def test_nobody_who_wants_no_text_hears_any() -> None:
    onlooker = Onlooker(wants_text=False)

    await answer(Chain((Player("a", [SENTENCES]).link,)), onlooker)

    assert onlooker.seen == []


async def test_a_stream_that_breaks_off_is_no_answer_and_the_next_is_asked() -> None:
    cut = Writer([SENTENCES[:40]], is_whole=False)

    with pytest.raises(ModelError):
        await answer(Chain((cut.link,)), Onlooker())
    cut.lines.append(SENTENCES[:40])
    reply = await answer(Chain((cut.link, Writer([SENTENCES]).link)), Onlooker())

    assert reply.text == SENTENCES
