"""What Messages say, whole and as events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from valera.simulator.models.wire import Asked, Call, End, Said, pieces

CREATED = "2025-09-29T00:00:00Z"


def write_answer(said: Said, asked: Asked) -> bytes:
    content: list[dict[str, Any]] = [] if said.text is None else [{"type": "text", "text": said.text, "citations": None}]
    content += [_tool_use(call, index, asked, call.arguments) for index, call in enumerate(said.calls)]
    return msgspec.json.encode({**_message(asked), "content": content, **_stop(said), "usage": _usage(asked, said.tokens)})


def stream_answer(said: Said, asked: Asked) -> Iterator[bytes]:
    yield _event("message_start", message={**_message(asked), "content": [], **_stop(None), "usage": _usage(asked, 1)})
    yield _event("ping")
    index = 0
    if said.text is not None:
        yield _event("content_block_start", index=index, content_block={"type": "text", "text": ""})
        for piece in pieces(said.text):
            yield _event("content_block_delta", index=index, delta={"type": "text_delta", "text": piece})
        yield _event("content_block_stop", index=index)
        index += 1
    for place, call in enumerate(said.calls):
        yield _event("content_block_start", index=index, content_block=_tool_use(call, place, asked, {}))
        for piece in ("", *pieces(call.written)):
            yield _event("content_block_delta", index=index, delta={"type": "input_json_delta", "partial_json": piece})
        yield _event("content_block_stop", index=index)
        index += 1
    yield _event("message_delta", delta=_stop(said), usage={"output_tokens": said.tokens})
    yield _event("message_stop")


def list_models(names: tuple[str, ...], name: str | None) -> bytes:
    """One of them, or all."""
    listed = [
        {
            "type": "model",
            "id": found,
            "display_name": found.replace("-", " ").title(),
            "created_at": CREATED,
            "lifecycle": "active",
            "max_input_tokens": 200_000,
            "max_tokens": 64_000,
        }
        for found in ((name,) if name else names)
    ]
    return msgspec.json.encode(
        listed[0] if name else {"data": listed, "has_more": False, "first_id": listed[0]["id"], "last_id": listed[-1]["id"]}
    )


def _message(asked: Asked) -> dict[str, Any]:
    return {"id": f"msg_{asked.digest}", "type": "message", "role": "assistant", "model": asked.model}


def _tool_use(call: Call, index: int, asked: Asked, arguments: object) -> dict[str, Any]:
    return {"type": "tool_use", "id": call.id or f"toolu_{asked.digest}{index}", "name": call.name, "input": arguments}


def _stop(said: Said | None) -> dict[str, Any]:
    """``said`` None: it has only begun."""
    match said:
        case None:
            reason = None
        case Said(end=End.LENGTH):
            reason = "max_tokens"
        case Said(end=End.REFUSED):
            details = {"type": "refusal", "category": None, "explanation": None}
            return {"stop_reason": "refusal", "stop_sequence": None, "stop_details": details}
        case _:
            reason = "tool_use" if said.calls else "end_turn"
    return {"stop_reason": reason, "stop_sequence": None}


def _usage(asked: Asked, output: int) -> dict[str, Any]:
    return {
        "input_tokens": asked.tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": output,
        "service_tier": "standard",
    }


def _event(kind: str, **content: object) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), msgspec.json.encode({"type": kind, **content}))
