"""Anthropic's errors."""

from __future__ import annotations

import msgspec

from valera.simulator.models.fault import Fault
from valera.simulator.models.wire import Asked, Refusal

REQUEST_ID = "req_011CSHoEeqs5C35K2UUqR7Fy"
KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    503: "api_error",
    529: "overloaded_error",
}


def refuse(status: int, message: str, *headers: tuple[bytes, bytes]) -> Refusal:
    kind = KINDS.get(status, "invalid_request_error")
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": REQUEST_ID}
    return Refusal(status, body, (b"request-id", REQUEST_ID.encode()), *headers)


SAYINGS = {
    Fault.RATE_LIMITED: (429, "This request would exceed your organization's rate limit of 50 requests per minute."),
    Fault.OVERLOADED: (529, "Overloaded"),
    Fault.SERVER_ERROR: (500, "Internal server error"),
    Fault.UNAVAILABLE: (503, "Service temporarily unavailable"),
    Fault.UNAUTHORIZED: (401, "invalid x-api-key"),
    Fault.NO_CREDIT: (
        400,
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
    ),
    Fault.NO_MODEL: (404, "model: {model}"),
    Fault.TOO_LONG: (400, "prompt is too long: {tokens} tokens > 200000 maximum"),
}
TELL_WHEN = {Fault.RATE_LIMITED, Fault.OVERLOADED}


def fail(fault: Fault, asked: Asked, retry_after: int) -> Refusal:
    status, message = SAYINGS[fault]
    after = ((b"retry-after", str(retry_after).encode()),) if fault in TELL_WHEN else ()
    return refuse(status, message.format(model=asked.model, tokens=asked.tokens + 200_000), *after)


def blocked() -> Refusal:
    return refuse(400, "Output blocked by content filtering policy")


def overloaded_event() -> bytes:
    return b"event: error\ndata: %b\n\n" % msgspec.json.encode(
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}, "request_id": REQUEST_ID}
    )
