"""An answer as it can be stored, sent and told to the next model: what a provider lets through is not always text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic_ai.messages import TextPart, ThinkingPart, ToolCallPart

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelResponse

# Halves of surrogate pairs (no database takes them), control characters, marks that turn the direction of writing or hide in a word.
NO_TEXT = re.compile("[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def cleaned(response: ModelResponse) -> ModelResponse:
    """Without what is no text, and with an id of its own for each call: some providers give one twice."""
    parts, seen = list[Any](), set[str]()
    for part in response.parts:
        clean = _clean_part(part)
        if isinstance(clean, ToolCallPart):
            if clean.tool_call_id in seen:
                clean = replace(clean, tool_call_id=f"{clean.tool_call_id}_{len(seen)}")
            seen.add(clean.tool_call_id)
        parts.append(clean)
    return replace(response, parts=parts)


def _clean_part(part: Any) -> Any:
    match part:
        case TextPart() | ThinkingPart() if NO_TEXT.search(part.content):
            return replace(part, content=NO_TEXT.sub("", part.content))
        case ToolCallPart():
            return replace(part, tool_name=NO_TEXT.sub("", part.tool_name), args=_clean_json(part.args))
        case _:
            return part


def _clean_json(value: Any) -> Any:
    match value:
        case str():
            return NO_TEXT.sub("", value)
        case dict():
            return {_clean_json(key): _clean_json(inner) for key, inner in value.items()}
        case list():
            return [_clean_json(inner) for inner in value]
        case _:
            return value
