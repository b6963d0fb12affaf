"""What can be turned while the provider runs: what it says, how long it thinks, and which share of its answers fails how.

There is one switch for each wire, and one more for each model that was given its own.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from valera.simulator.models.fault import Fault
from valera.simulator.models.script import Rule

__all__ = ["Fault", "Setting", "Switch", "Switches", "WireName"]

Seconds = Annotated[float, Meta(ge=0, le=600)]


class WireName(StrEnum):
    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GOOGLE = "google"


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``faults``: for each the share of all answers; together 1 at most. ``next_faults``: how the coming answers fail or (null) do not, one
    by one; the shares are for those after them. ``for_seconds``: how long the shares hold, null without an end. ``slow_seconds``: how long
    a slow answer is slow.
    """

    delay_seconds: Seconds = 0
    faults: dict[Fault, Annotated[float, Meta(ge=0, le=1)]] = {}
    next_faults: tuple[Fault | None, ...] = ()
    for_seconds: Annotated[float, Meta(gt=0)] | None = None
    retry_after_seconds: Annotated[int, Meta(ge=0)] = 1
    slow_seconds: Seconds = 20
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
    seconds: Callable[[], float] = time.monotonic
    _turned_at: float = 0.0
    _coming: deque[Fault | None] = field(default_factory=deque["Fault | None"])
    _random: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - which answers fail is no secret

    def turn(self, setting: Setting) -> None:
        self.setting = setting
        self.requests = self.refused = self.answered = 0
        self.failed = {}
        self._turned_at = self.seconds()
        self._coming = deque(setting.next_faults)
        self._random = Random(setting.seed)  # noqa: S311 - as above

    def next_fault(self) -> Fault | None:
        fault = self._coming.popleft() if self._coming else self._drawn()
        if fault is not None:
            self.failed[fault] = self.failed.get(fault, 0) + 1
        return fault

    def _drawn(self) -> Fault | None:
        lasting = self.setting.for_seconds
        if not self.setting.faults or (lasting is not None and self.seconds() - self._turned_at > lasting):
            return None
        drawn = self._random.random()
        for fault, share in self.setting.faults.items():
            drawn -= share
            if drawn < 0:
                return fault
        return None

    def report(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in ("requests", "refused", "waiting", "answered", "failed")}
        return {"setting": self.setting, **counts}


@dataclass(frozen=True, slots=True)
class Switches:
    wires: dict[WireName, Switch] = field(default_factory=lambda: {name: Switch() for name in WireName})
    models: dict[tuple[WireName, str], Switch] = field(default_factory=dict[tuple[WireName, str], Switch])

    def of(self, wire: WireName, model: str | None = None) -> Switch:
        """The model's own, else the wire's."""
        own = None if model is None else self.models.get((wire, model))
        return own or self.wires[wire]

    def turn(self, setting: Setting, wires: Iterable[WireName], model: str | None = None) -> None:
        for wire in wires:
            switch = self.wires[wire] if model is None else self.models.setdefault((wire, model), Switch())
            switch.turn(setting)

    def reset(self, wires: Iterable[WireName], model: str | None = None) -> None:
        """A model goes back to the switch of its wire; a wire to the beginning, and its models with it."""
        for wire in wires:
            if model is None:
                self.wires[wire].turn(Setting())
            for known in [key for key in self.models if key[0] == wire and model in {None, key[1]}]:
                del self.models[known]

    def report(self, wire: WireName) -> dict[str, Any]:
        own = {model: switch.report() for (name, model), switch in self.models.items() if name == wire}
        return self.wires[wire].report() | ({"models": own} if own else {})
