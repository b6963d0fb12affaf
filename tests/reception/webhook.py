"""Calls the ingest function as a web server would, without a socket."""

from __future__ import annotations

import itertools
import json
from collections.abc import MutableMapping
from typing import Any

from valera.reception.ingest import receive_updates
from valera.reception.update_writer import UpdateWriter

NUMBERS = itertools.count(5_000)


async def not_ours(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """What stands behind ingest: answers 418, so that a test sees who answered."""
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def post(
    writer: UpdateWriter,
    path: str,
    body: bytes,
    *,
    secrets: tuple[bytes, ...] = (),
    method: str = "POST",
    headers: tuple[tuple[bytes, bytes], ...] = (),
    chunk: int = 65536,
) -> tuple[int, dict[bytes, bytes]]:
    """Status and headers of the answer."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [*headers, *((b"x-telegram-bot-api-secret-token", secret) for secret in secrets)],
    }
    pieces = [body[at : at + chunk] for at in range(0, len(body), chunk)] or [b""]
    events = [{"type": "http.request", "body": piece, "more_body": piece is not pieces[-1]} for piece in pieces]
    answers: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return events.pop(0) if events else {"type": "http.disconnect"}

    async def send(event: MutableMapping[str, Any]) -> None:
        answers.append(event)

    await receive_updates(writer, not_ours)(scope, receive, send)
    return answers[0]["status"], dict(answers[0]["headers"])


def message_update(text: str = "Здравствуйте", *, user: int = 501, update_id: int | None = None, **fields: Any) -> dict[str, Any]:
    """A private text message as Telegram sends it."""
    number = next(NUMBERS)
    person = {"id": user, "is_bot": False, "first_name": "Вера", "language_code": "ru"}
    message = {"message_id": number, "date": 1_795_000_000, "chat": {"id": user, "type": "private"}, "from": person, "text": text} | fields
    return {"update_id": number if update_id is None else update_id, "message": message}


def encoded(update: dict[str, Any]) -> bytes:
    return json.dumps(update, ensure_ascii=False).encode("utf-8", "backslashreplace")
