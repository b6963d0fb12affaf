"""Every method of the Bot API that is simulated, by its name in lower case: Telegram's method names ignore case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from valera.simulator.messenger.limits.fault import Calls
from valera.simulator.server.methods.activity import ACTIVITY
from valera.simulator.server.methods.editing import EDITING
from valera.simulator.server.methods.files import FILES
from valera.simulator.server.methods.profile import PROFILE
from valera.simulator.server.methods.receiving import RECEIVING
from valera.simulator.server.methods.sending import SENDING

if TYPE_CHECKING:
    from collections.abc import Callable

    from valera.simulator.server.methods.call import Call

METHODS: dict[str, Callable[[Call], Any]] = PROFILE | SENDING | EDITING | ACTIVITY | RECEIVING | FILES
"""Each returns what goes under ``result``, now or later."""


def calls_of(method: str) -> Calls | None:
    """To which kind of calls a method belongs, for faults of that kind."""
    if method in SENDING or method in EDITING or method in ACTIVITY:
        return Calls.SENDING
    if method in FILES:
        return Calls.FILES
    return Calls.UPDATES if method == "getupdates" else None
