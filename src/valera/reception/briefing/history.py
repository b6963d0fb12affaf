"""What a model is shown of the dialogue so far: the client's messages, what was done, and what was really said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolReturnPart, UserPromptPart

from valera.assistant.journal import Step, StepKind
from valera.assistant.loop import read_response
from valera.chats.chat import Message, Role
from valera.kit.phrases import Phrases
from valera.reception.briefing.content import attachment_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PHRASES = Phrases.load("valera.reception")
MESSAGES = 60
CHARACTERS = 24_000
"""How far back a dialogue is shown message by message; what is older, as a summary."""
SHORTEST = 200


@dataclass(frozen=True, slots=True)
class Dialogue:
    """``messages`` oldest first, ``steps`` of all their turns by turn."""

    messages: tuple[Message, ...]
    steps: dict[int, tuple[Step, ...]]
    locale: str

    @property
    def unanswered(self) -> tuple[Message, ...]:
        return tuple(message for message in self.messages if message.role == Role.USER and message.turn_id is None)

    def before(self, turn_id: int) -> list[ModelMessage]:
        """Everything up to the messages that this turn answers."""
        told: list[ModelMessage] = []
        past = [message for message in self.messages if message.turn_id not in (None, turn_id) or message.role != Role.USER]
        for key, group in groupby((message for message in past if message.turn_id != turn_id), key=lambda message: message.turn_id):
            told += self._exchange(list(group), self.steps.get(key, ()) if key is not None else ())
        return _merged(told)

    def now(self, turn_id: int, *, upto: int) -> list[ModelMessage]:
        """The messages to answer, up to ``upto``; what earlier rounds of this turn did stands between those they knew and the rest."""
        steps = self.steps.get(turn_id, ())
        known_upto = max((step.content["upto"] for step in steps if step.kind == StepKind.MODEL), default=0)
        waiting = _fitted([message for message in self.unanswered if message.id <= upto], self.locale)
        known = [message for message in waiting if message.id <= known_upto]
        new = [message for message in waiting if message.id > known_upto]
        told: list[ModelMessage] = [_asked(known, self.locale)] if known else []
        told += self._carried_out(steps)
        return told + ([_asked(new, self.locale)] if new else [])

    def _exchange(self, messages: Sequence[Message], steps: Sequence[Step]) -> list[ModelMessage]:
        asked = [message for message in messages if message.role == Role.USER]
        told: list[ModelMessage] = [_asked(asked, self.locale)] if asked else []
        told += self._carried_out(steps)
        for message in messages:
            match message.role:
                case Role.ASSISTANT:
                    told.append(ModelResponse(parts=[TextPart(message.content)]))
                case Role.MANAGER:
                    told.append(ModelResponse(parts=[TextPart(PHRASES.say(self.locale, "manager_said", text=message.content))]))
                case Role.SYSTEM:
                    told.append(ModelRequest(parts=[UserPromptPart(PHRASES.say(self.locale, f"note.{message.content}"))]))
                case Role.USER | Role.TOOL | Role.NOTE:  # a note is for the team alone
                    pass
        return told

    def _carried_out(self, steps: Sequence[Step]) -> list[ModelMessage]:
        """The calls that were made and what they returned; a draft that was never sent is not shown."""
        returned = {step.content["call_id"]: step for step in steps if step.kind == StepKind.TOOL}
        told: list[ModelMessage] = []
        for step in steps:
            if step.kind != StepKind.MODEL:
                continue
            calls = [call for call in read_response(step.content).tool_calls if call.tool_call_id in returned]
            if calls:
                told.append(ModelResponse(parts=list(calls)))
                told.append(
                    ModelRequest(
                        parts=[
                            ToolReturnPart(call.tool_name, returned[call.tool_call_id].content["content"], call.tool_call_id)
                            for call in calls
                        ]
                    )
                )
        return told


def client_words(messages: Iterable[Message]) -> tuple[str, ...]:
    return tuple(message.content for message in messages if message.role == Role.USER and message.content)


ToolCall: TypeAlias = "tuple[str, dict[str, object], dict[str, object] | str]"


def tool_calls(steps: Iterable[Step]) -> list[ToolCall]:
    """Steps as the gates read them: tool, arguments, content."""
    return [(step.content["tool"], step.content["arguments"], step.content["content"]) for step in steps if step.kind == StepKind.TOOL]


def _asked(messages: Sequence[Message], locale: str) -> ModelRequest:
    return ModelRequest(parts=[UserPromptPart(_words(message, locale)) for message in messages])


def _fitted(messages: list[Message], locale: str) -> list[Message]:
    """A burst that is too long as a whole is shown with each of its messages cut to an equal share."""
    if sum(len(message.content) for message in messages) <= CHARACTERS:
        return messages
    share = max(SHORTEST, CHARACTERS // len(messages))
    return [
        message
        if len(message.content) <= share
        else replace(message, content=PHRASES.say(locale, "cut", text=message.content[:share], all=len(message.content)))
        for message in messages
    ]


def _words(message: Message, locale: str) -> str:
    shown = [attachment_words(locale, attachment) for attachment in message.attachments]
    return "\n".join([*shown, message.content] if message.content else shown) or attachment_words(locale, {"kind": "empty"})


def _merged(told: list[ModelMessage]) -> list[ModelMessage]:
    """Neighbouring requests become one: providers want the two sides to alternate."""
    merged: list[ModelMessage] = []
    for message in told:
        before = merged[-1] if merged else None
        if isinstance(message, ModelRequest) and isinstance(before, ModelRequest):
            merged[-1] = ModelRequest(parts=[*before.parts, *message.parts])
        else:
            merged.append(message)
    return merged
