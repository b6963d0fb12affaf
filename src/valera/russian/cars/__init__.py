"""Cars in a text: make, model and the segment that decides the class of a price; segments that a class's description names."""

from __future__ import annotations

from valera.russian.cars.find import Car, find_car, find_cars
from valera.russian.cars.segments import KindOfCar, find_kinds, segments_in

__all__ = ["Car", "KindOfCar", "find_car", "find_cars", "find_kinds", "segments_in"]
