"""Which class of a shop's list a car belongs to, from the shop's own words; None means that the client has to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.russian.cars import find_cars, segments_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.pricing.price_list import CarClass
    from valera.russian.cars import Car


def class_for_car(classes: Sequence[CarClass], car: Car) -> CarClass | None:
    """The one class that names this very model, else the one that names its kind of car. Several or none: None."""
    by_model = [entry for entry in classes if car.model and any((car.make, car.model) == (named.make, named.model) for named in find_cars(_words(entry)))]
    if by_model:
        return _only(by_model)
    return _only([entry for entry in classes if car.segment and car.segment in segments_in(_words(entry))])


def _words(entry: CarClass) -> str:
    return f"{entry.name}, {entry.description}"


def _only(fitting: list[CarClass]) -> CarClass | None:
    return fitting[0] if len(fitting) == 1 else None
