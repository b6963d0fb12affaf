"""Asking a chain for one answer.

A chain never mixes two providers' work: one link's answer is taken whole, and only after it is written down is it acted on; and once a
link has had an effect in a turn, no other is given tools that have one.
"""

from __future__ import annotations

import asyncio
import functools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from pydantic_ai.direct import model_request
from pydantic_ai.messages import InstructionPart, ModelRequest
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.tools import ToolDefinition

from valera.assistant.chain.cleaning import cleaned
from valera.assistant.chain.failures import read_failures, refuse_bad_answer, refuse_nesting
from valera.assistant.chain.stream import request_streamed
from valera.assistant.errors import ModelError, ModelMisconfigured, ModelTimeout
from valera.kit.db import refuse_inside_transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic_ai.messages import ModelMessage, ModelResponse

    from valera.assistant.chain.link import Chain, Link
    from valera.assistant.tools import Tool

log = structlog.get_logger(__name__)

FALLBACK_SECONDS = 10.0
"""Within which somebody else is asked, however many are silent."""

SHARE = 0.5
"""Of that, as far as it is left: how much a link may use while others than the last stand behind it."""

MARGIN_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Question:
    """``holder``: the link that has had an effect in this turn, if one has. ``prefix``: with what the instructions of every turn begin.

    ``seconds`` for all links together, ``fallback_seconds`` for those that are not the last. ``writes`` hears the text as it is written,
    each time from its beginning, of those that write it piece by piece. ``wasted`` is told each answer that came and was of no use: it
    may cost money all the same.
    """

    messages: list[ModelMessage]
    tools: Sequence[Tool] = ()
    holder: str | None = None
    prefix: str = ""
    seconds: float = 30
    fallback_seconds: float = FALLBACK_SECONDS
    writes: Callable[[str], None] | None = None
    wasted: Callable[[Link, ModelResponse], None] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """``rest``: whom to ask next in this turn: the link that answered and those behind it, so that it does not go to and fro."""

    response: ModelResponse
    link: Link
    rest: Chain


async def ask(chain: Chain, question: Question) -> Answer:
    """One answer: text, tool calls or both. Raises the ModelError of the last link when nobody has one."""
    refuse_inside_transaction()
    now = time.monotonic()
    until, fallback_until = now + question.seconds, now + min(question.seconds, question.fallback_seconds - MARGIN_SECONDS)
    *first, last = chain.links
    for place, link in enumerate(first):
        left = fallback_until - time.monotonic()
        if left <= 0 or (attempt := link.breaker.attempt()) is None:
            continue
        is_one_behind = any(not behind.breaker.is_open for behind in first[place + 1 :])
        try:
            response = await _ask_one(link, question, seconds=left * SHARE if is_one_behind else left)
        except ModelError as error:
            attempt.failed(error)
            _tell(link, error)
        except BaseException:
            attempt.dropped()
            raise
        else:
            attempt.answered()
            return Answer(response, link, chain.beginning_with(link))
    return Answer(await _ask_one(last, question, seconds=until - time.monotonic()), last, chain.beginning_with(last))


async def _ask_one(link: Link, question: Question, *, seconds: float) -> ModelResponse:
    offered = _offer(tools_for(link.name, question.tools, question.holder))
    parameters = _with_prefix(offered, question.messages, question.prefix)
    try:
        async with asyncio.timeout(seconds):
            with read_failures(link.name, is_remote=link.is_remote):
                if question.writes is not None and link.is_remote:
                    response = await request_streamed(link.model, question.messages, parameters, question.writes)
                else:
                    response = await model_request(link.model, question.messages, model_request_parameters=parameters, instrument=False)
    except TimeoutError:
        raise ModelTimeout(f"{link.name} did not answer within {seconds:.0f} s.") from None
    try:
        refuse_nesting(link.name, response)
        response = cleaned(response)
        refuse_bad_answer(link.name, response, is_remote=link.is_remote)
    except ModelError:
        if question.wasted is not None:
            question.wasted(link, response)
        raise
    return response


def tools_for(link: str, tools: Sequence[Tool], holder: str | None) -> tuple[Tool, ...]:
    """All of them; once another link has had an effect in this turn, those that have none."""
    return tuple(tool for tool in tools if not tool.has_effect or holder in {None, link})


@functools.lru_cache(maxsize=16)
def _offer(tools: tuple[Tool, ...]) -> ModelRequestParameters:
    return ModelRequestParameters(
        function_tools=[
            ToolDefinition(name=tool.name, description=tool.description, parameters_json_schema=tool.json_schema()) for tool in tools
        ]
    )


def _with_prefix(offered: ModelRequestParameters, messages: list[ModelMessage], prefix: str) -> ModelRequestParameters:
    """The instructions in two parts: what follows the prefix is new in each turn, and no provider's cache should end behind it."""
    said = next(
        (message.instructions for message in reversed(messages) if isinstance(message, ModelRequest) and message.instructions), None
    )
    if not prefix or said is None or not said.startswith(prefix) or said == prefix:
        return offered
    parts = [InstructionPart(prefix.strip()), InstructionPart(said.removeprefix(prefix).strip(), dynamic=True)]
    return ModelRequestParameters(function_tools=offered.function_tools, instruction_parts=parts)


def _tell(link: Link, error: ModelError) -> None:
    said = log.error if isinstance(error, ModelMisconfigured) else log.warning
    said("model_failed", link=link.name, error=error.slug, detail=error.detail)
