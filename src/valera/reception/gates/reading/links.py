"""Links, mail addresses and names of accounts, however they are spelled."""

from __future__ import annotations

import functools
import re

from valera.reception.gates.reading.patterns import pattern

HINT = re.compile(r"[@/_\[(]|\.\s?\w|\d\.\d|точка|dot|собака")


@functools.lru_cache(maxsize=8192)
def links_in(lower: str) -> tuple[tuple[str, int, int], ...]:
    """Text, start, end; ``lower`` is in lower case."""
    if HINT.search(lower) is None:
        return ()
    found = (match for key in ("email", "link", "handle") for match in pattern("contact", key).finditer(lower))
    return tuple((match.group(), *match.span()) for match in found)
