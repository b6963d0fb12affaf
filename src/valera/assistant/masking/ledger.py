"""Which placeholder stands for what in one request. Numbers follow its order, so that what was sent before reads the same."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, field
from typing import Any

from valera.assistant.masking.find import apart, find_personal
from valera.assistant.masking.found import Found, Kind
from valera.assistant.masking.known import Known, find_known, parts_of

OPENED, CLOSED = "⟦", "⟧"
_AS_BRACKETS = str.maketrans({OPENED: "[", CLOSED: "]"})

# What a model makes of a placeholder: other brackets or none, capitals, a space, an escape, a translation, an ending hung on.
_KINDS: dict[str, Kind] = {kind.value: kind for kind in Kind} | {
    "e-mail": Kind.EMAIL, "mail": Kind.EMAIL, "почта": Kind.EMAIL, "телефон": Kind.PHONE, "номер": Kind.PLATE, "госномер": Kind.PLATE,
    "вин": Kind.VIN, "имя": Kind.NAME, "фио": Kind.NAME, "карта": Kind.CARD,
}  # fmt: skip
_WORD = "|".join(sorted(_KINDS, key=len, reverse=True))
_PLACEHOLDER = re.compile(
    rf"(?i)(?:[{OPENED}\[{{<]{{1,3}}\s*(?P<in>{_WORD})[\\_\s\-–#№.:]{{0,4}}(?P<n>\d{{1,4}})\s*[{CLOSED}\]}}>]{{1,3}}(?:[а-яё]{{1,3}}(?!\w))?"
    rf"|[{OPENED}\[{{<]{{0,3}}(?<!\w)(?P<bare>{_WORD})\\?_(?P<m>\d{{1,4}})(?!\d)[{CLOSED}\]}}>]{{0,3}}"
    rf"|{OPENED}[^{OPENED}{CLOSED}\n]{{0,40}}{CLOSED}|{OPENED}[\w\\-]{{0,20}}|{CLOSED})"
)
_LOST = "\x00"
_SENTENCE = re.compile(rf"[^.!?…\n{_LOST}]*{_LOST}(?:[^.!?…\n]|[.](?=\S))*(?:[.!?…]+[ \t]*|\n|$)")
_UNFINISHED = re.compile(rf"[{OPENED}\[{{<][^{CLOSED}\]}}>\n]{{0,40}}$")


@dataclass(slots=True)
class Ledger:
    """``known``: names that are the client's, and texts of the shop whose contacts are no secret."""

    known: Known
    _numbers: dict[tuple[Kind, str], int] = field(default_factory=dict[tuple[Kind, str], int])
    _values: dict[tuple[Kind, int], str] = field(default_factory=dict[tuple[Kind, int], str])
    _names: tuple[str, ...] = ()
    _public: frozenset[tuple[Kind, str]] = frozenset()

    def __post_init__(self) -> None:
        self._names = self.known.names
        self._public = public_values(self.known.public)

    # ---- on the way out -------------------------------------------------------------------------

    def mask(self, text: str) -> str:
        found = [one for one in personal(text, self._names) if not self._is_public(one)]
        if not found:
            return text.translate(_AS_BRACKETS) if OPENED in text else text
        pieces: list[str] = []
        reached = 0
        for one in found:
            pieces += [text[reached : one.start].translate(_AS_BRACKETS), self._placeholder(one)]
            reached = one.end
        return "".join([*pieces, text[reached:].translate(_AS_BRACKETS)])

    def _is_public(self, one: Found) -> bool:
        """The shop's own: a contact in any spelling, a name as it stands in the shop's words."""
        is_said = one.kind is Kind.NAME and any(one.value in text for text in self.known.public)
        return is_said or (one.kind, one.key) in self._public

    def mask_nested(self, content: Any) -> Any:
        """Every text in a structure of JSON; keys are ours."""
        if isinstance(content, str):
            return self.mask(content)
        if isinstance(content, dict):
            return {key: self.mask_nested(inner) for key, inner in content.items()}
        if isinstance(content, list | tuple):
            return [self.mask_nested(inner) for inner in content]
        return content

    def _placeholder(self, one: Found) -> str:
        number = self._numbers.get((one.kind, one.key))
        if number is None:
            number = self._numbers[one.kind, one.key] = sum(kind is one.kind for kind, _ in self._values) + 1
            self._values[one.kind, number] = one.value
            if one.kind is Kind.NAME:
                self._learn(one, number)
        return f"{OPENED}{one.kind}_{number}{CLOSED}"

    def _learn(self, one: Found, number: int) -> None:
        """From here on a part of the name is a name, too, and the same one."""
        if one.value not in self._names:
            self._names = (*self._names, one.value)
        for part in parts_of(one.value):
            self._numbers.setdefault((Kind.NAME, part), number)

    # ---- on the way back ------------------------------------------------------------------------

    def unmask(self, text: str) -> str:
        """What was invented is taken out with its sentence."""
        restored = self._restore(text)
        return _SENTENCE.sub(" ", restored).strip() if _LOST in restored else restored

    def unmask_piece(self, text: str) -> str:
        """Of a text whose beginning was read already: what was invented is left out."""
        return self._restore(text).replace(_LOST, "")

    def unmask_nested(self, content: Any) -> Any:
        if isinstance(content, str):
            return self.unmask_piece(content)
        if isinstance(content, dict):
            return {key: self.unmask_nested(inner) for key, inner in content.items()}
        if isinstance(content, list):
            return [self.unmask_nested(inner) for inner in content]
        return content

    def unmask_arguments(self, arguments: Any) -> Any:
        """As a model wrote them: JSON as a text, or read already."""
        if not isinstance(arguments, str):
            return self.unmask_nested(arguments)
        try:
            return json.dumps(self.unmask_nested(json.loads(arguments)), ensure_ascii=False)
        except (ValueError, RecursionError):
            return self.unmask_piece(arguments)

    def _restore(self, text: str) -> str:
        return _PLACEHOLDER.sub(self._value, text)

    def _value(self, match: re.Match[str]) -> str:
        kind = _KINDS.get((match["in"] or match["bare"] or "").lower())
        number = match["n"] or match["m"]
        return self._values.get((kind, int(number)), _LOST) if kind and number else _LOST


def split_ready(text: str) -> tuple[str, str]:
    """What of a text that is still being written can be read, and what may yet become a placeholder."""
    unfinished = _UNFINISHED.search(text)
    last_space = max(text.rfind(" "), text.rfind("\n")) + 1
    cut = min(last_space, unfinished.start()) if unfinished else last_space
    return text[:cut], text[cut:]


@functools.lru_cache(maxsize=8192)
def personal(text: str, names: tuple[str, ...]) -> tuple[Found, ...]:
    """As `find_personal`, and the names that are known by now."""
    found = find_personal(text)
    return tuple(apart([*found, *known])) if names and (known := find_known(text, names)) else found


@functools.lru_cache(maxsize=1024)
def public_values(texts: tuple[str, ...]) -> frozenset[tuple[Kind, str]]:
    return frozenset((one.kind, one.key) for text in texts for one in find_personal(text))
