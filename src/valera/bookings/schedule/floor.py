"""Floor: what a shop has said of its time and its bays, as its owner reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from valera.bookings.schedule import queries
from valera.bookings.schedule.opening_hours import HoursUnreadable, format_hours, parse_hours
from valera.bookings.schedule.workshop import list_hours
from valera.kit.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from datetime import time

    from valera.kit.db import AccountTx


LONGEST_BAY_NAME = 60


class BayNotFound(NotFound):
    """No bay of that name."""


class BayNameTaken(Conflict):
    """Another bay is called so."""


class BayNameInvalid(Invalid):
    """No name, or one that no board shows."""


@dataclass(frozen=True, slots=True)
class Bay:
    """``sections``: what it does; empty: everything."""

    id: int
    name: str
    is_open: bool
    sections: list[str]


@dataclass(frozen=True, slots=True)
class OtherDay:
    """A day that is not like its weekday; without ``hours`` it is closed."""

    on_day: date
    name: str
    hours: list[str]


@dataclass(frozen=True, slots=True)
class Floor:
    hours: str
    bays: tuple[Bay, ...]
    other_days: tuple[OtherDay, ...]


async def show_floor(tx: AccountTx, since: date, locale: str) -> Floor:
    bays = await queries.select_bays(tx, Bay)
    return Floor(format_hours(await list_hours(tx), locale), tuple(bays), tuple(await queries.select_other_days(tx, OtherDay, since)))


async def get_bay(tx: AccountTx, name: str) -> Bay:
    """Raises BayNotFound."""
    for bay in await queries.select_bays(tx, Bay):
        if bay.name.casefold() == name.strip().casefold():
            return bay
    raise BayNotFound(f"This shop has no bay called {name!r}.")


async def get_bay_by_id(tx: AccountTx, bay_id: int) -> Bay:
    """Raises BayNotFound."""
    found = next((bay for bay in await queries.select_bays(tx, Bay) if bay.id == bay_id), None)
    if found is None:
        raise BayNotFound("This shop has no such bay.")
    return found


async def rename_bay(tx: AccountTx, bay_id: int, name: str) -> None:
    """Raises BayNameInvalid, BayNameTaken, BayNotFound."""
    name = await free_bay_name(tx, name, of=bay_id)
    if not await queries.update_bay_name(tx, bay_id, name):
        raise BayNotFound("This shop has no such bay.")


async def free_bay_name(tx: AccountTx, name: str, *, of: int | None = None) -> str:
    """The name as it is kept. Upper and lower case mean the same. ``of``: the bay that may be called so already."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_BAY_NAME:
        raise BayNameInvalid(f"A bay has a name of 1 to {LONGEST_BAY_NAME} characters.")
    if any(bay.name.casefold() == name.casefold() and bay.id != of for bay in await queries.select_bays(tx, Bay)):
        raise BayNameTaken(f"Another bay is called {name!r}.")
    return name


def read_day_hours(text: str, locale: str = "ru") -> list[tuple[time, time]]:
    """«10-15», «9-13, 14-18»: hours of one day. Raises HoursUnreadable."""
    week = parse_hours(text, locale)
    of_a_day = {stretch.weekday: [(one.opens, one.closes) for one in week if one.weekday == stretch.weekday] for stretch in week}
    if len(of_a_day) != len({1, 2, 3, 4, 5, 6, 7}) or any(hours != of_a_day[1] for hours in of_a_day.values()):
        raise HoursUnreadable(f"{text!r}: hours of one day only, for example 10-15.")
    return of_a_day[1]
