"""In which order contents may follow one another, which schemas are understood, and what the whole comes to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from valera.simulator.models.google.refusal import refuse, unknown_name
from valera.simulator.models.google.request import Content, FunctionDeclaration, Part, Request, read_fields
from valera.simulator.models.wire import Asked, ClientWords, ModelWords, Offered, Told, ToolWords

ROLES = {UNSET, "user", "model", "function"}
CARRIED = ("text", "inline_data", "file_data", "function_call", "function_response")
SCHEMA_FIELDS = frozenset(
    {
        "type", "format", "title", "description", "nullable", "enum", "maxItems", "minItems", "properties", "required", "minProperties",
        "maxProperties", "minLength", "maxLength", "pattern", "example", "anyOf", "propertyOrdering", "default", "items", "minimum",
        "maximum", "additionalProperties", "ref", "defs",
    }
)  # fmt: skip
SIGNED = re.compile(r"^gemini-[3-9]")
"""Models that want their own signature back with the first call of each step of the present turn."""


def read_request(body: bytes, model: str, *, is_streamed: bool) -> Asked:
    """Raises Refusal 400 in the provider's manner."""
    asked = read_fields(body)
    _check_parts(asked.contents)
    _check_calls(asked.contents)
    if SIGNED.match(model):
        _check_signatures(asked.contents)
    declared = [declaration for tool in asked.tools for declaration in tool.function_declarations]
    _check_tools(declared)
    _check_choice(asked, [declaration.name for declaration in declared])
    offered = tuple(Offered(found.name, found.parameters_json_schema or found.parameters or {}) for found in declared)
    return Asked(model, tuple(told for content in asked.contents for told in _told(content)), offered, body, is_streamed)


def _check_parts(contents: list[Content]) -> None:
    if not contents:
        raise refuse(400, "* GenerateContentRequest.contents: contents is not specified\n")
    for index, content in enumerate(contents):
        place = f"* GenerateContentRequest.contents[{index}]"
        if content.role not in ROLES:
            raise refuse(400, "Please use a valid role: user, model.")
        if not content.parts:
            raise refuse(400, f"{place}.parts: contents.parts must not be empty.\n")
        for at, part in enumerate(content.parts):
            carried = [name for name in CARRIED if getattr(part, name) is not UNSET]
            if not carried:
                raise refuse(400, f"{place}.parts[{at}].data: required oneof field 'data' must have one initialized field\n")
            if len(carried) > 1:
                raise refuse(400, f"Invalid value at 'contents[{index}].parts[{at}]' (oneof), oneof field 'data' is already set.")
    if contents[-1].role == "model":
        raise refuse(400, "Please ensure that single turn requests end with a user role or the role field is empty.")


def _check_calls(contents: list[Content]) -> None:
    """A call comes after a client or a result, and the content after it has as many results as it has calls, of the same names."""
    calls: list[str] = []
    before: Content | None = None
    for content in contents:
        results = [part.function_response.name for part in content.parts if part.function_response is not UNSET]
        if any(not name for name in results):
            raise refuse(400, "* GenerateContentRequest.contents.parts.function_response.name: [FIELD_INVALID] Name cannot be empty.\n")
        if results and not calls:
            raise refuse(400, "Please ensure that function response turn comes immediately after a function call turn.")
        if len(results) != len(calls) or sorted(results) != sorted(calls):
            raise refuse(
                400,
                "Please ensure that the number of function response parts is equal to the number of function call parts of the function "
                "call turn.",
            )
        calls = [part.function_call.name for part in content.parts if part.function_call is not UNSET]
        if calls and (content.role != "model" or before is None or before.role == "model"):
            raise refuse(
                400, "Please ensure that function call turn comes immediately after a user turn or after a function response turn."
            )
        before = content


def _check_signatures(contents: list[Content]) -> None:
    """Only of the present turn: what came after the client's last words."""
    spoken = [index for index, content in enumerate(contents) if content.role != "model" and any(map(_is_words, content.parts))]
    for index, content in enumerate(contents):
        if content.role != "model" or (spoken and index < spoken[-1]):
            continue
        first = next((part for part in content.parts if part.function_call is not UNSET), None)
        if first is not None and first.thought_signature is UNSET:
            name = first.function_call.name if first.function_call is not UNSET else ""
            raise refuse(
                400,
                f"Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly. "
                f"Additional data, function call `default_api:{name}`, position {index + 1}.",
            )


def _is_words(part: Part) -> bool:
    return part.text is not UNSET


def _check_tools(declared: list[FunctionDeclaration]) -> None:
    names = [declaration.name for declaration in declared]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise refuse(400, f"Duplicate function declaration found: {twice}")
    for index, declaration in enumerate(declared):
        place = f"tools[0].function_declarations[{index}].parameters"
        if declaration.parameters is not UNSET and declaration.parameters_json_schema is not UNSET:
            raise refuse(400, f"{place}: only one of parameters and parameters_json_schema may be set")
        if declaration.parameters is not UNSET:
            _check_schema(declaration.parameters, place)
        elif declaration.parameters_json_schema is not UNSET and declaration.parameters_json_schema.get("type") != "object":
            raise refuse(400, f"* GenerateContentRequest.{place}_json_schema: the schema of a function's parameters must be an object\n")


def _check_schema(schema: dict[str, Any], place: str) -> None:
    """The older field takes a part of OpenAPI's schemas, and nothing beyond it."""
    for name in schema:
        if name not in SCHEMA_FIELDS:
            raise unknown_name(name, place)
    if str(schema.get("type", "")).upper() == "OBJECT" and schema.get("properties") == {}:
        raise refuse(400, f"* GenerateContentRequest.{place}.properties: should be non-empty for OBJECT type\n")
    for name, inner in schema.get("properties", {}).items():
        _check_schema(inner, f"{place}.properties[{name}]")
    if isinstance(items := schema.get("items"), dict):
        _check_schema(items, f"{place}.items")
    for index, inner in enumerate(schema.get("anyOf", ())):
        _check_schema(inner, f"{place}.any_of[{index}]")


def _check_choice(asked: Request, names: list[str]) -> None:
    if asked.tool_config is UNSET or asked.tool_config.function_calling_config is UNSET:
        return
    config = asked.tool_config.function_calling_config
    if not names and config.mode in {"ANY", "VALIDATED"}:
        raise refuse(400, "Function calling config is set without function_declarations.")
    if config.allowed_function_names and config.mode not in {"ANY", "VALIDATED"}:
        raise refuse(400, "Allowed function names should only be set when function calling mode is ANY or VALIDATED.")
    if unknown := next((name for name in config.allowed_function_names if name not in names), None):
        raise refuse(400, f"Allowed function name `{unknown}` is not in the function declarations.")


def _told(content: Content) -> Iterator[Told]:
    if content.role == "model":
        yield ModelWords(tuple(_call(part) for part in content.parts if part.function_call is not UNSET))
        return
    for part in content.parts:
        if part.function_response is not UNSET:
            yield ToolWords(part.function_response.name, part.function_response.response)
        elif part.text is not UNSET:
            yield ClientWords(part.text)


def _call(part: Part) -> tuple[str, str]:
    assert part.function_call is not UNSET
    return part.function_call.name, part.function_call.name
