"""A model provider in OpenAI's wire format: books what it is asked to book, repeats each client's words, and fails now and then."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

TOKEN = re.compile(r"\bzq[bdfghjklmnprstvw]{6}\b")
WISH = re.compile(r"Запишите меня (\S+ в \S+)")
Turn = list[dict[str, Any]]


class Failure(StrEnum):
    FLOOD = "429"
    BROKEN = "500"
    CUT = "cut"
    GARBAGE = "garbage"


@dataclass(slots=True)
class ModelPeer:
    dice: random.Random
    faults: float = 0
    asked: int = 0
    failed: Counter[str] = field(default_factory=Counter[str])
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        self.asked += 1
        if self.dice.random() < self.faults:
            return self._fail(request)
        message, reason = answer(body["messages"], next(self._numbers))
        choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": reason}
        usage = {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25}
        return web.json_response(
            {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": body["model"], "choices": [choice], "usage": usage}
        )

    def _fail(self, request: web.Request) -> web.Response:
        failure = self.dice.choice(list(Failure))
        self.failed[failure] += 1
        match failure:
            case Failure.FLOOD:
                return web.json_response({"error": {"message": "slow down", "type": "rate_limit"}}, status=429)
            case Failure.BROKEN:
                return web.json_response({"error": {"message": "broken", "type": "server_error"}}, status=500)
            case Failure.CUT:
                if request.transport is not None:
                    request.transport.abort()
                return web.Response()
            case Failure.GARBAGE:
                return web.Response(text='{"choices": [', content_type="application/json")


def answer(messages: Turn, number: int) -> tuple[dict[str, Any], str]:
    """What the assistant says now, and OpenAI's finish reason."""
    turn = _since_last_answer(messages)
    words = [_text(message) for message in turn if message["role"] == "user"]
    wish = next((found[1] for text in reversed(words) if (found := WISH.search(text))), None)
    results = [_result(message) for message in turn if message["role"] == "tool"]
    slots = [result["slots"] for result in results if "slots" in result]
    proposed = [result["question"] for result in results if "proposal" in result]
    if wish and not results:
        return _call("find_slots", number, when=wish, service="осмотр")
    if wish and not proposed and slots and slots[-1] and "slots" in results[-1]:
        return _call("hold_slot", number, slot_id=slots[-1][0]["slot_id"], service="осмотр")
    said = proposed[-1] if proposed else "Слышу вас."
    return {"content": f"{said} {' '.join(TOKEN.findall(' '.join(words)))}".strip()}, "stop"


def _since_last_answer(messages: Turn) -> Turn:
    ends = [at for at, message in enumerate(messages) if message["role"] == "assistant" and not message.get("tool_calls")]
    return messages[ends[-1] + 1 :] if ends else messages


def _text(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)


def _result(message: dict[str, Any]) -> dict[str, Any]:
    try:
        result = json.loads(_text(message))
    except ValueError:
        return {}
    return result if isinstance(result, dict) else {}


def _call(name: str, number: int, **arguments: str) -> tuple[dict[str, Any], str]:
    function = {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}
    return {"content": None, "tool_calls": [{"id": f"call_{number}", "type": "function", "function": function}]}, "tool_calls"
