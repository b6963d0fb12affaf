"""Answers that are well-formed, and wrong: what a model says on its bad days."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from valera.simulator.models.fault import Fault
from valera.simulator.models.wire import Asked, Call, ClientWords, End, Offered, Said, ToolWords

FALSE_SUM = "Ремонт бампера стоит 7431 ₽, работа займёт два дня."
FALSE_BOOKING = "Готово, записал вас на завтра в 11:00, ждём!"
FOREIGN = "Sure, we can help you with that. Please bring your car whenever it suits you, our team will take a look."
PROMISE = "Секунду, сейчас посмотрю и сразу напишу вам."
HUGE = "Мы всегда рады вам помочь с вашим автомобилем. " * 8000
HALF_SURROGATE = "\ue0d8"
"""Written as half a surrogate pair (`damage`): no text of Python's that can be encoded holds one."""
BAD_CHARACTERS = f"Добрый\x00 день\x07!\u202e Чем\u200b помочь?{HALF_SURROGATE}\ufffe"

TEXTS = {
    Fault.WRONG_LANGUAGE: FOREIGN,
    Fault.TEXT_WITHOUT_CALL: PROMISE,
    Fault.HUGE: HUGE,
    Fault.BAD_CHARACTERS: BAD_CHARACTERS,
    Fault.FALSE_SUM: FALSE_SUM,
    Fault.FALSE_BOOKING: FALSE_BOOKING,
}
PLACEHOLDER = re.compile(r"⟦[^⟦⟧]{1,60}⟧")
UNSEEN = "⟦phone_77⟧"
KINDS: Mapping[str, Any] = {"string": "завтра", "integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}
WRONG: Mapping[str, Any] = {"string": [1], "integer": "сто", "number": "полтора", "boolean": "да", "array": 7, "object": "нет"}


def spoil(fault: Fault, good: Said, asked: Asked) -> Said:
    """What is said instead of ``good``."""
    if (text := TEXTS.get(fault)) is not None:
        return Said(text)
    match fault:
        case Fault.EMPTY:
            return Said(None)
        case Fault.REFUSAL:
            return Said(None, end=End.REFUSED)
        case Fault.FILTERED | Fault.LENGTH:
            return Said(_half(good), end=End.LENGTH if fault is Fault.LENGTH else End.REFUSED)
        case Fault.MANGLED_PLACEHOLDERS:
            return Said(f"Записал ваши данные: {', '.join(_mangled(asked))}.")
        case _:
            return Said(PROMISE if fault is Fault.TEXT_WITH_CALL else None, _calls(fault, asked))


def damage(written: bytes) -> bytes:
    """What no encoder writes by itself."""
    return written.replace(HALF_SURROGATE.encode(), rb"\ud83d")


def _calls(fault: Fault, asked: Asked) -> tuple[Call, ...]:
    tool = _easiest(asked.tools)
    arguments = _filled(tool.schema, KINDS)
    match fault:
        case Fault.UNKNOWN_TOOL:
            return (Call("book_everything_now", {"client": "все", "confirmed": True}),)
        case Fault.WRONG_ARGUMENTS:
            return (Call(tool.name, _filled(tool.schema, WRONG, every=True) or {"surprise": [1]}),)
        case Fault.BROKEN_ARGUMENTS:
            return (Call(tool.name, '{"when": "завт'),)
        case Fault.TWO_CALLS:
            return (Call(tool.name, arguments), Call(tool.name, arguments))
        case Fault.DUPLICATE_IDS:
            return (Call(tool.name, arguments, "call_1"), Call(tool.name, arguments, "call_1"))
        case _:
            return (Call(tool.name, arguments),)


def _half(good: Said) -> str:
    text = good.text or PROMISE
    return text[: max(1, len(text) // 2)]


def _easiest(tools: Sequence[Offered]) -> Offered:
    """The one that asks least of who calls it."""
    return min(tools, key=lambda tool: len(tool.schema.get("required", ())), default=Offered("find_slots", {}))


def _filled(schema: Mapping[str, Any], values: Mapping[str, Any], *, every: bool = False) -> dict[str, Any]:
    """Arguments by the types of the schema: the required ones, or all."""
    properties: Mapping[str, Any] = schema.get("properties", {})
    return {name: values[_kind(properties[name])] for name in (properties if every else schema.get("required", ())) if name in properties}


def _kind(schema: Mapping[str, Any]) -> str:
    kinds = [inner.get("type") for inner in (schema, *schema.get("anyOf", ()))]
    return next((str(kind).lower() for kind in kinds if str(kind).lower() in KINDS), "string")


def _mangled(asked: Asked) -> list[str]:
    """Each of the conversation with a bracket lost, in other letters, with other brackets, in pieces; and one that was never given out."""
    spoken = "\n".join(
        msgspec.json.encode(told.content).decode() if isinstance(told, ToolWords) else told.text
        for told in asked.told
        if isinstance(told, ToolWords | ClientWords)
    )
    seen = list(dict.fromkeys(PLACEHOLDER.findall(spoken)))[:4] or ["⟦phone_1⟧"]
    ways = [(found[:-1], found.upper(), f"[{found[1:-1]}]", f"⟦ {found[1:-1]} ⟧", f"⟦{found}⟧", found[1:-1]) for found in seen]
    return [way for each in ways for way in each] + [UNSEEN]
