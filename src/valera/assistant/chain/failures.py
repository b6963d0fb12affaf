"""What a provider's failure means, whichever SDK it came through: pydantic-ai sorts them, here they get Valera's names.

Their texts are not passed on: they hold what the provider answered, and with it, at times, the request or the key.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic_ai.exceptions import (
    AgentRunError,
    ContentFilterError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestRejectedError,
    ModelRequestTimeout,
    ModelTimeoutError,
    ModelUnavailableError,
    UserError,
)
from pydantic_ai.messages import ModelResponse

from valera.assistant.errors import (
    AnswerCutShort,
    AnswerDeclined,
    BadAnswer,
    ContextTooLong,
    KeyRefused,
    ModelBroken,
    ModelError,
    ModelOverloaded,
    ModelTimeout,
    ModelUnknown,
    ModelUnreachable,
    QuotaSpent,
    RequestRejected,
)

TOO_LARGE = 413

MOST_CHARACTERS = 12_000
"""Three messages of Telegram: what is longer is a model that does not find its end."""

MEANINGS: tuple[tuple[type[Exception], type[ModelError]], ...] = (
    (ModelTimeoutError, ModelTimeout),
    (ModelRequestTimeout, ModelTimeout),
    (ModelConnectionError, ModelUnreachable),
    (ModelRateLimitError, ModelOverloaded),
    (ModelUnavailableError, ModelOverloaded),
    (ModelQuotaExceededError, QuotaSpent),
    (ModelAuthenticationError, KeyRefused),
    (ModelNotFoundError, ModelUnknown),
    (ModelContextWindowExceededError, ContextTooLong),
    (ModelRequestRejectedError, RequestRejected),
    (ContentFilterError, AnswerDeclined),
    (UserError, RequestRejected),
)
"""The first that fits; everything else is ModelBroken."""


STUMBLES = (ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError)
"""A body that is JSON and no answer: the SDKs and the mapping behind them trip over it each in their own way."""


@contextmanager
def read_failures(link: str, *, is_remote: bool) -> Iterator[None]:
    """What a request to ``link`` raises becomes a ModelError."""
    try:
        yield
    except (AgentRunError, UserError) as error:
        raise read_failure(link, error) from None
    except STUMBLES as error:
        if not is_remote:
            raise
        raise ModelBroken(f"{link}: {type(error).__name__}") from None


def read_failure(link: str, error: Exception) -> ModelError:
    status = error.status_code if isinstance(error, ModelHTTPError) else None
    meaning = next((meaning for sort, meaning in MEANINGS if isinstance(error, sort)), ModelBroken)
    if status == TOO_LARGE:
        meaning = ContextTooLong
    if isinstance(error, ModelTimeoutError) and error.phase in {"pool", "connect"}:
        meaning = ModelUnreachable  # over aiohttp, a refused connection looks like one that took too long
    detail = f"{link}: HTTP {status}" if status else f"{link}: {type(error).__name__}"
    return meaning(detail, retry_after=error.retry_after if isinstance(error, ModelAPIError) else None)


def refuse_bad_answer(link: str, response: ModelResponse, *, is_remote: bool) -> None:
    """Raises BadAnswer where there is nothing to act on: nothing at all, half of something, or a refusal."""
    if response.finish_reason == "content_filter":
        raise AnswerDeclined(f"{link} declined to answer.")
    is_without_end = response.finish_reason == "length" or (is_remote and not has_ended(response))
    if is_without_end or len(response.text or "") > MOST_CHARACTERS:
        raise AnswerCutShort(f"{link} did not come to an end.")
    if not response.tool_calls and not (response.text or "").strip():
        raise BadAnswer(f"{link} answered with nothing.")


def has_ended(response: ModelResponse) -> bool:
    """Whether the provider said why it ended, be it in a word of its own that nobody else knows."""
    return response.finish_reason is not None or bool((response.provider_details or {}).get("finish_reason"))
