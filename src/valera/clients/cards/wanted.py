"""What somebody types to find a client: a name, a phone in any writing, a plate in either alphabet, a car by any of its names."""

from __future__ import annotations

from dataclasses import dataclass

from valera.russian.cars import find_car
from valera.russian.phones import find_phone
from valera.russian.plates import fold_plate

LONGEST = 100
SHORTEST_DIGITS, SHORTEST_PLATE = 3, 2
PREFIXES = ("7", "8")
FULL = 11


@dataclass(frozen=True, slots=True)
class Wanted:
    """``words`` of a name or a car, folded; ``digits``: what a phone holds; ``plate``: a part of one; ``make``, ``model``: the car that
    was understood. Empty: nothing of that kind.
    """

    words: list[str]
    digits: list[str]
    plate: str = ""
    make: str = ""
    model: str = ""

    @property
    def is_anything(self) -> bool:
        return bool(self.words)


ANYBODY = Wanted([], [])


def read_wanted(text: str) -> Wanted:
    text = " ".join(text.replace("\x00", "").split())[:LONGEST]
    folded = text.lower().replace("ё", "е")
    plate = fold_plate(text)
    car = find_car(text) if text else None
    return Wanted(
        words=folded.split(),
        digits=_digits(text),
        plate=plate if len(plate) >= SHORTEST_PLATE and any(map(str.isdigit, plate)) else "",
        make=car.make if car else "",
        model=(car.model or "") if car else "",
    )


def _digits(text: str) -> list[str]:
    """Of a whole phone, or of the piece that is typed: 8916… and 7916… are the same."""
    phone = find_phone(text)
    if phone is not None:
        return [phone.e164.removeprefix("+")]
    digits = "".join(filter(str.isdecimal, text))
    if len(digits) < SHORTEST_DIGITS or any(char.isalpha() for char in text):
        return []
    typed = [str(int(digit)) for digit in digits]
    digits = "".join(typed)
    is_prefixed = digits[0] in PREFIXES and len(digits) > SHORTEST_DIGITS
    return [digits[1:]] if is_prefixed and len(digits) == FULL else [digits, digits[1:]] if is_prefixed else [digits]
