"""What a provider's failure means, whichever SDK it came through: pydantic-ai sorts them, here they get Valera's names.

Their texts are not passed on: they hold what the provider answered, and with it, at times, the request or the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import accumulate

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

DEEPEST = 32
"""Levels of brackets in the arguments of a tool; no tool of ours takes more than three."""
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


STUMBLES = (ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError)
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


def refuse_nesting(link: str, response: ModelResponse) -> None:
    """Before anything walks through it. Raises BadAnswer."""
    if any(_is_too_deep(call.args) for call in response.tool_calls):
        raise BadAnswer(f"{link} nested its arguments too deeply.")


def _is_too_deep(arguments: object) -> bool:
    """Level by level: what is asked here would be the first to end at Python's own bound. Text counts the brackets that open at most."""
    if isinstance(arguments, str):
        return max(accumulate((letter in "[{") - (letter in "]}") for letter in arguments), default=0) > DEEPEST
    level: list[object] = [arguments]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return False
    return True


def _inside(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def has_ended(response: ModelResponse) -> bool:
    """Whether the provider said why it ended, be it in a word of its own that nobody else knows."""
    return response.finish_reason is not None or bool((response.provider_details or {}).get("finish_reason"))
