"""What a client may want, and what was heard in one burst of messages."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.StrEnum):
    """The names are those of the cues in the vocabulary."""

    GREETING = "greeting"
    THANKS = "thanks"
    BYE = "bye"
    PRICE = "price"
    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"
    MINE = "mine"
    WAIT = "wait"
    DURATION = "duration"
    HOURS = "hours"
    ADDRESS = "address"
    PHONE_OF_SHOP = "phone_of_shop"
    HUMAN = "human"
    CALLBACK = "callback"
    WAITLIST = "waitlist"
    UNWAIT = "unwait"
    COMPLAINT = "complaint"
    MONEY = "money"
    SERVICES = "services"
    WHO = "who"
    NOTED = "noted"
    OTHER_DAY = "other_day"
    SYMPTOM = "symptom"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class Heard:
    """``wishes`` in the order they were said; the rest is what was named on the way. ``when`` are the client's own words about time."""

    text: str
    wishes: tuple[Kind, ...] = ()
    works: tuple[str, ...] = ()
    leftover: tuple[str, ...] = ()  # words that nothing was understood of: perhaps a work that only the shop's list knows
    replaced: tuple[str, ...] = ()  # works that the client takes back in the same breath
    car: str = ""
    class_number: int | None = None
    when: str = ""
    is_relative: bool = False  # that time is told by another: «на час позже», «в то же время»
    ordinal: int | None = None  # 1 is the first, -1 the last, 0 any
    number: int | None = None  # of a booking
    phone: str = ""
    name: str = ""
    adds: bool = False  # these works come on top of those named before
    is_yes: bool = False
    is_no: bool = False
    has_attachment: bool = False
    is_foreign: bool = False  # said in another language
    by_car: tuple[tuple[str, tuple[str, ...]], ...] = ()  # of several cars in one breath each with its works
    said: frozenset[str] = frozenset()  # lemmas of all words

    def wants(self, *kinds: Kind) -> bool:
        return any(kind in self.wishes for kind in kinds)
