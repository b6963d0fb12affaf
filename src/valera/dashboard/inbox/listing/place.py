"""Place: where a chat stands in a list, so that the list can go on from there, whatever has moved meanwhile."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from valera.kit.errors import Invalid

_WRITTEN = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    id: int
    at: datetime

    def written(self) -> str:
        """For an address; to the microsecond, as PostgreSQL keeps moments."""
        return f"{(self.at - _EPOCH) // _TICK}-{self.id}"

    @property
    def key(self) -> tuple[datetime, int]:
        return self.at, self.id


def read_place(text: str) -> Place | None:
    """None: the address names none. Raises Invalid."""
    if not text:
        return None
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise Invalid("This address is no place in a list.")
    try:
        return Place(int(found[2]), _EPOCH + int(found[1]) * _TICK)
    except OverflowError:
        raise Invalid("This address is no place in a list.") from None
