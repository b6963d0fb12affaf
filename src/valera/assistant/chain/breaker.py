"""A breaker for each link: who does not answer is left alone for a while, and then tried by one turn before all others.

It is shared by all turns of a process. Only what is the provider's fault counts: a request that it does not take, or an answer that is
of no use, may be the work of one client, who must not be able to take the provider from everybody.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from valera.assistant.errors import (
    BadAnswer,
    ModelError,
    ModelMisconfigured,
    ModelOverloaded,
    RequestRejected,
)

FAILURES = 3
"""In a row, before it is left alone."""

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 120.0
"""Doubled for each probe that fails."""

LASTING_PAUSE = 300.0
"""For a wrong key, no money, no such model: time does not mend that, people do."""

LONGEST_RETRY_AFTER = 900.0


@dataclass(slots=True)
class Attempt:
    """One request that the breaker let through: say what became of it, once."""

    breaker: Breaker
    is_probe: bool

    def answered(self) -> None:
        self.breaker.note_answer(is_probe=self.is_probe)

    def failed(self, error: ModelError) -> None:
        self.breaker.note_failure(error, is_probe=self.is_probe)

    def dropped(self) -> None:
        """Nobody knows: the turn was taken away meanwhile."""
        self.breaker.note_nothing(is_probe=self.is_probe)


@dataclass(slots=True)
class Breaker:
    """``trouble``: what only people can mend, as long as it lasts. ``monotonic`` in seconds."""

    monotonic: Callable[[], float] = time.monotonic
    trouble: ModelMisconfigured | None = None
    _failures: int = 0
    _pause: float = 0
    _opened_until: float | None = None
    _is_probing: bool = False
    _has_answered: bool = False
    _is_untold: bool = False

    def attempt(self) -> Attempt | None:
        """None: leave the link alone. After the pause one attempt is let through, and no other until it is known what came of it."""
        if self._opened_until is None:
            return Attempt(self, is_probe=False)
        if self._is_probing or self.monotonic() < self._opened_until:
            return None
        self._is_probing = True
        return Attempt(self, is_probe=True)

    @property
    def is_open(self) -> bool:
        return self._opened_until is not None

    def take_news(self) -> bool:
        """Whether ``trouble`` began or ended since this was asked last, or it answered for the first time: who knows what was before."""
        is_untold, self._is_untold = self._is_untold, False
        return is_untold

    def note_answer(self, *, is_probe: bool) -> None:
        """An answer to a request that left before the breaker opened says nothing of now."""
        if self._opened_until is not None and not is_probe:
            return
        self._is_untold = self._is_untold or self.trouble is not None or not self._has_answered
        self._has_answered = True
        self.trouble, self._opened_until, self._is_probing = None, None, False
        self._failures, self._pause = 0, 0

    def note_nothing(self, *, is_probe: bool) -> None:
        if is_probe:
            self._is_probing = False

    def note_failure(self, error: ModelError, *, is_probe: bool) -> None:
        if is_probe:
            self._is_probing = False
        match error:
            case ModelMisconfigured():
                self._is_untold = self._is_untold or self.trouble is None
                self.trouble = error
                self._open(LASTING_PAUSE)
            case BadAnswer() | RequestRejected():
                if is_probe:  # it answered: it is there
                    self.note_answer(is_probe=True)
            case ModelOverloaded(retry_after=float() | int() as seconds):
                self._open(min(max(seconds, 1.0), LONGEST_RETRY_AFTER))
            case _:
                self._failures += 1
                if is_probe or (self._opened_until is None and self._failures >= FAILURES):
                    self._pause = min(max(FIRST_PAUSE, self._pause * 2), LONGEST_PAUSE)
                    self._open(self._pause)

    def _open(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        self._opened_until = max(until, self._opened_until or 0)
