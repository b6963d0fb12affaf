"""Cars that both cards have: one stands for both, completed by what the other knew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from valera.clients.merging import queries
from valera.clients.merging.moved import CarFields, FoldedCar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Car:
    id: int
    make: str
    model: str
    year: int | None
    plate: str | None
    vin: str | None
    car_class: str | None

    @property
    def fields(self) -> CarFields:
        return CarFields(self.make, self.model, self.year, self.plate, self.vin, self.car_class)


async def fold_cars(tx: AccountTx, kept: Sequence[Car], merged: Sequence[Car]) -> list[FoldedCar]:
    """The doubles among ``merged``, each with the car that stands for it from now on."""
    standing = {car.id: car.fields for car in kept}
    folded: list[FoldedCar] = []
    for car in merged:
        twin_id = _find_twin(standing, car.fields)
        if twin_id is None:
            continue
        before = standing[twin_id]
        standing[twin_id] = after = _completed(before, car.fields)
        await queries.update_car(tx, twin_id, after)
        bookings = await queries.repoint_bookings(tx, from_car=car.id, to_car=twin_id)
        folded.append(FoldedCar(car.id, twin_id, before, after, bookings))
    return folded


async def unfold_cars(tx: AccountTx, folded: Sequence[FoldedCar], client_id: int) -> None:
    """Each booking of the former card ``client_id`` has its own car again; what the twin has learned from it is forgotten."""
    for fold in reversed(folded):
        await queries.repoint_these(tx, fold.bookings, client_id, from_car=fold.twin_id, to_car=fold.car_id)
        twin = await queries.find_car(tx, Car, fold.twin_id)
        if twin is not None:
            names = CarFields.__struct_fields__
            now, before, after = twin.fields, fold.before, fold.after
            back = {name: getattr(before, name) for name in names if getattr(now, name) == getattr(after, name)}
            await queries.restore_car(tx, fold.twin_id, msgspec.structs.replace(now, **back))


def _find_twin(cars: dict[int, CarFields], other: CarFields) -> int | None:
    """The car of the same plate, else one of the same model that nothing tells apart."""
    same_plate = (car_id for car_id, car in cars.items() if other.plate and car.plate == other.plate and not _are_apart(car.vin, other.vin))
    same_model = (car_id for car_id, car in cars.items() if (car.make, car.model) == (other.make, other.model) and _may_be_one(car, other))
    return next(same_plate, next(same_model, None))


def _may_be_one(one: CarFields, other: CarFields) -> bool:
    pairs = ((one.plate, other.plate), (one.vin, other.vin), (one.year, other.year))
    return not any(_are_apart(first, second) for first, second in pairs)


def _are_apart(first: object, second: object) -> bool:
    return first is not None and second is not None and first != second


def _completed(car: CarFields, other: CarFields) -> CarFields:
    is_named = bool(car.make)
    return CarFields(
        make=car.make if is_named else other.make,
        model=car.model if is_named else other.model,
        year=car.year or other.year,
        plate=car.plate or other.plate,
        vin=car.vin or other.vin,
        car_class=car.car_class or other.car_class,
    )
