"""Words of the trade by meaning: what is a work, what is a part, what only qualifies, and which words say the same."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources

from valera.russian.words import lemma


@dataclass(frozen=True, slots=True)
class Trade:
    """Each mapping goes from a lemma to the lemma that stands for its meaning."""

    actions: dict[str, str]
    parts: dict[str, str]
    qualifiers: dict[str, str]

    def canon(self, word: str) -> str:
        """``word`` is a lemma; one that the trade does not know stands for itself."""
        return self.actions.get(word) or self.parts.get(word) or self.qualifiers.get(word) or word

    def knows(self, word: str) -> bool:
        return word in self.actions or word in self.parts or word in self.qualifiers


@functools.cache
def trade() -> Trade:
    text = resources.files("valera.reception").joinpath("data/trade.toml").read_text("utf-8")
    lists = tomllib.loads(text)
    return Trade(_meanings(lists["actions"]), _meanings(lists["parts"]), _meanings(lists["qualifiers"]))


def _meanings(lines: list[str]) -> dict[str, str]:
    return {lemma(word): lemma(line.split()[0]) for line in lines for word in line.split()}
