"""The hostile model: answers what its episode says, whatever it is asked, and notes what it was shown."""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic_ai.exceptions import ContentFilterError, ModelHTTPError, UnexpectedModelBehavior
from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models import Model
from pydantic_ai.usage import RequestUsage

from evil.episode import Answer
from evil.references import fill

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pydantic_ai.messages import ModelMessage
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.settings import ModelSettings

    from evil.player import Player

NAME = "model"
LINK = "evil:model"
REPEATED = 5
"""Some providers give the ids of their calls again."""

SILENT = Answer(text="Чем могу помочь?")

PLAYER: ContextVar[Player] = ContextVar("player")
"""Whose turn is being run in this task."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: of which turn, whether it offered a tool, and all that the model was shown."""

    turn: int
    shown: str


@dataclass(eq=False)
class EvilModel(Model[Any]):
    interrupt: Callable[[Player, str], Awaitable[None]] | None = None
    _calls: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def model_name(self) -> str:
        return NAME

    @property
    def system(self) -> str:
        return "evil"

    async def request(
        self, messages: list[ModelMessage], model_settings: ModelSettings | None, model_request_parameters: ModelRequestParameters
    ) -> ModelResponse:
        _, parameters = self.prepare_request(model_settings, model_request_parameters)
        player = PLAYER.get()
        player.note(shown(messages))
        for message in messages:
            if isinstance(message, ModelRequest):
                player.learn(part.content for part in message.parts if isinstance(part, ToolReturnPart))
        answer = player.next_answer(messages, [tool.name for tool in parameters.function_tools])
        if answer.meanwhile and self.interrupt is not None:
            await self.interrupt(player, answer.meanwhile)
        _fail(answer.fault)
        return self._respond(player, answer)

    def _respond(self, player: Player, answer: Answer) -> ModelResponse:
        parts: list[Any] = [TextPart(answer.text)] if answer.text else []
        for call in answer.calls:
            self._calls += 1
            arguments = call.arguments if isinstance(call.arguments, str) else fill(call.arguments, player)
            parts.append(
                ToolCallPart(
                    call.tool, arguments, tool_call_id=f"evil_{self._calls % REPEATED if len(answer.calls) > REPEATED else self._calls}"
                )
            )
        usage = RequestUsage(input_tokens=answer.tokens[0], output_tokens=answer.tokens[1])
        return ModelResponse(parts=parts, usage=usage, model_name=NAME, provider_name="evil", finish_reason=answer.finish)  # pyright: ignore[reportArgumentType]


def _fail(fault: str) -> None:
    match fault:
        case "http":
            raise ModelHTTPError(503, NAME, "overloaded")
        case "broken":
            raise UnexpectedModelBehavior("no JSON")
        case "refused":
            raise ContentFilterError("I cannot help with that.")
        case "stumble":
            raise KeyError("choices")
        case _:
            return


def shown(messages: list[ModelMessage]) -> str:
    """All that the model can read."""
    texts: list[str] = []
    for message in messages:
        texts.append(getattr(message, "instructions", None) or "")
        for part in message.parts:
            content = getattr(part, "content", None)
            texts.append(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, default=str))
    return "\n".join(texts)
