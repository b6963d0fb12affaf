"""The templates and static files of all parts of the dashboard, as one set."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from valera.kit.web import Statics, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable


def _packages(folder: Traversable, name: str) -> Iterator[str]:
    """Every package below that has templates or static files of its own."""
    entries = {entry.name: entry for entry in folder.iterdir() if entry.is_dir()}
    if {"templates", "static"} & entries.keys():
        yield name
    for inner in sorted(entries.keys() - {"templates", "static", "phrases", "__pycache__"}):
        yield from _packages(entries[inner], f"{name}.{inner}")


PACKAGES = tuple(_packages(resources.files("valera.dashboard"), "valera.dashboard"))
STATICS = Statics("valera.kit", *PACKAGES)
TEMPLATES = environment(*PACKAGES, statics=STATICS)
