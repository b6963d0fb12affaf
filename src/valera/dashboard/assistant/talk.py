"""A trial conversation as whoever tries it reads it: what was said, how each answer came about, and where its sums are from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from valera.reception.sources.written import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_FOUND = 6


@dataclass(frozen=True, slots=True)
class Step:
    """``name``: of a tool, empty: a model thought; ``found``: sentences of its result; ``cost`` in dollars, None: nobody knows."""

    name: str
    found: tuple[str, ...]
    is_refused: bool
    ms: int
    model: str = ""
    tokens: int = 0
    cost: Decimal | None = None
    is_free: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """``is_ours``: the assistant said it; ``buttons``: (words, data); ``refused``: what the gates found in a draft."""

    id: int
    text: str
    is_ours: bool
    buttons: tuple[tuple[str, str], ...] = ()
    steps: tuple[Step, ...] = ()
    sources: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    over_budget: bool = False

    @property
    def ms(self) -> int:
        return sum(step.ms for step in self.steps)

    @property
    def cost(self) -> Decimal | None:
        """None: some of it has no price."""
        costs = [step.cost for step in self.steps if not step.is_free]
        return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))

    @property
    def is_paid(self) -> bool:
        return any(not step.is_free for step in self.steps)

    def is_without(self, model: str) -> bool:
        """Whether the model that is asked first had nothing to say, and another one answered."""
        return bool(self.models) and not self.over_budget and model not in self.models

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(step.model for step in self.steps if step.model))


def read_talk(kept: dict[str, Any], *, locale: str) -> tuple[Line, ...]:
    """``kept``: the rows of a trial. ``locale``: in which sources are told."""
    rows = sorted((row for row in _rows(kept, "messages") if row["role"] in {"user", "assistant"}), key=lambda row: row["id"])
    steps = sorted(_rows(kept, "turn_steps"), key=lambda row: row["step_no"])
    deliveries = {row["message_id"]: row for row in _rows(kept, "deliveries")}
    newest = rows[-1]["id"] if rows else 0
    return tuple(_line(row, steps, deliveries.get(row["id"]), locale, is_newest=row["id"] == newest) for row in rows)


def _rows(kept: dict[str, Any], table: str) -> list[dict[str, Any]]:
    return kept.get(table) or []


def _line(row: dict[str, Any], steps: list[dict[str, Any]], delivery: dict[str, Any] | None, locale: str, *, is_newest: bool) -> Line:
    if row["role"] == "user":
        return Line(row["id"], row["content"], is_ours=False)
    origin = row["llm_response_data"] or {}
    return Line(
        row["id"],
        row["content"],
        is_ours=True,
        buttons=tuple(_buttons(delivery)) if is_newest else (),
        steps=tuple(step for made in steps if made["turn_id"] == row["turn_id"] and (step := _step(made)) is not None),
        sources=tuple(in_words(source, locale) for source in origin.get("sources") or ()),
        refused=tuple(str(gate) for gate in origin.get("gates") or ()),
        over_budget=bool(origin.get("over_budget")),
    )


def _buttons(delivery: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    markup = (delivery or {}).get("reply_markup") or {}
    for line in markup.get("inline_keyboard") or ():
        for button in line:
            if "callback_data" in button:
                yield button["text"], button["callback_data"]


def _step(row: dict[str, Any]) -> Step | None:
    """None: it is no step that anybody would look for."""
    content, ms = row["content"], row["ms"]
    if row["kind"] == "tool":
        result = content["content"]
        found = (result,) if isinstance(result, str) else tuple(dict.fromkeys(_texts(result)))[:MOST_FOUND]
        return Step(content["tool"], found, content["outcome"] == "failed", ms)
    if "usage" not in content:
        return None
    usage, cost = content["usage"], content["cost"]
    tokens = usage["input_tokens"] + usage["output_tokens"]
    price = None if cost is None else Decimal(cost)
    return Step("", (), row["kind"] == "code", ms, str(content.get("link") or content["model"]), tokens, price, is_free=price == 0)


def _texts(content: object) -> Iterator[str]:
    """What stands under ``text`` or ``question``, at any depth, in order."""
    if isinstance(content, dict):
        for key, inner in content.items():
            if key in {"text", "question"} and isinstance(inner, str):
                yield inner
            else:
                yield from _texts(inner)
    elif isinstance(content, list):
        for inner in content:
            yield from _texts(inner)
