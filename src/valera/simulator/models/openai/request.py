"""What chat completions take."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from valera.simulator.models.heeding import read_heeded
from valera.simulator.models.openai.refusal import refuse
from valera.simulator.models.wire import Asked, ClientWords, ModelWords, Offered, Refusal, Told, ToolWords

Name = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]{1,64}\Z")]


class TextPart(msgspec.Struct, tag_field="type", tag="text", forbid_unknown_fields=True):
    text: str


class ImageUrl(msgspec.Struct, forbid_unknown_fields=True):
    url: Annotated[str, Meta(pattern=r"^(https?://|data:image/)")]
    detail: Literal["auto", "low", "high"] | UnsetType = UNSET


class ImagePart(msgspec.Struct, tag_field="type", tag="image_url", forbid_unknown_fields=True):
    image_url: ImageUrl


class AudioPart(msgspec.Struct, tag_field="type", tag="input_audio", forbid_unknown_fields=True):
    input_audio: dict[str, str]


class FilePart(msgspec.Struct, tag_field="type", tag="file", forbid_unknown_fields=True):
    file: dict[str, str]


Parts = Annotated[list[TextPart | ImagePart | AudioPart | FilePart], Meta(min_length=1)]
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


class StreamOptions(msgspec.Struct, forbid_unknown_fields=True):
    include_usage: bool = False
    include_obfuscation: bool = True


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """The parameters that are looked at; the others in `UNHEEDED` may be there with any value."""

    model: Annotated[str, Meta(min_length=1)]
    messages: Annotated[list[Message], Meta(min_length=1)]
    tools: Annotated[list[Tool], Meta(min_length=1, max_length=128)] | UnsetType = UNSET
    tool_choice: str | dict[str, Any] | UnsetType = UNSET
    parallel_tool_calls: bool | UnsetType = UNSET
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    max_tokens: Annotated[int, Meta(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Meta(ge=1)] | None = None
    n: Literal[1] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    user: str | UnsetType = UNSET


UNHEEDED = frozenset(
    {
        "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "metadata", "modalities", "moderation",
        "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning_effort",
        "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "top_logprobs", "verbosity",
        "web_search_options",
    }
)  # fmt: skip

_UNKNOWN = re.compile(r"Object contains unknown field `(\w+)`$")
_PLACE = re.compile(r" - at `\$\.?(.*)`$")
_REASONING = re.compile(r"^(?:o\d|gpt-5(?:-mini|-nano)?$)")


def read_request(body: bytes) -> Asked:
    """Raises Refusal 400 in the provider's manner."""
    try:
        asked = read_heeded(body, Request, UNHEEDED)
    except msgspec.ValidationError as error:
        raise _refused(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise refuse(400, "We could not parse the JSON body of your request.") from None
    _check_calls(asked.messages)
    _check_tools(asked)
    _check_parameters(asked)
    return Asked(
        model=asked.model,
        told=tuple(told for message in asked.messages if (told := _told(message)) is not None),
        tools=tuple(Offered(tool.function.name, tool.function.parameters or {}) for tool in asked.tools or ()),
        body=body,
        is_streamed=bool(asked.stream),
        tells_usage=not asked.stream or (asked.stream_options is not None and asked.stream_options.include_usage),
    )


def _refused(error: msgspec.ValidationError) -> Refusal:
    words = str(error)
    place = _PLACE.search(words)
    reason, param = (words[: place.start()], place[1]) if place else (words, None)
    if param is None and (unknown := _UNKNOWN.search(reason)):
        return refuse(400, f"Unrecognized request argument supplied: {unknown[1]}")
    return refuse(400, f"Invalid value{f' for {param!r}' if param else ''}: {reason}.", param=param, code="invalid_value")


def _check_calls(messages: list[Message]) -> None:
    """Every call has its result right after it, and no result is without a call."""
    open_calls: set[str] = set()
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        if isinstance(message, ToolResult):
            if message.tool_call_id not in open_calls:
                raise refuse(
                    400,
                    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
                    param=f"{place}.role",
                )
            open_calls.discard(message.tool_call_id)
            continue
        _check_all_answered(open_calls, place)
        if isinstance(message, Assistant):
            if message.content is None and not message.calls and message.refusal is None:
                raise refuse(400, f"Invalid value for 'content': expected a string, got null. ({place})", param=f"{place}.content")
            open_calls = {call.id for call in message.calls}
            if len(open_calls) < len(message.calls):
                raise refuse(400, "Duplicate value for 'tool_calls[].id'.", param=f"{place}.tool_calls", code="invalid_value")
    _check_all_answered(open_calls, "messages")


def _check_all_answered(open_calls: set[str], place: str) -> None:
    if open_calls:
        raise refuse(
            400,
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
            f"The following tool_call_ids did not have response messages: {', '.join(sorted(open_calls))}",
            param=place,
        )


def _check_tools(asked: Request) -> None:
    if asked.tools is UNSET:
        if asked.tool_choice is not UNSET:
            raise refuse(
                400, "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.", param="tool_choice"
            )
        return
    for index, tool in enumerate(asked.tools):
        schema, place = tool.function.parameters, f"tools[{index}].function.parameters"
        if schema is UNSET:
            continue
        if (kind := schema.get("type")) != "object":
            reason = f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{kind}\"'."
        elif tool.function.strict and schema.get("additionalProperties") is not False:
            reason = "In context=(), 'additionalProperties' is required to be supplied and to be false."
        elif tool.function.strict and set(schema.get("required", ())) != set(schema.get("properties", ())):
            reason = "In context=(), 'required' is required to be supplied and to be an array including every key in properties."
        else:
            continue
        message = f"Invalid schema for function '{tool.function.name}': {reason}"
        raise refuse(400, message, param=place, code="invalid_function_parameters")


def _check_parameters(asked: Request) -> None:
    """A model that reasons takes neither a temperature nor the old name of the limit."""
    if asked.stream_options is not None and not asked.stream:
        raise refuse(400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options")
    if not _REASONING.match(asked.model):
        return
    if asked.max_tokens is not None:
        message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        raise refuse(400, message, param="max_tokens", code="unsupported_parameter")
    if asked.temperature not in {None, 1}:
        message = f"Unsupported value: 'temperature' does not support {asked.temperature} with this model, only the default (1)."
        raise refuse(400, message, param="temperature", code="unsupported_value")


def _told(message: Message) -> Told | None:
    match message:
        case Assistant():
            return ModelWords(tuple((call.id, call.function.name) for call in message.calls))
        case User():
            return ClientWords(_text(message.content))
        case ToolResult():
            return ToolWords(message.tool_call_id, _parsed(_text(message.content)))
        case _:
            return None


def _text(content: str | list[Any]) -> str:
    return content if isinstance(content, str) else " ".join(part.text for part in content if isinstance(part, TextPart))


def _parsed(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
