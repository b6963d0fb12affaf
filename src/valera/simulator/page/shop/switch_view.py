"""The switches as the panel shows them: what goes wrong at Telegram, with the updates, at the model providers."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from valera.simulator.messenger.limits.fault import Calls, Fault, FaultKind, find_fault
from valera.simulator.messenger.updates.disorder import Disorder, find_disorder
from valera.simulator.messenger.updates.queue import Told, list_updates
from valera.simulator.models.fault import Fault as ModelFault
from valera.simulator.models.switch import WireName

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.telegram import Telegram
    from valera.simulator.models.provider import Provider

SHOWN_UPDATES = 5


@dataclass(frozen=True, slots=True)
class FaultView:
    """``seconds``: how long it lasts still; None: until it is switched off."""

    kind: FaultKind
    share: int
    seconds: int | None
    calls: Calls


@dataclass(frozen=True, slots=True)
class Choices:
    """What the forms offer; ``seconds`` 0: until it is switched off."""

    kinds: tuple[FaultKind, ...] = tuple(FaultKind)
    calls: tuple[Calls, ...] = tuple(Calls)
    shares: tuple[int, ...] = (100, 50, 25, 5)
    seconds: tuple[int, ...] = (0, 30, 60, 300)
    repeats: tuple[int, ...] = (0, 25, 100)
    holds: tuple[int, ...] = (0, 2, 10)
    model_faults: tuple[ModelFault, ...] = tuple(ModelFault)


@dataclass(frozen=True, slots=True)
class Switches:
    """``model_fault`` is the one of all providers, as far as it was turned here."""

    fault: FaultView | None
    disorder: Disorder | None
    updates: tuple[Told, ...]
    model_fault: ModelFault | None
    model_share: int
    model_requests: int
    choices: Choices = Choices()


def view_switches(telegram: Telegram, models: Provider, bot: Bot) -> Switches:
    now = telegram.now()
    switch = models.switches.of(WireName.OPENAI)
    model_fault, share = next(iter(switch.setting.faults.items()), (None, 0.0))
    return Switches(
        fault=view_fault(find_fault(telegram.store, bot.id, now=now), now),
        disorder=find_disorder(telegram.store, bot.id),
        updates=tuple(list_updates(telegram.store, bot.id, limit=SHOWN_UPDATES)),
        model_fault=model_fault,
        model_share=round(share * 100),
        model_requests=sum(models.switches.of(wire).requests for wire in WireName),
    )


def view_fault(fault: Fault | None, now: float) -> FaultView | None:
    return fault and FaultView(fault.kind, fault.share, None if fault.until is None else ceil(fault.until - now), fault.calls)
