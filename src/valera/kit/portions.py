"""How a claim is divided between shops, so that no shop's backlog delays another's next message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from valera.kit.db import AccountId

NO_LIMIT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Portions:
    """``busy``: pieces of each shop that are being carried out here, of which none may have more than ``most``.

    ``lately``: only what became due within this time; None: whatever is due. While a transaction somewhere holds a snapshot, what was
    claimed since stands in the indexes as dead rows; who asks for the latest does not have to look at them.
    """

    busy: Mapping[AccountId, int] = field(default_factory=dict[AccountId, int])
    most: int = NO_LIMIT
    lately: timedelta | None = None

    @property
    def accounts(self) -> list[AccountId]:
        return list(self.busy.keys())

    @property
    def counts(self) -> list[int]:
        return list(self.busy.values())


EVERYTHING = Portions()
"""Of whoever does nothing else."""
