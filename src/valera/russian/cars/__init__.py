"""Cars in a text: make, model and the segment that decides the class of a price; segments that a class's description names."""

from __future__ import annotations

from valera.russian.cars.find import Car, find_car, find_cars
from valera.russian.cars.segments import segments_in

__all__ = ["Car", "find_car", "find_cars", "segments_in"]
