"""A new booking while its form is filled in: for whom, which car, what and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from valera.bookings.desk import acting
from valera.bookings.desk.acting import LONGEST_SERVICE, Caller
from valera.clients.queries import upsert_caller, upsert_vehicle
from valera.dashboard.board import queries
from valera.dashboard.board.moment import read_id
from valera.dashboard.board.planning import Asked, When, plan_when
from valera.dashboard.board.rows import Car, Known
from valera.dashboard.board.views import spell
from valera.pricing.queries import current_price_list
from valera.pricing.sections import sections_of
from valera.russian.phones import find_phone
from valera.russian.plates import fold_plate

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from valera.bookings.desk.acting import Acted
    from valera.kit.db import AccountTx

MOST_FOUND = 6
LONGEST_NAME, LONGEST_CAR, LONGEST_PLATE = 200, 80, 15


class BookingForm(msgspec.Struct):
    """``client``: an id, or empty: somebody new, told by ``name`` and ``phone``. ``vehicle``: an id, or
    empty: ``car`` and ``plate`` tell it.
    ``at``: a time that was offered and taken, before ``day`` and ``time``.
    """

    find: str = ""
    client: str = ""
    name: str = ""
    phone: str = ""
    vehicle: str = ""
    car: str = ""
    plate: str = ""
    service: str = ""
    minutes: str = ""
    day: str = ""
    time: str = ""
    bay: str = ""
    at: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """``problems``: fields that were wrong when it was to be saved, each with the key of its sentence."""

    form: BookingForm
    found: tuple[Known, ...]
    chosen: Known | None
    cars: tuple[Car, ...]
    when: When
    sections: tuple[str, ...]
    problems: dict[str, str]

    @property
    def found_phone(self) -> str:
        """The phone of somebody new, where the search is one."""
        phone = find_phone(self.form.find)
        return phone.e164 if phone else ""


async def draft_booking(
    tx: AccountTx, form: BookingForm, *, now: datetime, zone: ZoneInfo, problems: dict[str, str] | None = None
) -> Draft:
    client_id = read_id(form.client)
    chosen = await queries.select_client(tx, Known, client_id) if client_id else None
    asked = Asked(form.day, form.time, form.bay, form.at, form.minutes)
    return Draft(
        form,
        await _find(tx, form.find) if chosen is None else (),
        chosen,
        tuple(await queries.select_vehicles(tx, Car, chosen.id)) if chosen else (),
        await plan_when(tx, asked, service=form.service[:LONGEST_SERVICE], now=now, zone=zone),
        await _sections(tx),
        problems or {},
    )


def find_problems(draft: Draft) -> dict[str, str]:
    """What keeps it from being saved, by field. A conflict of times is not among them: the form tells it already."""
    problems: dict[str, str] = {}
    if draft.chosen is None and not find_phone(draft.form.phone or draft.form.find):
        is_asked = bool(draft.form.phone.strip() or draft.form.name.strip())
        problems["phone" if is_asked else "find"] = "board.problem.phone" if is_asked else "board.problem.client"
    if draft.when.term is None:
        problems["time"] = "board.problem.time"
    return problems


async def book(tx: AccountTx, draft: Draft, *, by: int, now: datetime) -> Acted:
    """Raises what `acting.add` raises."""
    assert draft.when.term is not None, "find_problems was asked"
    client_id = await _client(tx, draft)
    vehicle_id = await _vehicle(tx, draft, client_id)
    caller = Caller(client_id, draft.form.service.strip(), draft.form.comment.strip()[: acting.LONGEST_REASON], vehicle_id)
    return await acting.add(tx, caller, draft.when.term, by=by, now=now)


async def _client(tx: AccountTx, draft: Draft) -> int:
    if draft.chosen is not None:
        return draft.chosen.id
    phone = find_phone(draft.form.phone or draft.form.find)
    assert phone is not None, "find_problems was asked"
    return await upsert_caller(tx, name=draft.form.name.strip()[:LONGEST_NAME], phone=phone.e164)


async def _vehicle(tx: AccountTx, draft: Draft, client_id: int) -> int | None:
    """One that the client has, or a new one: the first word is its make."""
    chosen = next((car.id for car in draft.cars if str(car.id) == draft.form.vehicle), None)
    make, _, model = " ".join(draft.form.car.split())[:LONGEST_CAR].partition(" ")
    if chosen is not None or not make:
        return chosen
    return await upsert_vehicle(tx, client_id, make=make, model=model, year=None, plate=_plate(draft.form.plate))


def _plate(text: str) -> str | None:
    """As the shop's other plates are written."""
    return fold_plate(text)[:LONGEST_PLATE] or None


async def _find(tx: AccountTx, search: str) -> tuple[Known, ...]:
    spellings = spell(search)
    if not spellings.words:
        return ()
    return tuple(
        await queries.select_found_clients(
            tx, Known, words=spellings.words, digits=spellings.digits, plate=spellings.plate, limit=MOST_FOUND
        )
    )


async def _sections(tx: AccountTx) -> tuple[str, ...]:
    """What the price list calls its works, and what has a length of its own."""
    current = await current_price_list(tx)
    listed = await sections_of(tx, current.id, current.version) if current else ()
    return tuple(dict.fromkeys([*listed, *await queries.list_timed_sections(tx)]))
