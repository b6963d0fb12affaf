"""Word lists of this package, read once from ``data/*.toml``; and the one way in which texts are made comparable."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


@functools.cache
def vocabulary(name: str) -> dict[str, Any]:
    """One file of ``data/``, without its ending."""
    return tomllib.loads((resources.files("valera.pricing") / "data" / f"{name}.toml").read_text("utf-8"))


@functools.cache
def folded(name: str, table: str, key: str) -> frozenset[str]:
    """One word list, ready to be compared with `fold`-ed text."""
    return frozenset(fold(word) for word in vocabulary(name)[table][key])


def tidy(text: str) -> str:
    """White space of every kind collapsed to single spaces; characters that nobody sees removed."""
    return " ".join(text.translate(INVISIBLE).split())


def fold(text: str) -> str:
    """`tidy`, lower case, and one letter for the two that Russians use in turn (U+0451, U+0435)."""
    return tidy(text).lower().replace("\u0451", "\u0435")


def words(text: str) -> list[str]:
    """Folded words and numbers, in order."""
    return re.findall(r"\w+", fold(text))


def starts_with_any(text: str, beginnings: frozenset[str]) -> bool:
    """True if some word of the text begins with one of these."""
    folded_text = fold(text)
    return any(re.search(rf"(?<!\w){re.escape(beginning)}", folded_text) for beginning in beginnings)


def any_of(entries: Iterable[str]) -> str:
    """A pattern for one of these, the longest first; an entry that ends in a letter ends the word."""
    ordered = sorted({fold(entry) for entry in entries}, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(entry) + (r"(?![^\W\d_])" if entry[-1].isalpha() else "") for entry in ordered) + ")"
