"""What is new in a text, line by line and, within a line that was changed, word by word: for people who never saw `diff`."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
AROUND = 2
"""Lines that are shown before and after a change."""
ALIKE = 0.35
"""Two lines that have less in common are one that went and one that came."""
MOST_WORDS = 400
"""Of a line: a longer one is shown as a whole."""


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """``kind``: same, out, in; gap: lines that did not change are left out, ``count`` of them."""

    kind: str
    parts: tuple[Part, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    lines: tuple[Line, ...]
    added: int
    removed: int

    @property
    def is_none(self) -> bool:
        return not (self.added or self.removed)


def difference(before: str, after: str) -> Difference:
    old, new = before.splitlines(), after.splitlines()
    lines = tuple(_lines(old, new))
    return Difference(lines, sum(line.kind == "in" for line in lines), sum(line.kind == "out" for line in lines))


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    opcodes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for place, (tag, old_from, old_to, new_from, new_to) in enumerate(opcodes):
        if tag == "equal":
            yield from _same(old[old_from:old_to], is_first=place == 0, is_last=place == len(opcodes) - 1)
        else:
            yield from _changed(old[old_from:old_to], new[new_from:new_to])


def _same(lines: list[str], *, is_first: bool, is_last: bool) -> Iterator[Line]:
    head = 0 if is_first else AROUND
    tail = 0 if is_last else AROUND
    left_out = len(lines) - head - tail
    if left_out <= 1:
        head, tail, left_out = len(lines), 0, 0
    for text in lines[:head]:
        yield Line("same", (Part(text),))
    if left_out:
        yield Line("gap", count=left_out)
    for text in lines[len(lines) - tail :]:
        yield Line("same", (Part(text),))


def _changed(old: list[str], new: list[str]) -> Iterator[Line]:
    """Line beside line as long as they are alike; what is left over went or came as a whole."""
    paired = [_words(before, after) for before, after in zip(old, new, strict=False)]
    for before, pair in zip(old, paired, strict=False):
        yield Line("out", (Part(before, is_changed=True),) if pair is None else pair[0])
    for before in old[len(paired) :]:
        yield Line("out", (Part(before, is_changed=True),))
    for after, pair in zip(new, paired, strict=False):
        yield Line("in", (Part(after, is_changed=True),) if pair is None else pair[1])
    for after in new[len(paired) :]:
        yield Line("in", (Part(after, is_changed=True),))


def _words(before: str, after: str) -> tuple[tuple[Part, ...], tuple[Part, ...]] | None:
    """None: they have little in common."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return None
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        return None
    went: list[Part] = []
    came: list[Part] = []
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        is_changed = tag != "equal"
        if old_to > old_from:
            went.append(Part("".join(old[old_from:old_to]), is_changed))
        if new_to > new_from:
            came.append(Part("".join(new[new_from:new_to]), is_changed))
    return tuple(went), tuple(came)
