"""What a run is to do, and what each client is going to say: all of it from one seed, before anything starts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum

LETTERS = "bdfghjklmnprstvw"
HOURS = range(10, 20)


@dataclass(frozen=True, slots=True)
class Plan:
    """``seconds``: over how long the clients' messages are spread at least; ``limit_seconds``: when the run ends whatever stands."""

    seed: int
    updates: int = 10_000
    chats: int = 400
    shops: int = 20
    kills: int = 60
    stops: int = 4
    restarts: int = 5
    seconds: float = 400
    limit_seconds: float = 1200
    stop_seconds: float = 10
    telegram_faults: float = 0.05
    model_faults: float = 0.10


class Yes(Enum):
    """How a client confirms what was proposed."""

    PRESS = "the button"
    TWICE = "the button, twice"
    WORD = "a plain yes"
    BOTH = "button and word at once"
    NEVER = "not at all"


@dataclass(frozen=True, slots=True)
class Ask:
    """So many messages in a row, one after another."""

    messages: int


@dataclass(frozen=True, slots=True)
class Book:
    """A wish for a time, and what the client does about the proposal."""

    when: str
    yes: Yes


@dataclass(frozen=True, slots=True)
class Act:
    at: float
    does: Ask | Book

    @property
    def updates(self) -> int:
        match self.does:
            case Ask(messages):
                return messages
            case Book(_, yes):
                return 1 + {Yes.PRESS: 1, Yes.TWICE: 2, Yes.WORD: 1, Yes.BOTH: 2, Yes.NEVER: 0}[yes]


@dataclass(frozen=True, slots=True)
class Part:
    """One client's part: which shop, and what happens when."""

    number: int
    shop: int
    acts: tuple[Act, ...]

    @property
    def updates(self) -> int:
        return sum(act.updates for act in self.acts)


def write_parts(plan: Plan) -> list[Part]:
    """So that all parts together are exactly ``plan.updates`` updates."""
    dice = random.Random(f"{plan.seed} parts")
    share, rest = divmod(plan.updates, plan.chats)
    return [_part(plan, dice, number, share + (number < rest)) for number in range(plan.chats)]


def _part(plan: Plan, dice: random.Random, number: int, updates: int) -> Part:
    does: list[Ask | Book] = []
    while updates > 0:
        wish = _wish(dice, updates)
        does.append(wish)
        updates -= Act(0, wish).updates
    times = sorted(dice.uniform(0, plan.seconds) for _ in does)
    return Part(number, number % plan.shops, tuple(Act(at, wish) for at, wish in zip(times, does, strict=True)))


def _wish(dice: random.Random, updates: int) -> Ask | Book:
    """At most so many updates. A sixth are bookings, a third are bursts."""
    kind = dice.random()
    if kind < 1 / 6 and updates >= 3:
        day = dice.choice(("завтра", "послезавтра"))
        return Book(f"{day} в {dice.choice(HOURS)}:00", dice.choice(list(Yes)))
    return Ask(dice.randint(2, min(3, updates)) if kind < 1 / 2 and updates >= 2 else 1)


def token(chat: int, number: int) -> str:
    """A word that no gate takes for a sum, a time or a promise: the client's ``number``-th message."""
    return "zq" + _spelled(chat, 3) + _spelled(number, 3)


def _spelled(number: int, length: int) -> str:
    return "".join(LETTERS[number >> 4 * place & 15] for place in reversed(range(length)))
