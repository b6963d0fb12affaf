"""Google's errors: a code, a status in capitals, and details."""

from __future__ import annotations

from typing import Any

from valera.simulator.models.fault import Fault
from valera.simulator.models.wire import Asked, Refusal

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
RPC = "type.googleapis.com/google.rpc."


def refuse(status: int, message: str, *headers: tuple[bytes, bytes], details: list[dict[str, Any]] | None = None) -> Refusal:
    error: dict[str, Any] = {"code": status, "message": message, "status": STATUSES.get(status, "INVALID_ARGUMENT")}
    if details:
        error["details"] = details
    return Refusal(status, {"error": error}, *headers)


SAYINGS = {
    Fault.RATE_LIMITED: (
        429,
        "You exceeded your current quota, please check your plan and billing details. Please retry in {after}s.",
    ),
    Fault.OVERLOADED: (503, "The model is overloaded. Please try again later."),
    Fault.SERVER_ERROR: (500, "An internal error has occurred. Please retry later."),
    Fault.UNAVAILABLE: (503, "The service is currently unavailable."),
    Fault.NO_CREDIT: (429, "Your prepayment credits are depleted. Please go to AI Studio to manage your project and billing."),
    Fault.NO_MODEL: (
        404,
        "models/{model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list.",
    ),
    Fault.TOO_LONG: (400, "The input token count ({tokens}) exceeds the maximum number of tokens allowed (1048576)."),
}


def fail(fault: Fault, asked: Asked, retry_after: int) -> Refusal:
    if fault is Fault.UNAUTHORIZED:
        return bad_key("API key expired. Please renew the API key.")
    status, message = SAYINGS[fault]
    after = ((b"retry-after", str(retry_after).encode()),) if fault in {Fault.RATE_LIMITED, Fault.OVERLOADED} else ()
    details = [{"@type": f"{RPC}RetryInfo", "retryDelay": f"{retry_after}s"}] if fault is Fault.RATE_LIMITED else None
    message = message.format(model=asked.model, after=retry_after, tokens=asked.tokens + 1_048_576)
    return refuse(status, message, *after, details=details)


def bad_key(message: str = "API key not valid. Please pass a valid API key.") -> Refusal:
    info = {"@type": f"{RPC}ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
    return refuse(400, message, details=[info])


def no_key() -> Refusal:
    return refuse(
        403,
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API "
        "consumer identity to call this API.",
    )


def unknown_name(name: str, place: str) -> Refusal:
    at = f" at '{place}'" if place else ""
    description = f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'
    violation = {"field": place, "description": description} if place else {"description": description}
    return refuse(400, description, details=[{"@type": f"{RPC}BadRequest", "fieldViolations": [violation]}])
