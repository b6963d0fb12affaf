"""What Messages take, field by field."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from valera.simulator.models.anthropic.refusal import refuse
from valera.simulator.models.heeding import read_heeded
from valera.simulator.models.wire import Refusal

ToolId = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]+\Z")]


class CacheControl(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] | UnsetType = UNSET


class Block(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Any block of a message may end a part that is cached."""

    cache_control: CacheControl | None = None


class Text(Block, tag_field="type", tag="text"):
    text: str
    citations: list[Any] | None = None


class Source(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["base64", "url", "file", "text", "content"]
    media_type: Literal["image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "text/plain"] | UnsetType = UNSET
    data: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    file_id: str | UnsetType = UNSET
    content: Any = UNSET


class Image(Block, tag_field="type", tag="image"):
    source: Source
    transformations: dict[str, Any] | UnsetType = UNSET


class Document(Block, tag_field="type", tag="document"):
    source: Source
    title: str | None = None
    context: str | None = None
    citations: dict[str, Any] | None = None


class ToolUse(Block, tag_field="type", tag="tool_use"):
    id: ToolId
    name: str
    input: dict[str, Any]
    caller: dict[str, Any] | UnsetType = UNSET
    toolset_name: str | None = None


class ToolResult(Block, tag_field="type", tag="tool_result"):
    tool_use_id: ToolId
    content: str | list[Text | Image | Document] = ""
    is_error: bool = False
    toolset_name: str | None = None


class Thinking(msgspec.Struct, tag_field="type", tag="thinking", forbid_unknown_fields=True):
    thinking: str
    signature: str


class RedactedThinking(msgspec.Struct, tag_field="type", tag="redacted_thinking", forbid_unknown_fields=True):
    data: str


Content = Text | Image | Document | ToolUse | ToolResult | Thinking | RedactedThinking


class Message(msgspec.Struct, forbid_unknown_fields=True):
    role: Literal["user", "assistant", "system"]
    content: str | list[Content]

    @property
    def blocks(self) -> list[Content]:
        return [Text(text=self.content)] if isinstance(self.content, str) else self.content


class Tool(Block):
    """A tool of the client's own; those of the server have other types and are not offered here."""

    name: Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]{1,128}\Z")]
    input_schema: dict[str, Any]
    type: Literal["custom"] | None = None
    description: str | UnsetType = UNSET
    strict: bool | UnsetType = UNSET
    defer_loading: bool | UnsetType = UNSET
    eager_input_streaming: bool | None = None
    allowed_callers: list[str] | UnsetType = UNSET
    input_examples: list[dict[str, Any]] | UnsetType = UNSET


class ToolChoice(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["auto", "any", "tool", "none"]
    name: str | UnsetType = UNSET
    disable_parallel_tool_use: bool | UnsetType = UNSET


class Metadata(msgspec.Struct, forbid_unknown_fields=True):
    user_id: str | None = None


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """The parameters that are looked at; the others in `UNHEEDED` may be there with any value."""

    model: Annotated[str, Meta(min_length=1)]
    max_tokens: Annotated[int, Meta(ge=1)]
    messages: list[Message]
    system: str | list[Text] = ""
    tools: list[Tool] = []
    tool_choice: ToolChoice | UnsetType = UNSET
    stream: bool = False
    temperature: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    top_p: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    top_k: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    stop_sequences: list[str] = []
    metadata: Metadata | UnsetType = UNSET
    service_tier: Literal["auto", "standard_only"] | UnsetType = UNSET
    cache_control: CacheControl | None = None


UNHEEDED = frozenset(
    {"container", "diagnostics", "inference_geo", "output_config", "output_format", "speed", "thinking", "user_profile_id", "workspace_id"}
)

_UNKNOWN = re.compile(r"Object contains unknown field `(\w+)`$")
_MISSING = re.compile(r"Object missing required field `(\w+)`$")
_PLACE = re.compile(r" - at `\$\.?(.*)`$")
_INDEX = re.compile(r"\[(\d+)\]")


def read_fields(body: bytes) -> Request:
    """Raises Refusal 400, the field first as the provider tells it: ``max_tokens: Field required``."""
    try:
        return read_heeded(body, Request, UNHEEDED)
    except msgspec.ValidationError as error:
        raise _refused(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise refuse(400, "The request body is not valid JSON.") from None


def _refused(error: msgspec.ValidationError) -> Refusal:
    words = str(error)
    place = _PLACE.search(words)
    reason, path = (words[: place.start()], _INDEX.sub(r".\1", place[1]).strip(".")) if place else (words, "")
    for pattern, says in ((_UNKNOWN, "Extra inputs are not permitted"), (_MISSING, "Field required")):
        if found := pattern.search(reason):
            return refuse(400, f"{'.'.join(filter(None, (path, found[1])))}: {says}")
    return refuse(400, f"{path or 'body'}: {reason}")
