"""One episode for one seed.

Hypothesis is used as the generator that it is, one example at a time: its own search looks for the same failure nearby, and here every
episode should be another one.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from hypothesis.control import BuildContext
from hypothesis.errors import StopTest
from hypothesis.internal.conjecture.data import ConjectureData

from evil.strategies import episodes

if TYPE_CHECKING:
    from evil.episode import Episode

TRIES = 100


def draw(seed: str) -> Episode:
    """The same for the same seed; one that grows beyond what hypothesis allows is drawn again."""
    for attempt in range(TRIES):
        data = ConjectureData(random=Random(f"{seed}/{attempt}"))  # noqa: S311 - no secret is made
        try:
            with BuildContext(data, is_final=False, wrapped_test=lambda: None):
                return data.draw(episodes())
        except StopTest:
            continue
    raise AssertionError(f"No episode for {seed}.")
