"""Lists of word forms, kept as data."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources


def words_of(name: str) -> frozenset[str]:
    """The forms listed in data/vocabulary.toml under «module.name»."""
    table, key = name.split(".")
    return frozenset(_vocabulary()[table][key].split())


def phrases_of(name: str) -> tuple[str, ...]:
    """The phrases listed there, a bar between them."""
    table, key = name.split(".")
    return tuple(" ".join(phrase.split()) for phrase in _vocabulary()[table][key].split("|"))


@functools.cache
def _vocabulary() -> dict[str, dict[str, str]]:
    return tomllib.loads((resources.files("valera.russian") / "data" / "vocabulary.toml").read_text("utf-8"))
