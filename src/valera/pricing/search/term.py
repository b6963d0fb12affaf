"""What a text is made of for the search: terms of the trade with their places in the text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from valera.pricing.search.sizes import Size

NOT = "!"


class TermKind(Enum):
    WORK = auto()
    PLACE = auto()
    NUMBER = auto()
    WORD = auto()


@dataclass(frozen=True, slots=True)
class Term:
    """``key`` is what is compared. ``is_soft``: describes, so a row need not have it; ``is_real``: in some dictionary, so no typo.

    ``is_naming``: a noun, or what stands for one; an adjective («воздушный») takes the noun that it describes from beside it.
    ``is_attached``: a preposition or its case ties it to the word before («подшипник генератора», «плёнка на дверь»).
    ``is_telling``: a verb of a story («ударили в дверь»), which asks for nothing.
    """

    key: str
    kind: TermKind
    start: int
    end: int
    is_soft: bool = False
    is_real: bool = True
    is_naming: bool = True
    is_attached: bool = False
    is_telling: bool = False
    folded: str = ""
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text between separators: from its first term to its last. ``is_doubtful``: it may be one with the one beside it."""

    start: int
    end: int
    terms: tuple[Term, ...]
    sizes: tuple[Size, ...] = ()
    is_doubtful: bool = False
