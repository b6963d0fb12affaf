"""What can be turned while the provider runs: what it says, how long it thinks, and which share of its answers fails how."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Annotated

import msgspec
from msgspec import Meta

from valera.simulator.models.script import Rule


class Fault(StrEnum):
    """How one answer fails."""

    RATE_LIMITED = "rate_limited"  # 429, with retry-after
    SERVER_ERROR = "server_error"  # 500
    OVERLOADED = "overloaded"  # 529
    CUT = "cut"  # the connection ends in the middle of the answer
    BROKEN_JSON = "broken_json"  # a whole answer, which is half an object
    EMPTY = "empty"  # neither text nor call
    SILENT = "silent"  # no answer for as long as the caller waits


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``faults``: for each the share of all answers; together 1 at most. ``next_faults``: how the coming answers fail or (null) do not, one
    by one; the shares are for those after them.
    """

    delay_seconds: Annotated[float, Meta(ge=0, le=600)] = 0
    faults: dict[Fault, Annotated[float, Meta(ge=0, le=1)]] = {}
    next_faults: tuple[Fault | None, ...] = ()
    retry_after_seconds: Annotated[int, Meta(ge=0)] = 1
    rules: tuple[Rule, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if sum(self.faults.values()) > 1:
            raise ValueError("the shares of the faults are more than 1 together")


@dataclass(slots=True)
class Switch:
    """Stands at ``setting`` and counts what happened since it was turned there. The same seed gives the same faults in the same order."""

    setting: Setting = field(default_factory=Setting)
    requests: int = 0
    refused: int = 0
    waiting: int = 0
    answered: int = 0
    failed: dict[Fault, int] = field(default_factory=dict[Fault, int])
    _coming: deque[Fault | None] = field(default_factory=deque["Fault | None"])
    _random: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - which answers fail is no secret

    def turn(self, setting: Setting) -> None:
        self.setting = setting
        self.requests = self.refused = self.answered = 0
        self.failed = {}
        self._coming = deque(setting.next_faults)
        self._random = Random(setting.seed)  # noqa: S311 - as above

    def next_fault(self) -> Fault | None:
        fault = self._coming.popleft() if self._coming else self._drawn()
        if fault is not None:
            self.failed[fault] = self.failed.get(fault, 0) + 1
        return fault

    def _drawn(self) -> Fault | None:
        if not self.setting.faults:
            return None
        drawn = self._random.random()
        for fault, share in self.setting.faults.items():
            drawn -= share
            if drawn < 0:
                return fault
        return None

    def report(self) -> bytes:
        counts = {name: getattr(self, name) for name in ("requests", "refused", "waiting", "answered", "failed")}
        return msgspec.json.encode({"setting": self.setting, **counts})
