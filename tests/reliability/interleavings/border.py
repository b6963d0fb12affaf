"""Where an actor can be held: before a transaction begins, before it commits or rolls back, before it calls a model or Telegram; and,
if that is asked for, before each statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class At(StrEnum):
    BEGIN = "begin"
    STATEMENT = "statement"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    MODEL = "model"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a step touched, table by table. ``written`` counts locked rows too; ``shared`` are the parents of written rows, which
    PostgreSQL locks against removal only.
    """

    read: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    published: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()
    is_unknown: bool = False

    def __or__(self, other: Footprint) -> Footprint:
        return Footprint(
            self.read | other.read,
            self.written | other.written,
            self.shared | other.shared,
            self.published | other.published,
            self.released | other.released,
            self.is_unknown or other.is_unknown,
        )

    @property
    def is_empty(self) -> bool:
        return self == NOTHING

    def as_committed(self) -> Footprint:
        return Footprint(published=self.written, released=self.shared)

    def is_independent_of(self, other: Footprint) -> bool:
        """Whether two neighbouring steps of different actors may change places and nobody can tell."""
        return not (self.is_unknown or other.is_unknown or self._disturbs(other) or other._disturbs(self))

    def _disturbs(self, other: Footprint) -> bool:
        return bool(
            self.written & (other.written | other.shared)
            or self.published & (other.read | other.written | other.shared)
            or self.released & other.written
        )


NOTHING = Footprint()
UNKNOWN = Footprint(is_unknown=True)


@dataclass(frozen=True, slots=True)
class Border:
    """``touched``: by the transaction that is about to end. ``about``: the text that is about to be sent."""

    at: At
    touched: Footprint = NOTHING
    about: str = ""

    def __str__(self) -> str:
        if self.at in (At.COMMIT, At.ROLLBACK):
            return f"{self.at} of {'+'.join(sorted(self.touched.written)) or 'nothing'}"
        return f"{self.at} {self.about}".strip()


_WRITES = re.compile(r"\b(?:insert\s+into|(?<!do )(?<!key )(?<!for )update|delete\s+from|lock\s+table)\s+(?:only\s+)?(\w+)")
_LOCKS = re.compile(r"\bfor\s+(?:no\s+key\s+)?update\b")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Schema:
    """Table names, and of each table those that its foreign keys refer to."""

    parents: dict[str, frozenset[str]]

    def footprint(self, sql: str) -> Footprint:
        return _footprint(self, sql)

    def __hash__(self) -> int:
        return id(self)


@cache
def _footprint(schema: Schema, sql: str) -> Footprint:
    text = sql.lower()
    read = frozenset(_WORDS.findall(text)) & schema.parents.keys()
    written = set(_WRITES.findall(text)) & schema.parents.keys()
    if _LOCKS.search(text):
        written |= read
    if "track_event" in text:
        written.add("analytics_events")
    if "advisory" in text:
        written.add("advisory lock")
    parents = (schema.parents.get(table, frozenset[str]()) for table in written)
    return Footprint(read, frozenset(written), frozenset[str]().union(*parents))
