"""A trial conversation as it is kept, and how it can fail. Imports nothing that answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from valera.kit.errors import Conflict


class TrialOutdated(Conflict):
    """The shop has changed so that the conversation cannot go on: its time was booked for good, its price list was published."""


class TrialBusy(Conflict):
    """Another message of the conversation was answered meanwhile."""


class TrialTooLong(Conflict):
    """Nobody tries that long."""


@dataclass(frozen=True, slots=True)
class Trial:
    """``kept``: its rows by table, as 0022_trials.sql reads them."""

    id: int
    has_prices: bool
    revision: int
    kept: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """By whoever tries it out. ``data``: of the button that was pressed, else a text was written."""

    text: str = ""
    data: str = ""
