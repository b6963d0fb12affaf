"""The words of `words.toml`, read once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

WORDS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def words(group: str, name: str) -> tuple[str, ...]:
    return tuple(WORDS[group][name])
