"""The journal of a turn, as the step loop sees it: what was decided is written before it is acted on, and read back after a crash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

if TYPE_CHECKING:
    from valera.assistant.tools import Done, Failed, Tool


class StepKind(StrEnum):
    MODEL = "model"
    TOOL = "tool"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Step:
    """One row. ``content`` of a model step: ``response`` (pydantic-ai's JSON), ``model``, ``usage``, ``cost``, ``upto`` (the last client
    message it knew of). Of a tool step: ``tool``, ``arguments``, ``outcome``, ``content``, ``call_id``. ``ms``: how long it took.
    """

    turn_id: int
    step_no: int
    round: int
    kind: StepKind
    effect_key: str | None
    content: dict[str, Any]
    ms: int


class Journal(Protocol):
    """Bound to one round of one turn. Every method raises when the turn is no longer this worker's."""

    @property
    def earlier(self) -> tuple[Step, ...]:
        """Those of the rounds of this turn before it."""
        ...

    @property
    def steps(self) -> list[Step]:
        """This round's, in order; those written before a crash included."""
        ...

    def record_answer(self, content: dict[str, Any], ms: int) -> None:
        """Committed together with what first acts on it: a tool's row, or the end of the turn."""
        ...

    def record_waste(self, content: dict[str, Any]) -> None:
        """An answer that a provider gave and charges, and that could not be used: its ``usage`` and ``cost``. Committed like an answer."""
        ...

    async def run_tool(self, tool: Tool, arguments: dict[str, Any], call_id: str) -> Done | Failed:
        """Effect and row in one transaction; an effect that this turn has had already is not repeated."""
        ...

    async def record_refusal(self, tool: str, arguments: dict[str, Any], call_id: str, sentence: str) -> None:
        """A call that could not be made: unknown tool, wrong arguments, too many calls."""
        ...


def effect_key(tool: str, arguments: dict[str, Any]) -> str:
    """The same call has the same key in every round, attempt and step."""
    canonical = msgspec.json.encode([tool, arguments], order="sorted")
    return f"{tool}:{hashlib.sha256(canonical).hexdigest()[:32]}"
