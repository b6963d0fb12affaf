"""How the Bot API says no: a code, a description in Telegram's own words, and sometimes when to come back."""

from __future__ import annotations

from typing import Any

_PREFIXES = {400: "Bad Request: ", 403: "Forbidden: ", 404: "Not Found: ", 409: "Conflict: ", 429: "Too Many Requests: "}


class Refusal(Exception):
    """One refused call. ``reason`` comes without Telegram's prefix; ``is_bare``: it has none."""

    def __init__(
        self, code: int, reason: str, *, retry_after: int | None = None, migrate_to: int | None = None, is_bare: bool = False
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.prefix = "" if is_bare else _PREFIXES.get(code, "")
        self.retry_after = retry_after
        self.migrate_to = migrate_to

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.prefix + self.reason}
        parameters = {"retry_after": self.retry_after, "migrate_to_chat_id": self.migrate_to}
        if told := {name: given for name, given in parameters.items() if given is not None}:
            body["parameters"] = told
        return body


def bad_request(reason: str) -> Refusal:
    return Refusal(400, reason)


def unauthorized() -> Refusal:
    return Refusal(401, "Unauthorized")


def forbidden(reason: str) -> Refusal:
    return Refusal(403, reason)


def unknown_method() -> Refusal:
    return Refusal(404, "method not found")


def conflict(reason: str) -> Refusal:
    return Refusal(409, reason)


def too_many(retry_after: int) -> Refusal:
    return Refusal(429, f"retry after {retry_after}", retry_after=retry_after)
