"""Asking a model one step at a time, through pydantic-ai's model classes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import AgentRunError, ModelHTTPError, UserError
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.tools import ToolDefinition

from valera.assistant.errors import ModelRefused, ModelTimeout
from valera.kit.db import refuse_inside_transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model

    from valera.assistant.tools import Tool


async def ask(model: Model, messages: list[ModelMessage], tools: Sequence[Tool], *, seconds: float) -> ModelResponse:
    """One answer: text, tool calls or both. Raises ModelTimeout or ModelRefused."""
    refuse_inside_transaction()
    offered = ModelRequestParameters(
        function_tools=[
            ToolDefinition(name=tool.name, description=tool.description, parameters_json_schema=tool.json_schema()) for tool in tools
        ]
    )
    try:
        async with asyncio.timeout(seconds):
            return await model_request(model, messages, model_request_parameters=offered, instrument=False)
    except TimeoutError:
        raise ModelTimeout(f"{model.model_name} did not answer within {seconds:.0f} s.") from None
    except (ModelHTTPError, AgentRunError, UserError) as error:
        raise ModelRefused(f"{model.model_name}: {type(error).__name__}") from None
