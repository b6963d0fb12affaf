"""From the name of a city to its time zone: nobody who runs a shop knows what «Asia/Yekaterinburg» is."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources


@functools.cache
def cities() -> dict[str, str]:
    """City as it is written → zone."""
    written = tomllib.loads((resources.files("valera.dashboard.start") / "cities.toml").read_text("utf-8"))
    return {city: zone for zone, names in written.items() for city in names}


def zones() -> dict[str, str]:
    """Zone → the city that names it."""
    found: dict[str, str] = {}
    for city, zone in cities().items():
        found.setdefault(zone, city)
    return found


def find_zone(city: str) -> str | None:
    """None: a city that is not in the list; then the zone is asked for by one that is."""
    wanted = _fold(city)
    return next((zone for known, zone in cities().items() if _fold(known) == wanted), None)


def _fold(city: str) -> str:
    plain = city.casefold().replace("ё", "е").replace("-", " ").replace(".", " ")
    return " ".join(word for word in plain.split() if word not in {"г", "город"})
