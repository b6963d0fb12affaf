"""Every handler of the entrance: all of them stand outside of shops."""

from __future__ import annotations

from typing import Any

from valera.dashboard.entrance.door import DOOR
from valera.dashboard.entrance.invites import INVITES
from valera.dashboard.entrance.mine import MINE
from valera.dashboard.entrance.telegram import TELEGRAM

OUTSIDE: list[Any] = [*DOOR, *TELEGRAM, *MINE, *INVITES]
