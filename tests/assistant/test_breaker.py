"""A breaker: who does not answer is left alone, tried by one turn, and nobody's own message can open it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from valera.assistant.chain.breaker import FAILURES, FIRST_PAUSE, LASTING_PAUSE, LONGEST_PAUSE, Attempt, Breaker
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

PROVIDERS_FAULT = (ModelTimeout, ModelUnreachable, ModelBroken, ModelOverloaded)
LASTING = (KeyRefused, QuotaSpent, ModelUnknown)
OF_ONE_REQUEST = (BadAnswer, AnswerCutShort, AnswerDeclined, RequestRejected, ContextTooLong)


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def attempt(breaker: Breaker) -> Attempt:
    attempt = breaker.attempt()
    assert attempt is not None
    return attempt


def fail(breaker: Breaker, error: ModelError, *, times: int = 1) -> None:
    for _ in range(times):
        attempt(breaker).failed(error)


@pytest.mark.parametrize("error", PROVIDERS_FAULT)
def test_it_opens_after_failures_in_a_row(breaker: Breaker, error: type[ModelError]) -> None:
    fail(breaker, error(), times=FAILURES - 1)
    assert breaker.attempt() is not None

    fail(breaker, error())

    assert breaker.attempt() is None


def test_an_answer_in_between_begins_the_row_anew(breaker: Breaker) -> None:
    fail(breaker, ModelTimeout(), times=FAILURES - 1)
    attempt(breaker).answered()

    fail(breaker, ModelTimeout(), times=FAILURES - 1)

    assert breaker.attempt() is not None


@pytest.mark.parametrize("error", OF_ONE_REQUEST)
def test_what_one_client_can_cause_never_opens_it(breaker: Breaker, error: type[ModelError]) -> None:
    fail(breaker, error(), times=100)

    assert breaker.attempt() is not None


def test_after_the_pause_one_turn_tries_and_the_others_wait_for_it(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, ModelTimeout(), times=FAILURES)
    clock.now += FIRST_PAUSE

    probe = attempt(breaker)

    assert probe.is_probe
    assert [breaker.attempt() for _ in range(10)] == [None] * 10
    probe.answered()
    assert not attempt(breaker).is_probe


def test_a_probe_that_fails_doubles_the_pause_up_to_a_bound(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, ModelTimeout(), times=FAILURES)
    pauses: list[float] = []
    for _ in range(8):
        since = clock.now
        while breaker.attempt() is None:
            clock.now += FIRST_PAUSE / 5
        pauses.append(clock.now - since)
        breaker.note_failure(ModelTimeout(), is_probe=True)

    assert pauses[:4] == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4, FIRST_PAUSE * 8]
    assert pauses[-1] == LONGEST_PAUSE


def test_a_probe_that_was_taken_away_is_free_for_the_next(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, ModelTimeout(), times=FAILURES)
    clock.now += FIRST_PAUSE
    attempt(breaker).dropped()

    assert attempt(breaker).is_probe


def test_a_probe_that_is_answered_badly_closes_it(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, ModelTimeout(), times=FAILURES)
    clock.now += FIRST_PAUSE

    attempt(breaker).failed(BadAnswer())

    assert not breaker.is_open


def test_the_provider_says_itself_for_how_long(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, ModelOverloaded(retry_after=42))

    clock.now += 41
    assert breaker.attempt() is None
    clock.now += 1
    assert breaker.attempt() is not None


@pytest.mark.parametrize("seconds", [1e9, float("inf")])
def test_but_not_for_ever(breaker: Breaker, clock: Clock, seconds: float) -> None:
    fail(breaker, ModelOverloaded(retry_after=seconds))
    clock.now += 3600

    assert breaker.attempt() is not None


@pytest.mark.parametrize("error", LASTING)
def test_what_only_people_can_mend_opens_it_at_once_and_for_longer(breaker: Breaker, clock: Clock, error: type[ModelError]) -> None:
    fail(breaker, error())

    clock.now += LASTING_PAUSE - 1
    assert breaker.attempt() is None
    assert isinstance(breaker.trouble, error)
    clock.now += 1
    assert attempt(breaker).is_probe


def test_an_answer_to_what_was_asked_before_it_opened_does_not_close_it(breaker: Breaker) -> None:
    early = attempt(breaker)
    fail(breaker, KeyRefused())

    early.answered()

    assert breaker.is_open


def test_trouble_is_news_once_and_so_is_its_end(breaker: Breaker, clock: Clock) -> None:
    attempt(breaker).answered()
    assert breaker.take_news()
    fail(breaker, KeyRefused())
    assert breaker.take_news()
    assert not breaker.take_news()
    clock.now += LASTING_PAUSE
    fail(breaker, KeyRefused())
    assert not breaker.take_news()
    clock.now += LASTING_PAUSE

    attempt(breaker).answered()

    assert breaker.trouble is None
    assert breaker.take_news()
    assert not breaker.take_news()
