"""What a tool did in a turn, as one line with a table inside: pure functions over rows of the journal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from valera.dashboard.inbox.thread.lines import EventLine, ToolLine
from valera.russian.money.sums import format_sum

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ROWS = 20
MOST_TEXT = 2000
CALL_HUMAN = "call_human"


@dataclass(frozen=True, slots=True)
class StepRow:
    turn_id: int
    step_no: int
    kind: str
    content: dict[str, Any]
    ms: int
    created_at: datetime


def tell_step(row: StepRow) -> ToolLine | EventLine | None:
    """None: nothing that stands in the thread beside what was said."""
    key = f"step-{row.turn_id}-{row.step_no}"
    if row.kind == "code":
        is_call = row.content.get("what") == CALL_HUMAN
        return EventLine(key, "event.client_called", {}, "hand", row.created_at, tone="signal") if is_call else None
    name, result = str(row.content.get("tool", "")), row.content.get("content")
    arguments = _dict(row.content.get("arguments"))
    has_failed = row.content.get("outcome") == "failed"
    if name == CALL_HUMAN and not has_failed:
        reason = str(arguments.get("reason") or "")
        phrase = "event.called" if reason else "event.called_without_reason"
        return EventLine(key, phrase, {"reason": reason}, "hand", row.created_at, tone="signal")
    rows = tuple(_rows(name, _dict(result)))[:MOST_ROWS]
    text = "" if rows else "\n".join(dict.fromkeys(_texts(result)))[:MOST_TEXT]
    return ToolLine(
        key=key,
        name=name,
        summary=_summary(arguments) or (rows[0][0] if rows else ""),
        arguments=tuple((str(label), _plain(given)) for label, given in arguments.items() if given not in (None, [], "")),
        rows=rows,
        text=text,
        has_failed=has_failed,
        ms=row.ms,
        at=row.created_at,
    )


def _summary(arguments: dict[str, Any]) -> str:
    """What it was asked about, in a few words."""
    works = arguments.get("works")
    if isinstance(works, list) and works:
        return ", ".join(map(str, works))[:80]
    return next((str(arguments[name])[:80] for name in ("when", "service", "number", "phone", "name") if arguments.get(name)), "")


def _rows(name: str, result: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    if name == "find_prices":
        yield from _price_rows(result)
    for slot in _dicts(result.get("slots")):
        yield str(slot.get("text") or slot.get("label") or ""), "", ""
    for booking in _dicts(result.get("bookings")):
        yield f"№\u00a0{booking.get('number')}", str(booking.get("service") or ""), str(booking.get("text") or "")


def _price_rows(result: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    currency = str(result.get("currency") or "RUB")
    for row in _dicts(result.get("found")):
        yield _title(row), str(row.get("car_class") or ""), _sum(row, currency)
    for row in _dicts(result.get("by_class")):
        for cell in _dicts(row.get("prices")):
            yield _title(row), str(cell.get("car_class") or ""), _sum(cell, currency)
    for row in _dicts(result.get("choose")):
        options = ", ".join(_title(option) for option in _dicts(row.get("options")))
        yield str(row.get("query") or ""), options, "?"
    for missing in result.get("missing") or ():
        yield str(missing), "", "—"


def _title(row: dict[str, Any]) -> str:
    return str(row.get("title") or row.get("name") or "")


def _sum(cell: dict[str, Any], currency: str) -> str:
    try:
        upto = cell.get("upto")
        return format_sum(Decimal(str(cell["amount"])), None if upto is None else Decimal(str(upto)), bool(cell.get("is_from")), currency)
    except (InvalidOperation, KeyError):
        return ""


def _texts(content: object) -> Iterator[str]:
    """Sentences of a result, at any depth, in order."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, inner in content.items():
            if isinstance(inner, dict | list) or (
                key in {"text", "sentence", "question", "reason_text"} and isinstance(inner, str) and inner
            ):
                yield from _texts(inner)
    elif isinstance(content, list):
        for inner in content:
            yield from _texts(inner)


def _plain(given: object) -> str:
    if isinstance(given, list) and all(isinstance(part, str) for part in given):
        return ", ".join(given)
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def _dict(given: object) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _dicts(given: object) -> list[dict[str, Any]]:
    return [entry for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []
