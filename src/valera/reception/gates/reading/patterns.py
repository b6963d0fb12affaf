"""The patterns and word lists of data/claims.toml, compiled once."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources
from typing import Any

from valera.russian.words import lemma


@functools.cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files("valera.reception.gates").joinpath("data/claims.toml").read_text("utf-8"))


@functools.cache
def pattern(table: str, key: str) -> re.Pattern[str]:
    """One pattern; a list of them is tried as alternatives. They expect lower case with ё as е."""
    entry = _tables()[table][key]
    return re.compile("|".join(entry) if isinstance(entry, list) else entry)


@functools.lru_cache(maxsize=65_536)
def is_in(table: str, key: str, lower: str) -> bool:
    """Whether the pattern is found in this text; remembered, for the same sentences are asked about again and again."""
    return pattern(table, key).search(lower) is not None


@functools.cache
def word_list(table: str, key: str) -> frozenset[str]:
    """Lemmas of a list of words."""
    return frozenset(lemma(word) for word in _tables()[table][key].split())


@functools.cache
def minutes_by_unit() -> dict[str, int]:
    """Units of time by lemma, in minutes."""
    return {lemma(unit): minutes for unit, minutes in _tables()["duration"].items()}
