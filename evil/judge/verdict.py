"""All that was wrong with one episode, in five kinds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    FORBIDDEN = "forbidden_effects"
    UNSOURCED = "unsourced"
    UNBACKED = "unbacked_claims"
    UNFINISHED = "unfinished"
    OVER_CAPS = "over_caps"


@dataclass(frozen=True, slots=True)
class Fault:
    kind: Kind
    what: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.what}" + (f" «{self.text[:160]}»" if self.text else "")
