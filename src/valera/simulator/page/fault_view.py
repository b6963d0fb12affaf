"""The fault switch as the panel shows it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from valera.simulator.messenger.fault import Fault, FaultKind


@dataclass(frozen=True, slots=True)
class FaultView:
    """``seconds``: how long it lasts still; None: until it is switched off."""

    kind: FaultKind
    share: int
    seconds: int | None


@dataclass(frozen=True, slots=True)
class FaultChoices:
    """What the form offers; ``seconds`` 0: until it is switched off."""

    kinds: tuple[FaultKind, ...] = tuple(FaultKind)
    shares: tuple[int, ...] = (100, 50, 25, 5)
    seconds: tuple[int, ...] = (0, 30, 60, 300)


CHOICES = FaultChoices()


def view_fault(fault: Fault | None, now: float) -> FaultView | None:
    return fault and FaultView(fault.kind, fault.share, None if fault.until is None else ceil(fault.until - now))
