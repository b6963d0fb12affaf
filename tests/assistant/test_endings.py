"""Whether an answer came to its end, as providers say it."""

from __future__ import annotations

import pytest
from pydantic_ai.messages import FinishReason, ModelResponse, TextPart

from valera.assistant.chain.failures import refuse_bad_answer
from valera.assistant.errors import AnswerCutShort, AnswerDeclined


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
