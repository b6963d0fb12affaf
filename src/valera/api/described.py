"""Every answer that a handler may give, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from litestar.openapi.datastructures import ResponseSpec

from valera.api.structs import Problem

SENTENCES = {
    400: "The request is malformed: a field or a parameter is missing, of another type or out of its bounds.",
    401: "No key, or one that does not work.",
    403: "The key may only read.",
    404: "The shop has no such thing.",
    409: "It cannot be done now: the time is taken, the booking has moved on, the Idempotency-Key came with another request.",
    413: "The body is larger than 64 KiB.",
    422: "What was sent can be read and makes no sense here: a time in the past, a place of another list.",
    429: "Too many requests. `Retry-After` says when to come again.",
    500: "Something failed here, and was noted.",
    503: "The database does not answer. `Retry-After` says when to come again.",
}


def answers(*statuses: int) -> dict[int, Any]:
    """Those that every handler may give, and these."""
    told = sorted({401, 429, 500, 503, *statuses})
    return {
        status: ResponseSpec(Problem, generate_examples=False, description=SENTENCES[status], media_type="application/problem+json")
        for status in told
    }


READ = answers(400, 422)
READ_ONE = answers(400, 404)
READ_BELOW = answers(400, 404, 422)
WRITE = answers(400, 403, 404, 409, 413, 422)
