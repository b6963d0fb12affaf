"""An answer that is read while it is written: what may become a placeholder is held back until it has become one or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic_ai.messages import (
    PartDeltaEvent,
    PartEndEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
)
from pydantic_ai.models import StreamedResponse

from valera.assistant.masking.ledger import Ledger, split_ready

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import datetime

    from pydantic_ai.messages import ModelResponseStreamEvent
    from pydantic_ai.usage import RequestUsage


@dataclass
class UnmaskedStream(StreamedResponse):
    """Arguments of a tool come whole, when the model has finished them."""

    masked: StreamedResponse
    ledger: Ledger
    _held: dict[int, str] = field(default_factory=dict[int, str], init=False)

    async def _get_event_iterator(self) -> AsyncIterator[ModelResponseStreamEvent]:
        async for event in self.masked:
            for read in self._read(event):
                yield read
        for index in list(self._held):
            for read in self._flush(index):
                yield read
        self.finish_reason, self.state = self.masked.finish_reason, self.masked.state
        self.provider_response_id, self.provider_details = self.masked.provider_response_id, self.masked.provider_details

    def _read(self, event: ModelResponseStreamEvent) -> Iterator[ModelResponseStreamEvent]:
        manager = self._parts_manager
        match event:
            case (
                PartStartEvent(index=index, part=TextPart(content=text))
                | PartDeltaEvent(index=index, delta=TextPartDelta(content_delta=text))
            ):
                ready, self._held[index] = split_ready(self._held.get(index, "") + text)
                if ready:
                    yield from manager.handle_text_delta(vendor_part_id=index, content=self.ledger.unmask_piece(ready))
            case PartStartEvent(index=index, part=ThinkingPart() as part):
                yield manager.handle_part(vendor_part_id=index, part=part)
            case PartDeltaEvent(index=index, delta=ThinkingPartDelta() as delta):
                yield from manager.handle_thinking_delta(
                    vendor_part_id=index,
                    content=delta.content_delta,
                    signature=delta.signature_delta,
                    provider_name=delta.provider_name,
                    provider_details=delta.provider_details,
                )
            case PartEndEvent(index=index, part=TextPart()):
                yield from self._flush(index)
            case PartEndEvent(index=index, part=ToolCallPart() as part):
                yield manager.handle_tool_call_part(
                    vendor_part_id=index,
                    tool_name=part.tool_name,
                    args=self.ledger.unmask_arguments(part.args),
                    tool_call_id=part.tool_call_id,
                    id=part.id,
                    provider_name=part.provider_name,
                    provider_details=part.provider_details,
                )
            case _:
                pass

    def _flush(self, index: int) -> Iterator[ModelResponseStreamEvent]:
        held = self._held.pop(index, "")
        if held:
            yield from self._parts_manager.handle_text_delta(vendor_part_id=index, content=self.ledger.unmask_piece(held))

    async def close_stream(self) -> None:
        await self.masked.cancel()

    def get_stream_cancel_errors(self) -> tuple[type[BaseException], ...]:
        return self.masked.get_stream_cancel_errors()

    @property
    def usage(self) -> RequestUsage:
        return self.masked.usage

    @property
    def model_name(self) -> str:
        return self.masked.model_name

    @property
    def provider_name(self) -> str | None:
        return self.masked.provider_name

    @property
    def provider_url(self) -> str | None:
        return self.masked.provider_url

    @property
    def timestamp(self) -> datetime:
        return self.masked.timestamp
