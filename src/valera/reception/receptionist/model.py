"""The scripted receptionist as a model like the others: no network, no state, the same answer to the same messages."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models import Model

from valera.reception.receptionist.conversation import Call, Conversation
from valera.reception.receptionist.desk import P
from valera.reception.receptionist.plan import decide

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.settings import ModelSettings

NAME = "scripted-receptionist"


class ScriptedReceptionist(Model[Any]):
    """Answers from the shop block, the conversation and the tools' results; ends every turn with a text."""

    @property
    def model_name(self) -> str:
        return NAME

    @property
    def system(self) -> str:
        return "valera"

    def prepare_messages(
        self,
        messages: list[ModelMessage],
        model_request_parameters: ModelRequestParameters | None = None,  # noqa: ARG002 - the base class names it
    ) -> list[ModelMessage]:
        """As they are: put into words for a language model, the gates' feedback would look like something the client wrote."""
        return list(messages)

    async def request(
        self, messages: list[ModelMessage], model_settings: ModelSettings | None, model_request_parameters: ModelRequestParameters
    ) -> ModelResponse:
        _, parameters = self.prepare_request(model_settings, model_request_parameters)
        conversation = Conversation.read(messages, parameters)
        decision = _decide(conversation, {tool.name for tool in parameters.function_tools})
        parts = [TextPart(decision)] if isinstance(decision, str) else [_call_part(call, len(messages)) for call in decision]
        return ModelResponse(parts=parts, model_name=NAME, provider_name="valera")


def _decide(conversation: Conversation, tools: set[str]) -> list[Call] | str:
    """A draft that the gates refused is not written a second time: what is left is to say so and name the way to a person."""
    if conversation.shop is None:
        return P.say("ru", "unknown_fact")
    if conversation.is_refused:
        return P.say(conversation.shop.locale, "withdrawn")
    return decide(conversation, conversation.shop, tools)


def _call_part(call: Call, position: int) -> ToolCallPart:
    """The id depends on the place in the conversation only: the same request gives the same call."""
    digest = hashlib.sha256(f"{position}:{call.tool}:{sorted(call.arguments.items())}".encode()).hexdigest()
    return ToolCallPart(call.tool, call.arguments, tool_call_id=f"call_{digest[:16]}")
