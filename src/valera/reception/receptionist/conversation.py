"""The message list as the receptionist reads it: exchanges of the client's words, tool calls with their results, and the reply."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic_ai.messages import ModelRequest, ModelResponse, RetryFeedbackPart, TextPart, ToolCallPart, ToolReturnPart, UserPromptPart

from valera.reception.briefing.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_ai.messages import ModelMessage
    from pydantic_ai.models import ModelRequestParameters

Arguments: TypeAlias = "dict[str, Any]"


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call; arguments that are None are left out, so equal calls compare equal."""

    tool: str
    arguments: Arguments

    @classmethod
    def of(cls, tool: str, **arguments: Any) -> Call:
        return cls(tool, {key: value for key, value in arguments.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Refused:
    """A tool that failed: its sentence is fit for the client."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Step:
    call: Call
    result: Arguments | Refused


@dataclass(frozen=True, slots=True)
class Done:
    """A step that succeeded."""

    call: Call
    result: Arguments


@dataclass(slots=True)
class Exchange:
    """What the client wrote, what was done about it, and what was answered (empty: not yet)."""

    texts: list[str] = field(default_factory=list[str])
    steps: list[Step] = field(default_factory=list[Step])
    reply: str = ""

    def result(self, call: Call) -> Arguments | Refused | None:
        return next((step.result for step in self.steps if step.call == call), None)

    def last_step(self, tool: str) -> Done | None:
        """The last successful call of this tool."""
        done = [Done(step.call, step.result) for step in self.steps if step.call.tool == tool and isinstance(step.result, dict)]
        return done[-1] if done else None

    def refused(self, tool: str) -> Arguments | None:
        """What this tool was called with when it failed, and did not succeed after that."""
        made = [step for step in self.steps if step.call.tool == tool]
        return made[-1].call.arguments if made and isinstance(made[-1].result, Refused) else None

    def last(self, tool: str) -> Arguments | None:
        step = self.last_step(tool)
        return step.result if step else None


@dataclass(frozen=True, slots=True)
class Conversation:
    """``now`` is the exchange that waits for an answer; ``is_refused``: the last draft did not pass the gates."""

    earlier: tuple[Exchange, ...]
    now: Exchange
    shop: Shop | None
    is_refused: bool

    @classmethod
    def read(cls, messages: Sequence[ModelMessage], parameters: ModelRequestParameters) -> Conversation:
        exchanges = _exchanges(messages)
        return cls(tuple(exchanges[:-1]), exchanges[-1], Shop.parse(_instructions(messages, parameters)), _is_refused(messages))


def _exchanges(messages: Sequence[ModelMessage]) -> list[Exchange]:
    found = [Exchange()]
    calls: dict[str, Call] = {}
    for message in messages:
        if isinstance(message, ModelResponse):
            calls |= {
                part.tool_call_id: Call.of(part.tool_name, **part.args_as_dict())
                for part in message.parts
                if isinstance(part, ToolCallPart)
            }
            texts = [part.content for part in message.parts if isinstance(part, TextPart) and part.content.strip()]
            found[-1].reply = "\n".join(filter(None, [found[-1].reply, *texts]))
            continue
        said = [text for part in message.parts if isinstance(part, UserPromptPart) for text in _texts(part)]
        if said and found[-1].reply:
            found.append(Exchange())
        found[-1].texts += said
        returned = [part for part in message.parts if isinstance(part, ToolReturnPart) and part.tool_call_id in calls]
        found[-1].steps += [Step(calls[part.tool_call_id], _result(part)) for part in returned]
    return found


def _is_refused(messages: Sequence[ModelMessage]) -> bool:
    last = messages[-1] if messages else None
    return isinstance(last, ModelRequest) and any(isinstance(part, RetryFeedbackPart) for part in last.parts)


def _texts(part: UserPromptPart) -> list[str]:
    if isinstance(part.content, str):
        return [part.content]
    return [piece for piece in part.content if isinstance(piece, str)]


def _result(part: ToolReturnPart[Any]) -> Arguments | Refused:
    if part.outcome == "success" and isinstance(part.content, dict):
        return part.content
    return Refused(str(part.content))


def _instructions(messages: Sequence[ModelMessage], parameters: ModelRequestParameters) -> str:
    parts = [part.content for part in parameters.instruction_parts or ()]
    written = [message.instructions for message in messages if isinstance(message, ModelRequest) and message.instructions]
    return "\n".join([*written[-1:], *parts])
