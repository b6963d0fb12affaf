"""One request whose text is heard while it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic_ai.direct import model_request_stream
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta

from valera.assistant.chain.failures import has_ended

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model, ModelRequestParameters


async def request_streamed(
    model: Model, messages: list[ModelMessage], parameters: ModelRequestParameters, writes: Callable[[str], None]
) -> ModelResponse:
    """``writes`` is told the text from its beginning, as often as there is more of it. Raises UnexpectedModelBehavior when the stream ends
    without saying that it does: half an answer may look whole.
    """
    text = ""
    async with model_request_stream(model, messages, model_request_parameters=parameters, instrument=False) as stream:
        async for event in stream:
            match event:
                case PartStartEvent(part=TextPart(content=piece)) | PartDeltaEvent(delta=TextPartDelta(content_delta=piece)) if piece:
                    text += piece
                    writes(text)
                case _:
                    pass
        response = stream.get()
    if not has_ended(response):
        raise UnexpectedModelBehavior("The stream broke off.")
    return response
