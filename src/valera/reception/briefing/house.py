"""The house's own part of the prompt: what every shop's assistant is told, and no shop can change."""

from __future__ import annotations

import functools
from importlib import resources

HOUSE = ("role", "rules")


@functools.cache
def house_parts(locale: str) -> tuple[str, ...]:
    """The house's own parts, each a file; a language that has none gets the Russian ones."""
    folder = resources.files("valera.reception.briefing") / "prompts"
    own = folder / locale
    return tuple(((own if own.is_dir() else folder / "ru") / f"{part}.md").read_text("utf-8").strip() for part in HOUSE)
