"""The wrapper around a model of somebody else's: personal data stay here, placeholders leave, and what comes back is read back."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from pydantic_ai.messages import (
    InstructionPart,
    ModelResponse,
    TextContent,
    TextPart,
    ThinkingPart,
    ToolCallPart,
)
from pydantic_ai.models.wrapper import WrapperModel

from valera.assistant.errors import BadAnswer
from valera.assistant.masking.known import told
from valera.assistant.masking.ledger import Ledger
from valera.assistant.masking.stream import UnmaskedStream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from pydantic_ai import RunContext
    from pydantic_ai.messages import ModelMessage
    from pydantic_ai.models import ModelRequestParameters, StreamedResponse
    from pydantic_ai.settings import ModelSettings
    from pydantic_ai.usage import RequestUsage

log = structlog.get_logger(__name__)

NOTE = (
    "The client's personal data are replaced by marks such as ⟦phone_1⟧, ⟦name_2⟧ or ⟦plate_1⟧. Wherever you mean such a value, in an"
    " answer or in a tool's arguments, copy its mark letter for letter, without endings. Never change or invent a mark, and do not ask"
    " again for what has one."
)


class Masked(WrapperModel):
    """Stateless: the numbers of a request follow from the request alone. What the wrapped model is sent holds no phone, plate, VIN,
    address or name that could be found; what it answers holds no placeholder. Raises BadAnswer when nothing else was in the answer.
    """

    async def request(
        self, messages: list[ModelMessage], model_settings: ModelSettings | None, model_request_parameters: ModelRequestParameters
    ) -> ModelResponse:
        ledger, masked, parameters = _mask(messages, model_request_parameters)
        response = await self.wrapped.request(masked, model_settings, parameters)
        return _unmasked(response, ledger)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        ledger, masked, parameters = _mask(messages, model_request_parameters)
        async with self.wrapped.request_stream(masked, model_settings, parameters, run_context) as stream:
            yield UnmaskedStream(model_request_parameters, stream, ledger)

    async def count_tokens(
        self, messages: list[ModelMessage], model_settings: ModelSettings | None, model_request_parameters: ModelRequestParameters
    ) -> RequestUsage:
        _, masked, parameters = _mask(messages, model_request_parameters)
        return await self.wrapped.count_tokens(masked, model_settings, parameters)


def _mask(
    messages: Sequence[ModelMessage], parameters: ModelRequestParameters
) -> tuple[Ledger, list[ModelMessage], ModelRequestParameters]:
    """Instructions first, as a provider reads them; tools are described the same to everybody."""
    ledger = Ledger(told(messages))
    parts = parameters.instruction_parts
    if parts:
        masked_parts = [replace(part, content=ledger.mask(part.content)) for part in parts]
        parameters = replace(parameters, instruction_parts=[InstructionPart(content=NOTE), *masked_parts])
    return ledger, [_masked_message(message, ledger) for message in messages], parameters


def _masked_message(message: ModelMessage, ledger: Ledger) -> ModelMessage:
    if isinstance(message, ModelResponse):
        return replace(message, parts=[_masked_part(part, ledger) for part in message.parts])
    instructions = f"{NOTE}\n\n{ledger.mask(message.instructions)}" if message.instructions else message.instructions
    return replace(message, parts=[_masked_part(part, ledger) for part in message.parts], instructions=instructions, metadata=None)


def _masked_part(part: Any, ledger: Ledger) -> Any:
    """Whatever kind of part it is: its words and its arguments. Pictures leave as they are."""
    changed: dict[str, Any] = {}
    if (content := getattr(part, "content", None)) is not None:
        changed["content"] = _masked_content(content, ledger)
    if (arguments := getattr(part, "args", None)) is not None:
        changed["args"] = ledger.mask_nested(arguments)
    changed = {name: value for name, value in changed.items() if value is not getattr(part, name)}
    return replace(part, **changed) if changed else part


def _masked_content(content: Any, ledger: Ledger) -> Any:
    if isinstance(content, list | tuple):
        return [replace(piece, content=ledger.mask(piece.content)) if isinstance(piece, TextContent) else ledger.mask_nested(piece)
                for piece in content]  # fmt: skip
    return ledger.mask_nested(content)


def _unmasked(response: ModelResponse, ledger: Ledger) -> ModelResponse:
    parts = [_unmasked_part(part, ledger) for part in response.parts]
    had_text = bool((response.text or "").strip())
    kept = [part for part in parts if not isinstance(part, TextPart) or part.content]
    if had_text and not any(isinstance(part, TextPart | ToolCallPart) for part in kept):
        raise BadAnswer(f"{response.model_name} answered with nothing but marks that it invented.")
    return replace(response, parts=kept)


def _unmasked_part(part: Any, ledger: Ledger) -> Any:
    """What a model thought stays as it wrote it: it may be signed, and nobody is shown it."""
    if isinstance(part, ThinkingPart):
        return part
    if isinstance(part, TextPart):
        return replace(part, content=ledger.unmask(part.content))
    if isinstance(part, ToolCallPart):
        return replace(part, args=ledger.unmask_arguments(part.args))
    return part
