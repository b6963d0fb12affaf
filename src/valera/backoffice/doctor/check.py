"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """SKIPPED: there is nothing to look at, and nothing wrong with that."""

    WELL = "ok"
    DOUBTFUL = "look"
    BROKEN = "broken"
    SKIPPED = "–"


@dataclass(frozen=True, slots=True)
class Check:
    """``sentence``: what was found; of what is not well, what to do about it."""

    topic: str
    state: State
    sentence: str

    def tell(self) -> str:
        return f"{self.topic:<14}{self.state.value:<8}{self.sentence}"


def well(topic: str, sentence: str) -> Check:
    return Check(topic, State.WELL, sentence)


def doubtful(topic: str, sentence: str) -> Check:
    return Check(topic, State.DOUBTFUL, sentence)


def broken(topic: str, sentence: str) -> Check:
    return Check(topic, State.BROKEN, sentence)


def skipped(topic: str, sentence: str) -> Check:
    return Check(topic, State.SKIPPED, sentence)
