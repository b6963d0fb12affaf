"""OpenAI's chat completions as bytes: what is taken, what is answered, and the words of a refusal.

Source: the API reference of chat completions; a test compares the fields with those of OpenAI's own client.
"""

from __future__ import annotations

import re
import time
from hashlib import blake2b
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

Name = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]{1,64}\Z")]


class Refusal(Exception):
    """The provider's own error: a status and the object that goes with it."""

    def __init__(
        self, status: int, message: str, *, kind: str = "invalid_request_error", code: str | None = None, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = msgspec.json.encode({"error": {"message": message, "type": kind, "param": param, "code": code}})


# ---- what is asked ------------------------------------------------------------------------------


class TextPart(msgspec.Struct, tag_field="type", tag="text", forbid_unknown_fields=True):
    text: str


class ImagePart(msgspec.Struct, tag_field="type", tag="image_url", forbid_unknown_fields=True):
    image_url: dict[str, str]


Parts = Annotated[list[TextPart | ImagePart], Meta(min_length=1)]
Texts = Annotated[list[TextPart], Meta(min_length=1)]


class CalledFunction(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    arguments: str


class ToolCall(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    type: Literal["function"]
    function: CalledFunction


class System(msgspec.Struct, tag_field="role", tag="system", forbid_unknown_fields=True):
    content: str | Texts
    name: str | UnsetType = UNSET


class Developer(System, tag_field="role", tag="developer", forbid_unknown_fields=True):
    pass


class User(msgspec.Struct, tag_field="role", tag="user", forbid_unknown_fields=True):
    content: str | Parts
    name: str | UnsetType = UNSET


class Assistant(msgspec.Struct, tag_field="role", tag="assistant", forbid_unknown_fields=True):
    content: str | Texts | None = None
    tool_calls: Annotated[list[ToolCall], Meta(min_length=1)] | UnsetType = UNSET
    refusal: str | None = None
    name: str | UnsetType = UNSET

    @property
    def calls(self) -> list[ToolCall]:
        return self.tool_calls or []


class ToolResult(msgspec.Struct, tag_field="role", tag="tool", forbid_unknown_fields=True):
    content: str | Texts
    tool_call_id: str


Message = System | Developer | User | Assistant | ToolResult


class Function(msgspec.Struct, forbid_unknown_fields=True):
    name: Name
    description: str | UnsetType = UNSET
    parameters: dict[str, Any] | UnsetType = UNSET
    strict: bool | None = None


class Tool(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["function"]
    function: Function


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """The parameters that are looked at; the others in `UNHEEDED` may be there with any value."""

    model: Annotated[str, Meta(min_length=1)]
    messages: Annotated[list[Message], Meta(min_length=1)]
    tools: Annotated[list[Tool], Meta(max_length=128)] | UnsetType = UNSET
    tool_choice: str | dict[str, Any] | UnsetType = UNSET
    parallel_tool_calls: bool | UnsetType = UNSET
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    max_tokens: Annotated[int, Meta(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Meta(ge=1)] | None = None
    n: Literal[1] | None = None
    stream: Literal[False] | None = None
    user: str | UnsetType = UNSET


UNHEEDED = frozenset(
    {
        "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "metadata", "modalities", "moderation",
        "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning_effort",
        "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream_options", "top_logprobs", "verbosity",
        "web_search_options",
    }
)  # fmt: skip

_decode = msgspec.json.Decoder(Request).decode
_UNKNOWN = re.compile(r"Object contains unknown field `(\w+)`$")
_PLACE = re.compile(r" - at `\$\.?(.*)`$")


def read_request(body: bytes) -> Request:
    """Raises Refusal 400 in the provider's manner."""
    try:
        asked = _decode(body)
    except msgspec.ValidationError as error:
        asked = _without_unheeded(body, error)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refusal(400, "We could not parse the JSON body of your request.") from None
    _check_calls(asked.messages)
    if asked.tool_choice is not UNSET and asked.tools is UNSET:
        raise Refusal(
            400, "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.", param="tool_choice"
        )
    return asked


def _without_unheeded(body: bytes, error: msgspec.ValidationError) -> Request:
    whole = msgspec.json.decode(body)
    if not isinstance(whole, dict) or not UNHEEDED & whole.keys():
        raise _refused(error) from None
    try:
        return msgspec.convert({key: value for key, value in whole.items() if key not in UNHEEDED}, Request)
    except msgspec.ValidationError as rest:
        raise _refused(rest) from None


def _refused(error: msgspec.ValidationError) -> Refusal:
    words = str(error)
    place = _PLACE.search(words)
    reason, param = (words[: place.start()], place[1]) if place else (words, None)
    if param is None and (unknown := _UNKNOWN.search(reason)):
        return Refusal(400, f"Unrecognized request argument supplied: {unknown[1]}")
    return Refusal(400, f"Invalid value{f' for {param!r}' if param else ''}: {reason}.", param=param, code="invalid_value")


def _check_calls(messages: list[Message]) -> None:
    """Every call has its result right after it, and no result is without a call."""
    open_calls: set[str] = set()
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        if isinstance(message, ToolResult):
            if message.tool_call_id not in open_calls:
                raise Refusal(
                    400,
                    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
                    param=f"{place}.role",
                )
            open_calls.discard(message.tool_call_id)
            continue
        _check_all_answered(open_calls, place)
        if isinstance(message, Assistant):
            if message.content is None and not message.calls and message.refusal is None:
                raise Refusal(400, f"Invalid value for 'content': expected a string, got null. ({place})", param=f"{place}.content")
            open_calls = {call.id for call in message.calls}
    _check_all_answered(open_calls, "messages")


def _check_all_answered(open_calls: set[str], place: str) -> None:
    if open_calls:
        raise Refusal(
            400,
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
            f"The following tool_call_ids did not have response messages: {', '.join(sorted(open_calls))}",
            param=place,
        )


# ---- what is answered ---------------------------------------------------------------------------


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tool that the model wants to be called."""

    name: str
    arguments: dict[str, Any] = {}


class Said(msgspec.Struct, frozen=True):
    """One answer: a text, or calls, or neither, which no real model should give."""

    text: str | None
    calls: tuple[Call, ...] = ()


def write_answer(said: Said, *, model: str, body: bytes) -> bytes:
    """The completion for the request in ``body``; its ids depend on the body alone, so that a repeated request is seen as one."""
    digest = blake2b(body, digest_size=12).hexdigest()
    written = [(call.name, msgspec.json.encode(call.arguments).decode()) for call in said.calls]
    calls = [
        {"id": f"call_{digest}{index}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for index, (name, arguments) in enumerate(written)
    ]
    message: dict[str, Any] = {"role": "assistant", "content": said.text, "refusal": None, "annotations": []}
    if calls:
        message["tool_calls"] = calls
    prompt, completion = len(body) // 4, (len(said.text or "") + sum(len(arguments) for _, arguments in written)) // 4 + 1
    return msgspec.json.encode(
        {
            "id": f"chatcmpl-{digest}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": model,
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls" if calls else "stop"}],
            "usage": {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion},
            "service_tier": "default",
        }
    )
