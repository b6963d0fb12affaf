"""Asking a model one step at a time, through pydantic-ai's model classes; where several are given, the first that answers.

A chain never mixes two providers' work: one link's answer is taken whole, and only after it is written down is it acted on.
"""

from __future__ import annotations

import asyncio
import functools
import time
from typing import TYPE_CHECKING

import structlog
from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import AgentRunError, ModelHTTPError, UserError
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.fallback import FallbackModel
from pydantic_ai.tools import ToolDefinition

from valera.assistant.errors import BadAnswer, ModelError, ModelRefused, ModelTimeout
from valera.kit.db import refuse_inside_transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model

    from valera.assistant.tools import Tool

log = structlog.get_logger(__name__)

CHAIN_SHARE = 0.5
"""Of the time that is left: how much a link may use while others stand behind it."""


def chain(links: Sequence[Model]) -> Model:
    """The first that answers speaks. Raises IndexError without any."""
    return FallbackModel(*links) if len(links) > 1 else links[0]


async def ask(model: Model, messages: list[ModelMessage], tools: Sequence[Tool], *, seconds: float) -> tuple[ModelResponse, Model]:
    """One answer (text, tool calls or both), and whom to ask next: of a chain, the link that answered and those behind it, so that a turn
    does not go to and fro between two. Raises ModelTimeout, ModelRefused or BadAnswer: the last link's, if it is a chain.
    """
    refuse_inside_transaction()
    offered, until = _offer(tuple(tools)), time.monotonic() + seconds
    # pydantic-ai would walk the chain as well, but a link that is silent would use up the time of all.
    links = model.models if isinstance(model, FallbackModel) else [model]
    for place, link in enumerate(links[:-1]):
        try:
            answer = await _ask_one(link, messages, offered, seconds=(until - time.monotonic()) * CHAIN_SHARE)
        except ModelError as error:
            log.warning("model_failed", model=link.model_name, error=error.slug, detail=error.detail)
        else:
            return answer, chain(links[place:]) if place else model
    return await _ask_one(links[-1], messages, offered, seconds=until - time.monotonic()), links[-1]


async def _ask_one(model: Model, messages: list[ModelMessage], offered: ModelRequestParameters, *, seconds: float) -> ModelResponse:
    try:
        async with asyncio.timeout(seconds):
            response = await model_request(model, messages, model_request_parameters=offered, instrument=False)
    except TimeoutError:
        raise ModelTimeout(f"{model.model_name} did not answer within {seconds:.0f} s.") from None
    except ModelHTTPError as error:
        raise ModelRefused(f"{model.model_name}: HTTP {error.status_code}") from None
    except (AgentRunError, UserError) as error:
        raise ModelRefused(f"{model.model_name}: {type(error).__name__}") from None
    if not response.tool_calls and not (response.text or "").strip("\x00 \t\r\n"):
        raise BadAnswer(f"{model.model_name} answered with nothing.")
    return response


@functools.lru_cache(maxsize=8)
def _offer(tools: tuple[Tool, ...]) -> ModelRequestParameters:
    return ModelRequestParameters(
        function_tools=[
            ToolDefinition(name=tool.name, description=tool.description, parameters_json_schema=tool.json_schema()) for tool in tools
        ]
    )
