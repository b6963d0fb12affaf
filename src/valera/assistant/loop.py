"""Hop 4: model ↔ tools, one step at a time, each step journalled, the text through the gates.

Nothing here knows what the tools do or what the gates look for; both come from the caller.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    RetryFeedbackPart,
    RetryInfo,
    ToolReturnPart,
)

from valera.assistant.errors import BadAnswer, CapReached
from valera.assistant.journal import Step, StepKind
from valera.assistant.models import ask
from valera.assistant.tools import Done, Failed
from valera.kit.db import without_nul

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic_ai.messages import ToolCallPart
    from pydantic_ai.models import Model

    from valera.assistant.journal import Journal
    from valera.assistant.tools import Tool

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Caps:
    """What one turn may use up. ``cost`` in US dollars."""

    answers: int = 8
    calls: int = 12
    tokens: int = 60_000
    cost: Decimal = Decimal("0.50")
    seconds: float = 30


@dataclass(frozen=True, slots=True)
class Reply:
    """``text`` None: what the model wrote twice did not pass the gates. ``violations`` are those of the last draft that was refused."""

    text: str | None
    violations: tuple[str, ...]
    model: str
    tokens: dict[str, int]
    cost: Decimal | None


@dataclass(slots=True)
class _Spent:
    answers: int = 0
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | None = Decimal(0)

    def add(self, content: dict[str, Any]) -> None:
        self.answers += 1
        self.input_tokens += content["usage"]["input_tokens"]
        self.output_tokens += content["usage"]["output_tokens"]
        cost = content["cost"]
        self.cost = None if cost is None or self.cost is None else self.cost + Decimal(cost)

    def refuse_more(self, caps: Caps) -> None:
        spent = self.input_tokens + self.output_tokens
        if self.answers >= caps.answers or spent >= caps.tokens or (self.cost or 0) >= caps.cost:
            raise CapReached(f"The turn used {self.answers} answers and {spent} tokens.")


@dataclass(slots=True)
class Respond:
    """One round of one turn."""

    model: Model
    tools: Sequence[Tool]
    journal: Journal
    review: Callable[[str, Sequence[Step]], tuple[str, ...]]
    caps: Caps = field(default_factory=Caps)
    upto: int = 0

    async def __call__(self, messages: list[ModelMessage]) -> Reply:
        """Ask until there is a text that passes, then return it. Raises ModelError when there is none to be had."""
        written = [step for step in self.journal.steps if step.kind == StepKind.MODEL]
        spent, refused = _Spent(), ()
        while True:
            response = await self._answer(messages, written, spent)
            messages.append(response)
            if response.tool_calls:
                messages.append(ModelRequest(parts=[await self._call(call, spent) for call in response.tool_calls]))
                continue
            text = (response.text or "").replace("\x00", "").strip()
            if not text:
                raise BadAnswer("The model answered with nothing.")
            found = self.review(text, self.journal.steps)
            if not found or refused:
                return Reply(None if found else text, found or refused, response.model_name or self.model.model_name, *_tokens(spent))
            refused = found
            messages.append(ModelRequest(parts=[_feedback(found)]))

    async def _answer(self, messages: list[ModelMessage], written: list[Step], spent: _Spent) -> ModelResponse:
        """From the journal if it is there: then the model is not asked again."""
        if written:
            step = written.pop(0)
            spent.add(step.content)
            return read_response(step.content)
        spent.refuse_more(self.caps)
        since = time.perf_counter()
        response, self.model = await ask(self.model, messages, self.tools, seconds=self.caps.seconds)
        content = _describe(response, self.model) | {"upto": self.upto}
        self.journal.record_answer(content, _ms(since))
        spent.add(content)
        return response

    async def _call(self, call: ToolCallPart, spent: _Spent) -> ToolReturnPart:
        for step in self.journal.steps:
            if step.kind == StepKind.TOOL and step.content["call_id"] == call.tool_call_id:
                return _returned(call, step.content["content"])
        spent.calls += 1
        outcome = await self._run(call, too_many=spent.calls > self.caps.calls)
        return _returned(call, outcome.content if isinstance(outcome, Done) else outcome.sentence)

    async def _run(self, call: ToolCallPart, *, too_many: bool) -> Done | Failed:
        tool = next((tool for tool in self.tools if tool.name == call.tool_name), None)
        arguments = without_nul(call.args_as_dict())
        refusal = _why_not(tool, arguments, too_many=too_many)
        if tool is not None and refusal is None:
            return await self.journal.run_tool(tool, arguments, call.tool_call_id)
        assert refusal is not None
        await self.journal.record_refusal(call.tool_name[:40], _bounded(arguments), call.tool_call_id, refusal)
        return Failed(refusal)


def _why_not(tool: Tool | None, arguments: dict[str, Any], *, too_many: bool) -> str | None:
    """Why a call cannot be made, in words for the model."""
    if tool is None:
        return "There is no such tool."
    if too_many:
        return "No more calls in this turn: answer with what you have."
    try:
        msgspec.convert(arguments, tool.arguments)
    except (msgspec.ValidationError, RecursionError) as error:
        return f"Wrong arguments: {error}"[:300]
    return None


def read_response(content: dict[str, Any]) -> ModelResponse:
    """A journalled answer as the model gave it."""
    [message] = ModelMessagesTypeAdapter.validate_python([content["response"]])
    assert isinstance(message, ModelResponse)
    return message


def _describe(response: ModelResponse, model: Model) -> dict[str, Any]:
    [dumped] = ModelMessagesTypeAdapter.dump_python([response], mode="json")
    return {
        "response": dumped,
        "model": response.model_name or model.model_name,
        "usage": {"input_tokens": response.usage.input_tokens, "output_tokens": response.usage.output_tokens},
        "cost": _cost(response),
    }


def _cost(response: ModelResponse) -> str | None:
    """US dollars, None where nobody knows the price of the model."""
    if not (response.usage.input_tokens or response.usage.output_tokens):
        return "0"
    try:
        return str(response.cost().total_price)
    except (LookupError, ValueError, AssertionError):
        return None


def _tokens(spent: _Spent) -> tuple[dict[str, int], Decimal | None]:
    return {"input": spent.input_tokens, "output": spent.output_tokens}, spent.cost


def _returned(call: ToolCallPart, content: object) -> ToolReturnPart:
    return ToolReturnPart(tool_name=call.tool_name, content=content, tool_call_id=call.tool_call_id)


def _feedback(violations: tuple[str, ...]) -> RetryFeedbackPart:
    text = "The client did not see this answer. Write it again without these mistakes:\n" + "\n".join(f"- {found}" for found in violations)
    return RetryFeedbackPart(content=text, retry=RetryInfo(cause="model_retry", attempt=1, max_retries=1))


def _bounded(arguments: dict[str, Any]) -> dict[str, Any]:
    """A refused call is kept for whoever looks into it, not at any size."""
    size = len(msgspec.json.encode(arguments))
    return arguments if size <= 4000 else {"omitted_bytes": size}  # noqa: PLR2004


def _ms(since: float) -> int:
    return round((time.perf_counter() - since) * 1000)
