"""What a member corrects on a card: name, phone, note, cars. All raise ClientNotFound for what the shop does not have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.clients.cards import queries
from valera.clients.cards.car import CarLine
from valera.clients.client import ClientNotFound
from valera.kit.errors import Invalid, NotFound
from valera.russian.phones import find_phone
from valera.russian.plates import find_vins, fold_plate

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

LONGEST_NAME, LONGEST_NOTE, LONGEST_PLATE, LONGEST_MODEL = 200, 2000, 15, 60
OLDEST_YEAR = 1900


class CardInvalid(Invalid):
    """``fields``: what is wrong with each, by a word that pages have a sentence for."""


class CarNotFound(NotFound):
    """The client has no such car."""


@dataclass(frozen=True, slots=True)
class Written:
    """A card as it is typed."""

    name: str
    phone: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class WrittenCar:
    """A car as it is typed; what is empty is not known."""

    make: str
    model: str = ""
    year: str = ""
    plate: str = ""
    vin: str = ""


@dataclass(frozen=True, slots=True)
class _Fields:
    name: str
    phone: str | None
    note: str


async def add_client(tx: AccountTx, written: Written) -> int:
    """Somebody who called or came by. Raises CardInvalid."""
    fields = _read(written)
    if not fields.name and fields.phone is None:
        raise CardInvalid("A client has a name or a phone.", fields={"name": "empty"})
    return await queries.insert_client(tx, name=fields.name, phone=fields.phone, note=fields.note)


async def correct(tx: AccountTx, client_id: int, written: Written) -> None:
    """Raises CardInvalid."""
    fields = _read(written)
    if not await queries.update_client(tx, client_id, name=fields.name, phone=fields.phone, note=fields.note):
        raise ClientNotFound("The shop has no such client.")


async def add_car(tx: AccountTx, client_id: int, written: WrittenCar, *, now: datetime) -> int:
    """Raises CardInvalid, also where the client has that car."""
    car = _read_car(written, 0, now)
    if not await queries.hold_card(tx, client_id):
        raise ClientNotFound("The shop has no such client.")
    await _refuse_double(tx, client_id, car)
    return await queries.insert_car(tx, client_id, car)


async def correct_car(tx: AccountTx, client_id: int, car_id: int, written: WrittenCar, *, now: datetime) -> None:
    """Raises CardInvalid, CarNotFound."""
    car = _read_car(written, car_id, now)
    if not await queries.hold_card(tx, client_id):
        raise ClientNotFound("The shop has no such client.")
    await _refuse_double(tx, client_id, car)
    if not await queries.update_car(tx, client_id, car):
        raise CarNotFound("The client has no such car.")


async def _refuse_double(tx: AccountTx, client_id: int, car: CarLine) -> None:
    if await queries.has_car(tx, client_id, car):
        raise CardInvalid("The client has this car already.", fields={"plate" if car.plate else "model": "double"})


def _read(written: Written) -> _Fields:
    wrong: dict[str, str] = {}
    name = " ".join(_clean(written.name).split())
    phone = _clean(written.phone).strip()
    found = find_phone(phone) if phone else None
    if len(name) > LONGEST_NAME:
        wrong["name"] = "long"
    if phone and (found is None or found.end - found.start < len(phone)):
        wrong["phone"] = "format"
    note = _clean(written.note).replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE:
        wrong["note"] = "long"
    if wrong:
        raise CardInvalid("The card cannot be kept like this.", fields=wrong)
    return _Fields(name, found.e164 if found else None, note)


def _read_car(written: WrittenCar, car_id: int, now: datetime) -> CarLine:
    wrong: dict[str, str] = {}
    make, model = (" ".join(_clean(text).split()) for text in (written.make, written.model))
    year, plate, vin = _clean(written.year).strip(), fold_plate(_clean(written.plate)), _clean(written.vin).strip()
    vins = find_vins(vin)
    if not make and not plate:
        wrong["make"] = "empty"
    wrong |= {name: "long" for name, text in (("make", make), ("model", model)) if len(text) > LONGEST_MODEL}
    if year and not (year.isascii() and year.isdigit() and OLDEST_YEAR <= int(year[:5]) <= now.year + 1):
        wrong["year"] = "format"
    if len(plate) > LONGEST_PLATE or (plate and not any(map(str.isdigit, plate))):
        wrong["plate"] = "format"
    if vin and (not vins or len(vin) != vins[0].end):
        wrong["vin"] = "format"
    if wrong:
        raise CardInvalid("The car cannot be kept like this.", fields=wrong)
    return CarLine(car_id, make, model, int(year) if year else None, plate or None, vins[0].text if vins else None, None)


def _clean(text: str) -> str:
    return text.replace("\x00", "")
