"""Everything personal in a text, each place once."""

from __future__ import annotations

import functools
import re

from valera.assistant.masking.car import find_plate_numbers, find_vin_numbers
from valera.assistant.masking.card import find_cards
from valera.assistant.masking.email import find_emails
from valera.assistant.masking.found import Found, Kind, plain
from valera.assistant.masking.name import find_names
from valera.assistant.masking.phone import find_phone_numbers

LONGEST = 20_000
_WORTH_A_LOOK = re.compile(r"[^\W\d_]{2}|(?:\d\D{0,6}){6}")
_ORDER = list(Kind)


@functools.lru_cache(maxsize=8192)
def find_personal(text: str) -> tuple[Found, ...]:
    """In order, none overlapping. Remembered: a dialogue is sent again with every step."""
    if not _WORTH_A_LOOK.search(text):
        return ()
    readable = plain(text)
    numbers = [*find_emails(readable), *find_cards(readable), *find_vin_numbers(readable), *find_phone_numbers(readable),
               *find_plate_numbers(readable)]  # fmt: skip
    near = [(one.start, one.end) for one in numbers if one.kind in (Kind.PHONE, Kind.EMAIL)]
    names = find_names(readable, near)
    return tuple(apart([*numbers, *names]))


def apart(found: list[Found]) -> list[Found]:
    """Of two that overlap the longer one."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, _ORDER.index(one.kind))):
        if not any(other.start < one.end and one.start < other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)
