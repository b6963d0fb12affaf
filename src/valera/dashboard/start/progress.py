"""How far a shop has come, seen in its rows: nothing is ticked off by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.dashboard.start.queries import select_progress

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

STEPS = ("shop", "prices", "bot", "talk")


@dataclass(frozen=True, slots=True)
class Progress:
    """``has_talked``: the assistant has answered somebody, through a bot or where it is tried; a greeting alone is no answer."""

    has_hours: bool
    has_bay: bool
    has_prices: bool
    has_draft: bool
    has_bot: bool
    has_talked: bool

    def is_done(self, step: str) -> bool:
        match step:
            case "shop":
                return self.has_hours and self.has_bay
            case "prices":
                return self.has_prices
            case "bot":
                return self.has_bot
            case _:
                return self.has_talked

    @property
    def done(self) -> int:
        return sum(map(self.is_done, STEPS))

    @property
    def is_over(self) -> bool:
        return self.done == len(STEPS)

    @property
    def next_step(self) -> str:
        """The first that is not done; the last when all are."""
        return next((step for step in STEPS if not self.is_done(step)), STEPS[-1])


async def load_progress(tx: AccountTx) -> Progress:
    return await select_progress(tx, Progress)
