"""The desk: everything one answer is made from, and how a task asks for tools."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from valera.kit.phrases import Phrases
from valera.reception.receptionist.conversation import Arguments, Call, Refused

if TYPE_CHECKING:
    from valera.reception.briefing.shop import Shop
    from valera.reception.receptionist.conversation import Exchange
    from valera.reception.receptionist.hearing.wishes import Heard
    from valera.reception.receptionist.memory import Memory

P = Phrases.load("valera.reception.receptionist")


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of an answer. Of several questions only one is asked: the one with the highest ``weight``."""

    text: str = ""
    question: str = ""
    weight: int = 0


Task: TypeAlias = "Generator[Call, Arguments | Refused, list[Piece]]"


@dataclass(frozen=True, slots=True)
class Desk:
    shop: Shop
    heard: Heard
    memory: Memory
    exchange: Exchange
    is_first: bool

    def say(self, key: str, **values: object) -> str:
        return P.say(self.shop.locale, key, **values)

    @property
    def car(self) -> str:
        return self.heard.car or self.memory.car or self.shop.client_car
