"""Verbs of deeds in every form that reports or promises them; the lists stand in data/deeds.toml by dictionary form.

«записал», «записала», «записан», «записанным», «записав», «записываю» say that it is done; «запишу», «запишем» that it will be; «удалось
записать» is done too. The infinitive and the imperative say neither.
"""

from __future__ import annotations

import enum
import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources

from valera.russian.morphology import fold, parses
from valera.russian.tokens import Kind, Token, scan

SUCCESS_REACHES = 4
"""Words between «удалось» and what was done."""


class Deed(enum.StrEnum):
    """Kinds of verbs, as data/deeds.toml has them."""

    BOOK = "book"
    MAKE = "make"
    MOVE = "move"
    CHANGE = "change"
    CANCEL = "cancel"
    REMOVE = "remove"
    HAND_OVER = "hand_over"
    CALL_IN = "call_in"
    ANSWER = "answer"
    NOTE = "note"
    NOTIFY = "notify"


class Said(enum.Enum):
    """``NOW`` is the present of the one who does it: «записываю»; ``STATE`` a participle: «записан»."""

    DONE = "done"
    NOW = "now"
    STATE = "state"
    WILL = "will"


@dataclass(frozen=True, slots=True)
class Form:
    """A verb of one or more kinds at text[start:end]."""

    kinds: frozenset[Deed]
    said: Said
    start: int
    end: int


@functools.lru_cache(maxsize=2048)
def forms_in(text: str) -> tuple[Form, ...]:
    """In the order of the text."""
    words = [token for token in scan(text) if token.kind is Kind.WORD]
    found: list[Form] = []
    for at, word in enumerate(words):
        kinds, said = _reading(word.folded)
        if said is not None:
            found.append(Form(kinds, said, word.start, word.end))
        elif kinds and _is_success(words, at):
            found.append(Form(kinds, Said.DONE, word.start, word.end))
    return tuple(found)


def _is_success(words: list[Token], at: int) -> bool:
    """«удалось записать», «смогла вас записать», «уже успел передать»."""
    return any(word.folded in lists()["success"] for word in words[max(0, at - SUCCESS_REACHES) : at])


@functools.lru_cache(maxsize=20_000)
def _reading(word: str) -> tuple[frozenset[Deed], Said | None]:
    """Of which kinds the word is, and what its form says; None: an infinitive, an imperative or no verb of a deed at all."""
    kinds: set[Deed] = set()
    said: Said | None = None
    for reading in parses(word):
        own = _kinds().get(fold(reading.normal_form), frozenset())
        if not own:
            continue
        kinds |= own
        tag = reading.tag
        if tag.POS in {"PRTS", "PRTF"}:
            said = said or Said.STATE
        elif "past" in tag or tag.POS == "GRND":
            said = Said.DONE
        elif "pres" in tag and "1per" in tag:
            said = said or Said.NOW
        elif "futr" in tag and "2per" not in tag and said is None:
            said = Said.WILL
    return frozenset(kinds), said


@functools.cache
def _kinds() -> dict[str, frozenset[Deed]]:
    kinds: dict[str, set[Deed]] = {}
    for deed in Deed:
        for verb in lists()[deed.value]:
            kinds.setdefault(fold(verb), set()).add(deed)
    return {verb: frozenset(own) for verb, own in kinds.items()}


@functools.cache
def lists() -> dict[str, frozenset[str]]:
    """Verbs by the names of data/deeds.toml."""
    tables = tomllib.loads(resources.files("valera.reception.gates").joinpath("data/deeds.toml").read_text("utf-8"))
    return {name: frozenset(re.split(r"\s+", text.strip())) for name, text in tables["verbs"].items()}
