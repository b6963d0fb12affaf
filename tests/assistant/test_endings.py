"""Whether an answer came to its end, as providers say it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic_ai.messages import FinishReason, ModelResponse, TextPart, ToolCallPart

from valera.assistant.chain.failures import refuse_bad_answer, refuse_nesting
from valera.assistant.errors import AnswerCutShort, AnswerDeclined, BadAnswer


def answer(reason: FinishReason | None, *, raw: str | None = None) -> ModelResponse:
    details = {"finish_reason": raw} if raw is not None else None
    return ModelResponse(parts=[TextPart("Да.")], finish_reason=reason, provider_details=details)


@pytest.mark.parametrize(("reason", "raw"), [("stop", "stop"), ("stop", None), ("tool_call", None), (None, "eos_token")])
def test_it_ended(reason: FinishReason | None, raw: str | None) -> None:
    refuse_bad_answer("openai:x", answer(reason, raw=raw), is_remote=True)


@pytest.mark.parametrize(("reason", "raw"), [("length", "max_tokens"), (None, None), (None, "")])
def test_it_broke_off(reason: FinishReason | None, raw: str | None) -> None:
    with pytest.raises(AnswerCutShort):
        refuse_bad_answer("openai:x", answer(reason, raw=raw), is_remote=True)


def test_it_was_declined() -> None:
    with pytest.raises(AnswerDeclined):
        refuse_bad_answer("openai:x", answer("content_filter"), is_remote=True)


def test_models_of_this_process_need_not_say_so() -> None:
    refuse_bad_answer("scripted", answer(None), is_remote=False)


def nested(levels: int) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for _ in range(levels):
        arguments = {"a": [arguments]}
    return arguments


@pytest.mark.parametrize("arguments", [nested(900), "[" * 100_000, '{"a":' * 40 + "1" + "}" * 40])
def test_arguments_nested_beyond_reason_are_no_answer(arguments: str | dict[str, Any]) -> None:
    with pytest.raises(BadAnswer):
        refuse_nesting("openai:x", ModelResponse(parts=[ToolCallPart("find_prices", arguments)]))


@pytest.mark.parametrize("arguments", [nested(15), '{"works": ["[[", "]]"]}', "[{}]" * 100, None])
def test_arguments_of_common_depth_are_looked_at(arguments: str | dict[str, Any] | None) -> None:
    refuse_nesting("openai:x", ModelResponse(parts=[ToolCallPart("find_prices", arguments)]))
