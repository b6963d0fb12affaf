"""Reads the dictionaries before the first client would wait for them."""

from __future__ import annotations

from valera.russian.cars import find_car
from valera.russian.words import lemma


def warm_up() -> None:
    lemma("машина")
    find_car("тойота камри")
