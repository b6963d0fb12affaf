"""What the model says: by rule where one fits, else it repeats the client's words. The same conversation gets the same answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from valera.simulator.models.wire import Call, ClientWords, ModelWords, Said, Told, ToolWords

WORD = re.compile(r"[^\W_]*[^\W\d_][^\W_]*")
MOST_WORDS = 12


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer. A string that begins with $ stands for something in the result of a tool: ``$find_slots.slots.0.slot_id``."""

    calls: tuple[Call, ...] = ()
    say: str | None = None


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``when`` stands in what the client wrote (in any case); then ``steps`` are the answers, one for each time the model is asked."""

    when: str
    steps: tuple[Step, ...]


@dataclass(slots=True)
class Exchange:
    """What happened since the model last spoke to the client."""

    text: str = ""
    answers: int = 0
    results: dict[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def read(cls, conversation: Sequence[Told]) -> Exchange:
        exchange, names = cls(), dict[str, str]()
        for told in conversation:
            match told:
                case ModelWords(calls) if calls:
                    exchange.answers += 1
                    names |= dict(calls)
                case ModelWords():
                    exchange, names = cls(), {}
                case ClientWords(text):
                    exchange.text = f"{exchange.text} {text}".lstrip()
                case ToolWords(call, content):
                    exchange.results[names.get(call, "")] = content
        return exchange


def answer(rules: Sequence[Rule], conversation: Sequence[Told]) -> Said:
    exchange = Exchange.read(conversation)
    folded = exchange.text.casefold()
    rule = next((rule for rule in rules if rule.when.casefold() in folded), None)
    if rule is None or exchange.answers >= len(rule.steps):
        return Said(repeat(exchange.text))
    step = rule.steps[exchange.answers]
    if step.calls:
        return Said(step.say, tuple(Call(call.name, _filled_in(call.arguments, exchange.results), call.id) for call in step.calls))
    said = _filled_in(step.say, exchange.results)
    return Said(said if isinstance(said, str) else repeat(exchange.text))


def repeat(text: str) -> str:
    """The client's first words: no bare number is among them, as sums and times would need a source to pass the gates."""
    return f"Вы пишете: {' '.join(WORD.findall(text)[:MOST_WORDS]) or '…'}"


def _filled_in(value: Any, results: dict[str, Any]) -> Any:
    match value:
        case str() if value.startswith("$"):
            return _found(value[1:].split("."), results)
        case dict():
            return {key: _filled_in(inner, results) for key, inner in value.items()}
        case list():
            return [_filled_in(inner, results) for inner in value]
        case _:
            return value


def _found(path: list[str], results: Any) -> Any:
    """None where the results have no such thing."""
    found = results
    for part in path:
        if isinstance(found, dict) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found
