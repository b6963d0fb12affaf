"""The journal of a turn as the panel shows it: pure functions over what turn_steps and messages hold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINES = 8
MAX_RAW = 20_000


@dataclass(frozen=True, slots=True)
class StepRow:
    turn_id: int
    step_no: int
    round: int
    kind: str
    content: dict[str, Any]
    ms: int


@dataclass(frozen=True, slots=True)
class ReplyRow:
    turn_id: int
    content: str
    llm_response_data: dict[str, Any] | None
    state: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class TurnRow:
    id: int
    state: str
    trigger: str
    round: int
    attempts: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """``lines`` are the sentences of a result, ``raw`` all of it as JSON."""

    kind: str
    name: str
    has_failed: bool
    ms: int
    arguments: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    raw: str
    model: str
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Tokens:
    input: int = 0
    output: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(self.input + other.input, self.output + other.output)


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    state: str
    error: str


@dataclass(frozen=True, slots=True)
class Violation:
    gate: str
    span: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Turn:
    row: TurnRow
    questions: tuple[str, ...]
    steps: tuple[Step, ...]
    replies: tuple[Reply, ...]
    violations: tuple[Violation, ...]
    models: tuple[str, ...]
    tokens: Tokens
    cost: Decimal | None
    ms: int | None

    @property
    def is_running(self) -> bool:
        return self.row.state in {"waiting", "running"}


def tell_turn(row: TurnRow, questions: tuple[str, ...], steps: list[StepRow], replies: list[ReplyRow]) -> Turn:
    """Everything that is known of one turn."""
    told = tuple(_tell_step(step) for step in steps)
    costs = [cost for step in steps if (cost := _decimal(step.content.get("cost"))) is not None]
    return Turn(
        row=row,
        questions=questions,
        steps=told,
        replies=tuple(Reply(reply.content, reply.state or "", reply.error or "") for reply in replies),
        violations=tuple(violation for reply in replies for violation in _violations((reply.llm_response_data or {}).get("gates"))),
        models=tuple(dict.fromkeys(step.model for step in told if step.model)),
        tokens=sum((step.tokens for step in told), Tokens()),
        cost=sum(costs, Decimal()) if costs else None,
        ms=_milliseconds(row),
    )


def texts_in(content: object) -> Iterator[str]:
    """What stands under ``text`` or ``sentence``, at any depth, in order."""
    if isinstance(content, dict):
        for key, inner in content.items():
            if key in {"text", "sentence"} and isinstance(inner, str):
                yield inner
            else:
                yield from texts_in(inner)
    elif isinstance(content, list):
        for inner in content:
            yield from texts_in(inner)


def _tell_step(row: StepRow) -> Step:
    content = row.content
    match row.kind:
        case "tool":
            result = content.get("content")
            return _step(
                row,
                name=str(content.get("tool", "")),
                arguments=_arguments(content.get("arguments")),
                lines=(result,) if isinstance(result, str) else tuple(dict.fromkeys(texts_in(result)))[:MAX_LINES],
                raw=_raw(result),
            )
        case "model":
            return _step(row, lines=tuple(_said(content.get("response")))[:MAX_LINES], raw=_raw(content.get("response")))
        case _:
            rest = {key: given for key, given in content.items() if key not in {"what", "said"}}
            lines = (str(content["said"]),) if content.get("said") else ()
            return _step(row, name=str(content.get("what", "")), arguments=_arguments(rest), lines=lines, raw=_raw(rest))


def _step(row: StepRow, *, name: str = "", arguments: tuple[tuple[str, str], ...] = (), lines: tuple[str, ...] = (), raw: str) -> Step:
    model, usage = row.content.get("model"), row.content.get("usage")
    return Step(
        kind=row.kind,
        name=name,
        has_failed=row.content.get("outcome") == "failed",
        ms=row.ms,
        arguments=arguments,
        lines=lines,
        raw=raw,
        model=model if isinstance(model, str) else "",
        tokens=Tokens(_count(usage, "input_tokens"), _count(usage, "output_tokens")),
    )


def _said(response: object) -> Iterator[str]:
    """Texts and tool names of a model's answer (pydantic-ai's ModelResponse as JSON)."""
    parts = response.get("parts") if isinstance(response, dict) else None
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and part.get("part_kind") == "text" and part.get("content"):
            yield str(part["content"])
        elif isinstance(part, dict) and part.get("part_kind") == "tool-call":
            yield f"→ {part.get('tool_name')}"


def _arguments(given: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(given, dict):
        return ()
    return tuple((str(name), _plain(entry)) for name, entry in given.items() if entry not in (None, [], ""))


def _plain(entry: object) -> str:
    if isinstance(entry, list) and all(isinstance(part, str) for part in entry):
        return ", ".join(entry)
    return entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False)


def _raw(content: object) -> str:
    return "" if content in (None, {}) else json.dumps(content, ensure_ascii=False, indent=2)[:MAX_RAW]


def _violations(gates: object) -> Iterator[Violation]:
    for gate in gates if isinstance(gates, list) else ():
        if isinstance(gate, dict):
            yield Violation(str(gate.get("kind", "")), str(gate.get("span", "")), str(gate.get("sentence", "")))
        else:
            yield Violation("", "", str(gate))


def _count(usage: object, name: str) -> int:
    counted = usage.get(name) if isinstance(usage, dict) else None
    return counted if isinstance(counted, int) else 0


def _decimal(given: object) -> Decimal | None:
    try:
        return Decimal(str(given)) if given is not None else None
    except InvalidOperation:
        return None


def _milliseconds(row: TurnRow) -> int | None:
    if row.started_at is None or row.finished_at is None:
        return None
    return max(0, round((row.finished_at - row.started_at).total_seconds() * 1000))
