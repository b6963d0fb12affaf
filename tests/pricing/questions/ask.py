"""Puts the questions of near.toml, own.toml and aside.toml to their lists and counts what came of it.

The whole message goes in as one work, without a car beside it: nothing is cut out for the search that a model might have cut out wrongly.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.pricing.shop_lists import index_of, items_of
from valera.pricing.price_import import read_price_list
from valera.pricing.price_list import CarClass
from valera.pricing.quote import Quote, Request, find_quote
from valera.pricing.reading.draft import Draft
from valera.pricing.search.item_index import ItemIndex
from valera.pricing.vocabulary import fold

FOLDER = Path(__file__).parent
SETS = ("near", "own", "aside")


@dataclass(frozen=True, slots=True)
class Question:
    list: str
    ask: str
    rows: frozenset[int]
    car_class: str | None = None
    is_open: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """``certain``: rows that were named as the answer; ``offered``: rows among which the client is asked to choose."""

    question: Question
    certain: frozenset[int]
    offered: frozenset[int]
    missing: tuple[str, ...]
    is_class_right: bool

    @property
    def reached(self) -> int:
        return len(self.question.rows & (self.certain | self.offered))

    @property
    def wrong_certain(self) -> frozenset[int]:
        """Rows named as certain that nobody asked for; all of them where a choice had to be offered."""
        return self.certain if self.question.is_open else self.certain - self.question.rows

    @property
    def is_at_once(self) -> bool:
        """Every row that is no choice was named without a question back."""
        return self.question.is_open or self.question.rows <= self.certain

    @property
    def is_missing_told(self) -> bool:
        """What the list does not have is said to be missing, or asked about; never passed over."""
        return len(self.question.missing) <= len(self.missing) or bool(self.offered - self.question.rows)

    @property
    def is_right(self) -> bool:
        return self.reached == len(self.question.rows) and not self.wrong_certain and self.is_class_right


@dataclass(frozen=True, slots=True)
class Figures:
    questions: int
    rows: int
    recall: float
    wrong_certain: int
    class_errors: int
    at_once: float
    missing_passed_over: int

    @classmethod
    def of(cls, outcomes: list[Outcome]) -> Figures:
        rows = sum(len(outcome.question.rows) for outcome in outcomes)
        named = [outcome for outcome in outcomes if outcome.question.rows]
        return cls(
            questions=len(outcomes),
            rows=rows,
            recall=sum(outcome.reached for outcome in outcomes) / rows,
            wrong_certain=sum(len(outcome.wrong_certain) for outcome in outcomes),
            class_errors=sum(not outcome.is_class_right for outcome in outcomes),
            at_once=sum(outcome.is_at_once for outcome in named) / len(named),
            missing_passed_over=sum(not outcome.is_missing_told for outcome in outcomes),
        )


def ask_all(name: str) -> list[Outcome]:
    return [answer(question) for question in read_questions(name)]


def read_questions(name: str) -> list[Question]:
    entries: list[dict[str, Any]] = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))["question"]
    return [
        Question(
            list=entry["list"],
            ask=entry["ask"],
            rows=frozenset(entry["rows"]),
            car_class=entry.get("car_class"),
            is_open=entry.get("is_open", False),
            missing=tuple(entry.get("missing", ())),
        )
        for entry in entries
    ]


def answer(question: Question) -> Outcome:
    draft, index = _list_named(question.list)
    quote = find_quote(index, draft.classes, Request((question.ask,)))
    certain = [
        *(found.item for found in quote.found),
        *(item for _, item in quote.by_class),
        *(item for item, _ in quote.not_for_class),
    ]
    offered = [item for _, options in quote.choose for item in options]
    return Outcome(
        question=question,
        certain=frozenset(item.row_no for item in certain),
        offered=frozenset(item.row_no for item in offered),
        missing=tuple(quote.missing),
        is_class_right=_is_class_right(question, quote),
    )


def _is_class_right(question: Question, quote: Quote) -> bool:
    """A class that is wanted is known; where none is, no price goes by one."""
    if question.car_class is not None:
        return quote.car_class is not None and fold(question.car_class) in _spellings(quote.car_class)
    return all(found.car_class is None for found in quote.found)


def _spellings(car_class: CarClass) -> set[str]:
    return {fold(car_class.name), fold(f"{car_class.name} ({car_class.description})")}


@cache
def _list_named(name: str) -> tuple[Draft, ItemIndex]:
    file = FOLDER / f"{name}.csv"
    draft = read_price_list(file.read_bytes(), source=file.name)
    return draft, index_of(items_of(draft))
