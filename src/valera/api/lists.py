"""Lists go from the oldest to the newest, by number: whoever keeps the last place hears of everything that comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar

from litestar.params import QueryParameter

from valera.api.structs import Page
from valera.kit.cursor import read_cursor, write_cursor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

MOST, USUAL = 200, 50

Limit = Annotated[int, QueryParameter(ge=1, le=MOST, description=f"How many, at most {MOST}.")]
After = Annotated[str, QueryParameter(max_length=200, description="`next` of the page before; empty: from the beginning.")]


def place_of(after: str) -> int:
    """The number to go on behind. Raises CursorInvalid."""
    return read_cursor(after, 1)[0] if after else 0


def page_of(rows: Sequence[T], limit: int, number: Callable[[T], int]) -> Page[T]:
    """Of one row more than is shown."""
    shown = list(rows[:limit])
    return Page(shown, write_cursor(number(shown[-1])) if len(rows) > limit else None)
