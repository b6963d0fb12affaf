"""BookingRules: how a shop wants to be booked, from its settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping


class BookingRulesInvalid(Invalid):
    """``settings["booking"]`` of this shop makes no sense."""


@dataclass(frozen=True, slots=True)
class BookingRules:
    step_minutes: Annotated[int, msgspec.Meta(ge=5, le=1440)] = 30
    """Slots start this far apart, counted from opening."""
    lead_minutes: Annotated[int, msgspec.Meta(ge=0, le=43200)] = 30
    """The earliest slot is this far from now."""
    buffer_minutes: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 0
    """A bay rests this long after each work; the rest may reach past closing."""
    hold_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 10
    """A proposal waits this long for the client's yes."""
    default_minutes: Annotated[int, msgspec.Meta(ge=5, le=10080)] = 60
    """A work lasts this long if the shop has not said otherwise."""
    horizon_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 60
    """The last day that can be booked is this far from today."""
    offer_hours: Annotated[int, msgspec.Meta(ge=1, le=720)] = 24
    """A slot's button works this long, if the slot is still free."""

    @property
    def lead(self) -> timedelta:
        return timedelta(minutes=self.lead_minutes)

    @property
    def hold(self) -> timedelta:
        return timedelta(minutes=self.hold_minutes)

    @property
    def buffer(self) -> timedelta:
        return timedelta(minutes=self.buffer_minutes)


def read_rules(settings: Mapping[str, Any]) -> BookingRules:
    """Raises BookingRulesInvalid; what is not said keeps its default."""
    try:
        return msgspec.convert(settings.get("booking", {}), BookingRules)
    except msgspec.ValidationError as error:
        raise BookingRulesInvalid(f"settings.booking: {error}") from None
