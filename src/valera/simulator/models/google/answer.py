"""What `generateContent` says, whole and in pieces."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import msgspec

from valera.simulator.models.google.conversation import SIGNED
from valera.simulator.models.wire import Asked, Call, End, Said, pieces

CATEGORIES = ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")


def write_answer(said: Said, asked: Asked) -> bytes:
    texts = [] if said.text is None else [{"text": said.text}]
    return msgspec.json.encode(_response(asked, [*texts, *_calls(said, asked)], end=said))


def stream_answer(said: Said, asked: Asked) -> Iterator[bytes]:
    """Frames of server-sent events; the last one says why it ended."""
    for piece in pieces(said.text or ""):
        yield frame(_response(asked, [{"text": piece}]))
    yield frame(_response(asked, _calls(said, asked), end=said))


def blocked(asked: Asked) -> dict[str, Any]:
    usage = {"promptTokenCount": asked.tokens, "totalTokenCount": asked.tokens}
    feedback = {"blockReason": "PROHIBITED_CONTENT", "safetyRatings": _ratings("NEGLIGIBLE")}
    return {"promptFeedback": feedback, "usageMetadata": usage, "modelVersion": asked.model, "responseId": asked.digest}


def frame(content: object) -> bytes:
    return b"data: %b\r\n\r\n" % msgspec.json.encode(content)


def list_models(names: tuple[str, ...], name: str | None) -> bytes:
    """One of them, or all."""
    listed = [
        {
            "name": f"models/{found}",
            "version": "001",
            "displayName": found.replace("-", " ").title(),
            "inputTokenLimit": 1_048_576,
            "outputTokenLimit": 65_536,
            "supportedGenerationMethods": ["generateContent", "countTokens"],
            "temperature": 1,
            "topP": 0.95,
            "topK": 64,
            "maxTemperature": 2,
        }
        for found in ((name,) if name else names)
    ]
    return msgspec.json.encode(listed[0] if name else {"models": listed})


def _calls(said: Said, asked: Asked) -> list[dict[str, Any]]:
    """Newer models number their calls and sign the first."""
    if _is_malformed(said):
        return []
    parts: list[dict[str, Any]] = []
    for index, call in enumerate(said.calls):
        function: dict[str, Any] = {"name": call.name, "args": call.arguments}
        part: dict[str, Any] = {"functionCall": function}
        if SIGNED.match(asked.model):
            function["id"] = f"{asked.digest[:8]}{index}"
            if not index:
                part["thoughtSignature"] = b64encode(asked.digest.encode()).decode()
        if call.id:
            function["id"] = call.id
        parts.append(part)
    return parts


def _is_malformed(said: Said) -> bool:
    """Arguments are an object on this wire; a model that wrote something else is told of by the reason to end."""
    return any(isinstance(call.arguments, str) for call in said.calls)


def _response(asked: Asked, parts: list[dict[str, Any]], *, end: Said | None = None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"index": 0}
    if parts:
        candidate["content"] = {"parts": parts, "role": "model"}
    elif end is not None and end.end is End.DONE:
        candidate["content"] = {"role": "model"}
    usage = {"promptTokenCount": asked.tokens, "totalTokenCount": asked.tokens}
    if end is not None:
        candidate |= _finish(end)
        usage |= {"candidatesTokenCount": end.tokens, "totalTokenCount": asked.tokens + end.tokens}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": asked.model, "responseId": asked.digest}


def _finish(said: Said) -> dict[str, Any]:
    match said.end:
        case End.LENGTH:
            return {"finishReason": "MAX_TOKENS"}
        case End.REFUSED:
            return {"finishReason": "SAFETY", "safetyRatings": _ratings("HIGH")}
        case End.DONE if _is_malformed(said):
            return {"finishReason": "MALFORMED_FUNCTION_CALL", "finishMessage": f"Malformed function call: {_named(said.calls)}"}
        case End.DONE:
            return {"finishReason": "STOP"}


def _named(calls: tuple[Call, ...]) -> str:
    return ", ".join(f"{call.name}({call.written[:40]}" for call in calls)


def _ratings(probability: str) -> list[dict[str, Any]]:
    last = len(CATEGORIES) - 1
    return [
        {"category": f"HARM_CATEGORY_{name}", "probability": probability if index == last else "NEGLIGIBLE"}
        | ({"blocked": True} if index == last and probability == "HIGH" else {})
        for index, name in enumerate(CATEGORIES)
    ]
