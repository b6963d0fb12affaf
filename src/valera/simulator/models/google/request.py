"""What `generateContent` takes, field by field. Names may be written in either way: ``functionCall`` or ``function_call``."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from valera.simulator.models.google.refusal import refuse, unknown_name
from valera.simulator.models.wire import Refusal

Name = Annotated[str, Meta(pattern=r"^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}\Z")]


class Strict(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    pass


class Blob(Strict):
    mime_type: str
    data: str


class FileUri(Strict):
    file_uri: str
    mime_type: str | UnsetType = UNSET


class FunctionCall(Strict):
    name: Name
    args: dict[str, Any] | UnsetType = UNSET
    id: str | UnsetType = UNSET


class FunctionResponse(Strict):
    name: str
    response: dict[str, Any]
    id: str | UnsetType = UNSET
    parts: list[Any] | UnsetType = UNSET
    will_continue: bool | UnsetType = UNSET
    scheduling: str | UnsetType = UNSET


class Part(Strict):
    """Exactly one of the first five; a thought is a text of its own kind."""

    text: str | UnsetType = UNSET
    inline_data: Blob | UnsetType = UNSET
    file_data: FileUri | UnsetType = UNSET
    function_call: FunctionCall | UnsetType = UNSET
    function_response: FunctionResponse | UnsetType = UNSET
    thought: bool | UnsetType = UNSET
    thought_signature: str | UnsetType = UNSET
    video_metadata: dict[str, Any] | UnsetType = UNSET
    media_resolution: dict[str, Any] | UnsetType = UNSET


class Content(Strict):
    parts: list[Part]
    role: str | UnsetType = UNSET


class FunctionDeclaration(Strict):
    name: Name
    description: str | UnsetType = UNSET
    parameters: dict[str, Any] | UnsetType = UNSET
    parameters_json_schema: dict[str, Any] | UnsetType = UNSET
    response: dict[str, Any] | UnsetType = UNSET
    response_json_schema: dict[str, Any] | UnsetType = UNSET
    behavior: str | UnsetType = UNSET


class Tool(Strict):
    function_declarations: list[FunctionDeclaration] = []
    google_search: dict[str, Any] | UnsetType = UNSET
    code_execution: dict[str, Any] | UnsetType = UNSET
    url_context: dict[str, Any] | UnsetType = UNSET


class FunctionCallingConfig(Strict):
    mode: Literal["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"] | UnsetType = UNSET
    allowed_function_names: list[str] = []


class ToolConfig(Strict):
    function_calling_config: FunctionCallingConfig | UnsetType = UNSET
    retrieval_config: dict[str, Any] | UnsetType = UNSET
    include_server_side_tool_invocations: bool | UnsetType = UNSET


class GenerationConfig(Strict):
    temperature: Annotated[float, Meta(ge=0, le=2)] | UnsetType = UNSET
    top_p: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    top_k: Annotated[float, Meta(ge=1)] | UnsetType = UNSET
    candidate_count: Annotated[int, Meta(ge=1, le=8)] | UnsetType = UNSET
    max_output_tokens: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    stop_sequences: Annotated[list[str], Meta(max_length=5)] = []
    seed: int | UnsetType = UNSET
    presence_penalty: float | UnsetType = UNSET
    frequency_penalty: float | UnsetType = UNSET
    response_mime_type: str | UnsetType = UNSET
    response_schema: dict[str, Any] | UnsetType = UNSET
    response_json_schema: Any = UNSET
    response_modalities: list[Literal["TEXT", "IMAGE", "AUDIO"]] = []
    response_logprobs: bool | UnsetType = UNSET
    logprobs: int | UnsetType = UNSET
    media_resolution: str | UnsetType = UNSET
    thinking_config: dict[str, Any] | UnsetType = UNSET
    speech_config: dict[str, Any] | UnsetType = UNSET
    image_config: dict[str, Any] | UnsetType = UNSET
    enable_enhanced_civic_answers: bool | UnsetType = UNSET
    audio_transcription_config: dict[str, Any] | UnsetType = UNSET
    generation_output_config: dict[str, Any] | UnsetType = UNSET


class SafetySetting(Strict):
    category: str
    threshold: str


class Request(Strict):
    contents: list[Content] = []
    system_instruction: Content | UnsetType = UNSET
    tools: list[Tool] = []
    tool_config: ToolConfig | UnsetType = UNSET
    generation_config: GenerationConfig | UnsetType = UNSET
    safety_settings: list[SafetySetting] = []
    cached_content: str | UnsetType = UNSET
    model: str | UnsetType = UNSET
    service_tier: str | UnsetType = UNSET
    continuation_token: str | UnsetType = UNSET
    store: bool | UnsetType = UNSET


FREE = frozenset({"args", "response", "parameters", "parametersJsonSchema", "responseJsonSchema", "responseSchema"})
"""Below these, names are the caller's own."""

_UNKNOWN = re.compile(r"Object contains unknown field `(\w+)`$")
_MISSING = re.compile(r"Object missing required field `(\w+)`$")
_PLACE = re.compile(r" - at `\$\.?(.*)`$")
_UNDERSCORE = re.compile(r"_([a-z0-9])")
_CAPITAL = re.compile(r"([A-Z])")


def read_fields(body: bytes) -> Request:
    """Raises Refusal 400 in the provider's manner."""
    try:
        return msgspec.convert(_camel(msgspec.json.decode(body)), Request)
    except msgspec.ValidationError as error:
        raise _refused(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise refuse(400, "Invalid JSON payload received. Unexpected end of string.") from None


def _camel(value: Any) -> Any:
    match value:
        case dict():
            named = ((_UNDERSCORE.sub(lambda found: found[1].upper(), key), inner) for key, inner in value.items())
            return {name: inner if name in FREE else _camel(inner) for name, inner in named}
        case list():
            return [_camel(inner) for inner in value]
        case _:
            return value


def snake(name: str) -> str:
    """As the provider's own sentences write a field."""
    return _CAPITAL.sub(lambda found: f"_{found[1].lower()}", name)


def _refused(error: msgspec.ValidationError) -> Refusal:
    words = str(error)
    place = _PLACE.search(words)
    reason, path = (words[: place.start()], snake(place[1])) if place else (words, "")
    if unknown := _UNKNOWN.search(reason):
        return unknown_name(unknown[1], path)
    if missing := _MISSING.search(reason):
        return refuse(400, f"* GenerateContentRequest.{path}.{snake(missing[1])}: [FIELD_INVALID] Required field is missing.")
    return refuse(400, f"Invalid value at '{path}': {reason}")
