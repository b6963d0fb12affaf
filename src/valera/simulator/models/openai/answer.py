"""What chat completions say, whole and in chunks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import msgspec

from valera.simulator.models.wire import Asked, Call, End, Said, pieces

SORRY = "I'm sorry, but I can't help with that."
LAST = b"data: [DONE]\n\n"


def write_answer(said: Said, asked: Asked) -> bytes:
    message: dict[str, Any] = {"role": "assistant", "content": said.text, "refusal": None, "annotations": []}
    if _is_plain_refusal(said):
        message["refusal"] = SORRY
    if said.calls:
        message["tool_calls"] = [
            {"id": _call_id(call, index, asked), "type": "function", "function": {"name": call.name, "arguments": call.written}}
            for index, call in enumerate(said.calls)
        ]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(said)}
    return msgspec.json.encode({**_frame("chat.completion", asked), "choices": [choice], "usage": _usage(said, asked)})


def stream_answer(said: Said, asked: Asked) -> Iterator[bytes]:
    yield _chunk({"role": "assistant", "content": None if said.calls and not said.text else "", "refusal": None}, asked)
    if _is_plain_refusal(said):
        yield from (_chunk({"refusal": piece}, asked) for piece in pieces(SORRY))
    yield from (_chunk({"content": piece}, asked) for piece in pieces(said.text or ""))
    for index, call in enumerate(said.calls):
        head = {"index": index, "id": _call_id(call, index, asked), "type": "function", "function": {"name": call.name, "arguments": ""}}
        yield _chunk({"tool_calls": [head]}, asked)
        for piece in pieces(call.written):
            yield _chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}, asked)
    yield _chunk({}, asked, finish=_finish(said))
    if asked.tells_usage:
        yield _event({**_frame("chat.completion.chunk", asked), "choices": [], "usage": _usage(said, asked)})
    yield LAST


def list_models(names: tuple[str, ...], name: str | None) -> bytes:
    """One of them, or all."""
    listed = [{"id": found, "object": "model", "created": 1754587413, "owned_by": "system"} for found in ((name,) if name else names)]
    return msgspec.json.encode(listed[0] if name else {"object": "list", "data": listed})


def _is_plain_refusal(said: Said) -> bool:
    return said.end is End.REFUSED and said.text is None


def _finish(said: Said) -> str:
    match said.end:
        case End.LENGTH:
            return "length"
        case End.REFUSED:
            return "stop" if said.text is None else "content_filter"
        case End.DONE:
            return "tool_calls" if said.calls else "stop"


def _call_id(call: Call, index: int, asked: Asked) -> str:
    return call.id or f"call_{asked.digest}{index}"


def _frame(kind: str, asked: Asked) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{asked.digest}",
        "object": kind,
        "created": int(time.time()),
        "model": asked.model,
        "service_tier": "default",
        "system_fingerprint": None,
    }


def _usage(said: Said, asked: Asked) -> dict[str, Any]:
    return {
        "prompt_tokens": asked.tokens,
        "completion_tokens": said.tokens,
        "total_tokens": asked.tokens + said.tokens,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _chunk(delta: dict[str, Any], asked: Asked, *, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    usage = {"usage": None} if asked.tells_usage else {}
    return _event({**_frame("chat.completion.chunk", asked), "choices": [choice], **usage})


def _event(content: object) -> bytes:
    return b"data: %b\n\n" % msgspec.json.encode(content)
