"""Gated streaming: of an answer in the making, the sentences that may be shown before it is whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_END = re.compile(r"[.!?…][\"»“”)*_]*(?=\s)|\n")


@dataclass(slots=True)
class GatedDraft:
    """``may_be_shown`` is asked about everything from the beginning to the end of a sentence: a sum means what stands before it, too."""

    may_be_shown: Callable[[str], bool]
    show: Callable[[str], None]
    _seen: int = 0

    def __call__(self, text: str) -> None:
        """``text``: as much as is written, each time from the beginning."""
        whole = whole_sentences(text)
        if len(whole) <= self._seen:
            return
        self._seen = len(whole)
        if self.may_be_shown(whole):
            self.show(whole)


def whole_sentences(text: str) -> str:
    """Without the last one, unless something follows it that shows where it ends."""
    end = max((found.end() for found in _END.finditer(text)), default=0)
    return text[:end].strip()
