"""OpenAI's errors."""

from __future__ import annotations

from dataclasses import dataclass

from valera.simulator.models.fault import Fault
from valera.simulator.models.wire import Asked, Refusal

REQUEST_ID = (b"x-request-id", b"req_0f1e2d3c4b5a69788796a5b4c3d2e1f0")


def refuse(
    status: int,
    message: str,
    *headers: tuple[bytes, bytes],
    kind: str = "invalid_request_error",
    code: str | None = None,
    param: str | None = None,
) -> Refusal:
    return Refusal(status, {"error": {"message": message, "type": kind, "param": param, "code": code}}, REQUEST_ID, *headers)


@dataclass(frozen=True, slots=True)
class Saying:
    """How one fault is told; ``tells_when`` to come again."""

    status: int
    message: str
    kind: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    tells_when: bool = False


SAYINGS = {
    Fault.RATE_LIMITED: Saying(
        429,
        "Rate limit reached for {model} in organization org-1 on requests per min. Please try again in {after}s.",
        kind="requests",
        code="rate_limit_exceeded",
        tells_when=True,
    ),
    Fault.OVERLOADED: Saying(529, "The engine is currently overloaded, please try again later.", kind="overloaded_error", tells_when=True),
    Fault.SERVER_ERROR: Saying(500, "The server had an error while processing your request. Sorry about that!", kind="server_error"),
    Fault.UNAVAILABLE: Saying(503, "The server is overloaded or not ready yet.", kind="service_unavailable_error"),
    Fault.UNAUTHORIZED: Saying(
        401,
        "Incorrect API key provided: sk-*****. You can find your API key at https://platform.openai.com/account/api-keys.",
        code="invalid_api_key",
    ),
    Fault.NO_CREDIT: Saying(
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        kind="insufficient_quota",
        code="insufficient_quota",
    ),
    Fault.NO_MODEL: Saying(404, "The model `{model}` does not exist or you do not have access to it.", code="model_not_found"),
    Fault.TOO_LONG: Saying(
        400,
        "This model's maximum context length is 128000 tokens. However, your messages resulted in {tokens} tokens. "
        "Please reduce the length of the messages.",
        code="context_length_exceeded",
        param="messages",
    ),
}


def fail(fault: Fault, asked: Asked, retry_after: int) -> Refusal:
    saying = SAYINGS[fault]
    after = ((b"retry-after", str(retry_after).encode()),) if saying.tells_when else ()
    message = saying.message.format(model=asked.model, after=retry_after, tokens=asked.tokens + 128_000)
    return refuse(saying.status, message, *after, kind=saying.kind, code=saying.code, param=saying.param)


def blocked() -> Refusal:
    message = "The response was filtered due to the prompt triggering the content management policy. Please modify your prompt and retry."
    return refuse(400, message, code="content_filter", param="prompt")
