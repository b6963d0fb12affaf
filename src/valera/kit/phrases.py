"""Texts for people, one file a language beside the code that says them: ``<package>/phrases/ru.toml``."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

FALLBACK = "ru"


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one package. A phrase is one text or a list of equal variants; tables nest, their keys are joined with a dot."""

    package: str
    by_locale: dict[str, dict[str, tuple[str, ...]]]

    @classmethod
    @functools.cache
    def load(cls, package: str) -> Phrases:
        folder = resources.files(package) / "phrases"
        files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
        return cls(package, {file.name.removesuffix(".toml"): dict(_flat(tomllib.loads(file.read_text("utf-8")))) for file in files})

    def say(self, locale: str, key: str, **values: object) -> str:
        """The first variant, filled in. An unknown key is a KeyError: a bug, not a missing translation."""
        return self.variants(locale, key)[0].format(**values)

    def variants(self, locale: str, key: str) -> tuple[str, ...]:
        phrases = self.by_locale.get(locale, self.by_locale[FALLBACK])
        return phrases[key]


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, tuple[str, ...]]]:
    found: list[tuple[str, tuple[str, ...]]] = []
    for key, entry in table.items():
        if isinstance(entry, dict):
            found += _flat(entry, f"{prefix}{key}.")
        else:
            found.append((prefix + key, tuple(entry) if isinstance(entry, list) else (entry,)))
    return found
