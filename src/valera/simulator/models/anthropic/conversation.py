"""In which order Messages may follow one another, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET

from valera.simulator.models.anthropic.refusal import refuse
from valera.simulator.models.anthropic.request import Message, Request, Text, Thinking, ToolResult, ToolUse, read_fields
from valera.simulator.models.wire import Asked, ClientWords, ModelWords, Offered, Told, ToolWords

MOST_CACHED = 4
MOST_MESSAGES = 100_000


def read_request(body: bytes) -> Asked:
    """Raises Refusal 400 in the provider's manner."""
    asked = read_fields(body)
    turns = _turns(asked.messages)
    _check_order(turns)
    _check_calls(turns)
    _check_tools(asked)
    _check_caching(asked)
    return Asked(
        model=asked.model,
        told=tuple(told for turn in turns for told in _told(turn)),
        tools=tuple(Offered(tool.name, tool.input_schema) for tool in asked.tools),
        body=body,
        is_streamed=asked.stream,
    )


def _turns(messages: list[Message]) -> list[Message]:
    """Messages of one role in a row are one turn."""
    turns: list[Message] = []
    for index, message in enumerate(messages):
        if not message.blocks or message.content == "":
            raise refuse(400, f"messages.{index}: all messages must have non-empty content except for the optional final assistant message")
        for place, block in enumerate(message.blocks):
            if isinstance(block, Text) and not block.text.strip():
                where = f"messages.{index}.content.{place}" if block.text else "messages"
                raise refuse(400, f"{where}: text content blocks must {'contain non-whitespace text' if block.text else 'be non-empty'}")
        if turns and turns[-1].role == message.role:
            turns[-1] = Message(message.role, [*turns[-1].blocks, *message.blocks])
        else:
            turns.append(Message(message.role, message.blocks))
    return turns


def _check_order(turns: list[Message]) -> None:
    if not turns:
        raise refuse(400, "messages: at least one message is required")
    if len(turns) > MOST_MESSAGES:
        raise refuse(400, f"messages: at most {MOST_MESSAGES} messages are allowed")
    if turns[0].role != "user":
        raise refuse(400, 'messages: first message must use the "user" role')
    if turns[-1].role != "user":
        raise refuse(400, "This model does not support assistant message prefill. The conversation must end with a user message.")


def _check_calls(turns: list[Message]) -> None:
    """Every call has its result at the head of the very next turn, and no result is without a call."""
    open_calls: list[str] = []
    known: set[str] = set()
    for index, turn in enumerate(turns):
        head = _leading_results(turn)
        answered = [block.tool_use_id for block in head]
        if missing := [call for call in open_calls if call not in answered]:
            raise refuse(
                400,
                f"messages.{index - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: {', '.join(missing)}. "
                "Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
            )
        for place, block in enumerate(turn.blocks):
            if isinstance(block, ToolResult) and (turn.role != "user" or block.tool_use_id not in open_calls or place >= len(head)):
                raise refuse(
                    400,
                    f"messages.{index}.content.{place}: unexpected `tool_use_id` found in `tool_result` blocks: {block.tool_use_id}. "
                    "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.",
                )
        if len(set(answered)) < len(answered):
            raise refuse(400, f"messages.{index}.content: each tool_use must have a single result. Found multiple `tool_result` blocks.")
        open_calls = []
        for block in turn.blocks:
            if isinstance(block, ToolUse | Thinking) and turn.role != "assistant":
                raise refuse(400, f"messages.{index}: `{_kind(block)}` blocks can only be in `assistant` messages")
            if isinstance(block, ToolUse):
                if block.id in known:
                    raise refuse(400, "messages: `tool_use` ids must be unique")
                known.add(block.id)
                open_calls.append(block.id)


def _leading_results(turn: Message) -> list[ToolResult]:
    head: list[ToolResult] = []
    for block in turn.blocks:
        if not isinstance(block, ToolResult):
            break
        head.append(block)
    return head


def _kind(block: ToolUse | Thinking) -> str:
    return "tool_use" if isinstance(block, ToolUse) else "thinking"


def _check_tools(asked: Request) -> None:
    for index, tool in enumerate(asked.tools):
        if "type" not in tool.input_schema:
            raise refuse(400, f"tools.{index}.custom.input_schema.type: Field required")
        if tool.input_schema["type"] != "object":
            raise refuse(400, f"tools.{index}.custom.input_schema.type: Input should be 'object'")
    names = [tool.name for tool in asked.tools]
    if len(set(names)) < len(names):
        raise refuse(400, "tools: Tool names must be unique.")
    choice = asked.tool_choice
    if choice is UNSET:
        return
    if not names and choice.type != "none":
        raise refuse(400, "tool_choice: may only be specified while providing tools")
    if choice.type == "tool" and choice.name not in names:
        raise refuse(400, f"Tool '{choice.name}' not found in provided tools")


def _check_caching(asked: Request) -> None:
    blocks: list[Any] = [*asked.tools, *([] if isinstance(asked.system, str) else asked.system)]
    blocks += [block for message in asked.messages for block in message.blocks]
    marked = sum(getattr(block, "cache_control", None) is not None for block in blocks) + (asked.cache_control is not None)
    if marked > MOST_CACHED:
        raise refuse(400, f"A maximum of {MOST_CACHED} blocks with cache_control may be provided. Found {marked}.")


def _told(turn: Message) -> Iterator[Told]:
    if turn.role == "assistant":
        yield ModelWords(tuple((block.id, block.name) for block in turn.blocks if isinstance(block, ToolUse)))
        return
    if turn.role == "system":
        return
    for block in turn.blocks:
        if isinstance(block, ToolResult):
            yield ToolWords(block.tool_use_id, _parsed(_text(block.content)))
        elif isinstance(block, Text):
            yield ClientWords(block.text)


def _text(content: str | list[Any]) -> str:
    return content if isinstance(content, str) else " ".join(block.text for block in content if isinstance(block, Text))


def _parsed(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
