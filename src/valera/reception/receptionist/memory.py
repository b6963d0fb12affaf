"""What the exchanges before this one left behind: the works and the car in question, prices and slots shown, the question left open."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from valera.kit.phrases import Phrases
from valera.reception.receptionist.hearing.hear import hear
from valera.reception.receptionist.hearing.wishes import Heard, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.reception.briefing.shop import Shop
    from valera.reception.receptionist.conversation import Arguments, Exchange

REMEMBERED = 12  # exchanges
P = Phrases.load("valera.reception.receptionist")


class Open(enum.Enum):
    """The question that the last reply ended with."""

    NOTHING = "nothing"
    CONFIRM = "confirm"  # a proposal waits for yes
    SLOT = "slot"  # which of the times shown
    WHEN = "when"  # which day and hour
    CAR_CLASS = "class"  # which car
    CHOICE = "choice"  # which of several works
    BOOKING = "booking"  # shall we book
    HUMAN = "human"  # shall a person be called
    NUMBER = "number"  # which of several bookings
    CALLBACK = "callback"  # on which number, or when, to call


LASTING = frozenset({Open.SLOT, Open.WHEN, Open.NUMBER, Open.CONFIRM})  # questions about one and the same change


@dataclass(frozen=True, slots=True)
class Memory:
    """``priced`` are the arguments of the search that gave ``prices``, ``searched`` of the one that gave ``slots``; ``proposed`` is the
    time that waits for a yes; ``changing`` is what the client wanted of a booking; ``callback`` are the arguments of a call-back that
    something was missing for.
    """

    works: tuple[str, ...] = ()
    car: str = ""
    prices: dict[str, Any] | None = None
    priced: dict[str, Any] | None = None
    slots: dict[str, Any] | None = None
    searched: dict[str, Any] | None = None
    proposed: datetime | None = None
    open: Open = Open.NOTHING
    changing: Kind = Kind.BOOK
    misses: int = 0
    callback: dict[str, Any] | None = None

    def offered(self) -> list[Arguments]:
        return list(self.slots["slots"]) if self.slots else []


def remember(earlier: Sequence[Exchange], shop: Shop) -> Memory:
    memory = Memory()
    for exchange in earlier[-REMEMBERED:]:
        memory = _after(memory, exchange, hear(exchange.texts, shop), shop)
    return memory


def _after(memory: Memory, exchange: Exchange, heard: Heard, shop: Shop) -> Memory:
    prices, slots = exchange.last_step("find_prices"), exchange.last_step("find_slots")
    changing = next((wish for wish in heard.wishes if wish in {Kind.MOVE, Kind.CANCEL}), None)
    works = (*memory.works, *(heard.works or heard.leftover)) if adds_works(heard, memory) else heard.works or memory.works
    if prices is not None and prices.call.arguments.get("works"):
        works = tuple(prices.call.arguments["works"])
    kept = replace(memory, works=works, car=heard.car or memory.car)
    if prices is not None:
        kept = replace(kept, prices=prices.result, priced=prices.call.arguments)
    if slots is not None:
        kept = replace(kept, slots=slots.result, searched=slots.call.arguments)
    left = _left_open(exchange, heard, memory, shop)
    return replace(
        kept,
        changing=changing or (memory.changing if left in LASTING and memory.open in LASTING else Kind.BOOK),
        proposed=_proposed(exchange) or (memory.proposed if left is Open.CONFIRM else None),
        open=left,
        misses=memory.misses + 1 if _was_missed(exchange, heard, memory) else 0,
        callback=exchange.refused("request_callback"),
    )


def adds_works(heard: Heard, memory: Memory) -> bool:
    """«и крыло тоже», while the works before are still the subject."""
    return (
        heard.adds and bool((heard.works or heard.leftover) and memory.works) and memory.open in {Open.BOOKING, Open.CAR_CLASS, Open.CHOICE}
    )


def _proposed(exchange: Exchange) -> datetime | None:
    results = [step.result["proposal"] for step in exchange.steps if isinstance(step.result, dict) and "proposal" in step.result]
    return datetime.fromisoformat(results[-1]["starts_at"]) if results and results[-1]["starts_at"] else None


def _left_open(exchange: Exchange, heard: Heard, memory: Memory, shop: Shop) -> Open:
    if any("proposal" in step.result for step in exchange.steps if isinstance(step.result, dict)):
        return Open.CONFIRM
    return Open.CALLBACK if exchange.refused("request_callback") is not None else _left_by_reply(exchange, heard, memory, shop)


def _left_by_reply(exchange: Exchange, heard: Heard, memory: Memory, shop: Shop) -> Open:
    if (offered := _offered(exchange.reply, shop.locale)) is not None:
        return offered
    slots, prices = exchange.last("find_slots"), exchange.last("find_prices")
    if slots is not None and heard.wants(Kind.HOURS) and not heard.wants(Kind.BOOK, Kind.WAIT):
        return Open.NOTHING
    if slots is not None:
        return Open.SLOT if slots["slots"] and not slots.get("question") else Open.WHEN
    if prices is not None:
        return _open_after_prices(prices)
    return _open_after_words(heard, memory, has_several=len(shop.bookings) > 1)


def _offered(reply: str, locale: str) -> Open | None:
    """The offer that the reply ended with."""
    last = reply.rpartition("\n")[2]
    offers = {P.say(locale, "offer_human"): Open.HUMAN, P.say(locale, "shall_book"): Open.BOOKING}
    return offers.get(last)


def _open_after_words(heard: Heard, memory: Memory, *, has_several: bool) -> Open:
    """Nothing was looked up: what we asked follows from what was said."""
    if heard.wants(Kind.MOVE, Kind.CANCEL):
        return Open.NUMBER if has_several else Open.WHEN
    if heard.wants(Kind.BOOK) or (heard.is_yes and memory.open is Open.BOOKING and not heard.wants(Kind.THANKS)):
        return Open.WHEN
    is_aside = heard.wants(Kind.THANKS, Kind.HOURS, Kind.ADDRESS) or heard.phone or heard.name
    return memory.open if is_aside or not understood(heard, memory) else Open.NOTHING


def _open_after_prices(prices: Arguments) -> Open:
    if prices.get("choose"):
        return Open.CHOICE
    if prices.get("class_needed"):
        return Open.CAR_CLASS
    return Open.BOOKING if prices.get("found") else Open.HUMAN


def _was_missed(exchange: Exchange, heard: Heard, memory: Memory) -> bool:
    return not exchange.steps and not understood(heard, memory)


def understood(heard: Heard, memory: Memory) -> bool:
    """Whether there is anything in it to act on, given the question that was open."""
    said = heard.wishes or heard.works or heard.when or heard.phone or heard.name or heard.car or heard.class_number
    return bool(said) or heard.is_yes or heard.is_no or (heard.ordinal is not None and memory.open is not Open.NOTHING)
