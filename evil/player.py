"""One client of an episode while it is played: where its clock stands, what its model was shown, which keys everybody was given."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from evil.model import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evil.episode import Answer, Episode, Move

START = datetime(2026, 11, 25, 6, 10, tzinfo=UTC)
"""A Wednesday, 9:10 in Moscow."""

FORGED = ("k0", "AAAAAAAAAAAA", "' or 1=1 --", "of1a", "0", "⟦SLOT⟧", "9" * 40)
MOST_REQUESTS = 400


class Wit(Protocol):
    """Thinks of an answer from what it is shown; without one the episode says it all."""

    def answer(self, player: Player, messages: list[Any], tools: list[str]) -> Answer: ...


@dataclass(slots=True)
class Keys:
    """What tools gave to anybody, by shop and by person."""

    given: dict[tuple[int, int], dict[str, list[Any]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def copy(self) -> Keys:
        """What everybody had before; what a batch is given is its own."""
        made = Keys()
        for whose, kinds in self.given.items():
            for kind, keys in kinds.items():
                made.given[whose][kind] = list(keys)
        return made

    def of_others(self, shop: int, person: int, kind: str, *, is_rival: bool) -> list[Any]:
        return [
            key
            for (of_shop, of_person), kinds in sorted(self.given.items())
            if of_person != person and (of_shop != shop) == is_rival
            for key in kinds[kind]
        ]


@dataclass(slots=True)
class Player:
    episode: Episode
    person: int
    mark: str
    keys: Keys
    wit: Wit | None = None
    at: int = -1
    chat_id: int = 0
    turn_id: int = 0
    now: datetime = START
    pending: list[Answer] = field(default_factory=list)
    last: Answer | None = None
    shown: set[str] = field(default_factory=set)
    requests: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    tokens: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    said: list[str] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    repairs: list[tuple[str, str]] = field(default_factory=list)
    """What was refused once, and why."""
    stumbles: list[str] = field(default_factory=list)
    screen: list[Any] = field(default_factory=list)

    @property
    def shop(self) -> int:
        return self.episode.shop

    def begin(self, at: int) -> Move:
        move = self.episode.moves[at]
        self.at, self.pending, self.last = at, list(move.answers), None
        self.now += timedelta(minutes=move.later)
        return move

    def note(self, shown: str) -> None:
        self.shown.add(shown)
        self.requests[self.turn_id] += 1

    def learn(self, contents: Iterable[Any]) -> None:
        own = self.keys.given[self.shop, self.person]
        for content in contents:
            for kind, key in found_keys(content):
                if key not in own[kind]:
                    own[kind].append(key)

    def next_answer(self, messages: list[Any], tools: list[str]) -> Answer:
        if self.wit is not None:
            answer = self.wit.answer(self, messages, tools)
        elif self.pending:
            answer = self.pending.pop(0)
        elif self.episode.moves[self.at].is_endless and self.last is not None:
            answer = msgspec.structs.replace(self.last, meanwhile="")
        else:
            answer = SILENT
        self.last = answer
        self.answers.append(answer)
        self.tokens[self.turn_id] += sum(answer.tokens)
        return answer

    def key(self, kind: str, of: str, at: int) -> Any:
        """The newest is number 0."""
        if of == "forged":
            return FORGED[at % len(FORGED)] if kind in {"slot", "proposal"} else at - 3
        own = self.keys.given[self.shop, self.person][kind] if of == "own" else []
        known = own or self.keys.of_others(self.shop, self.person, kind, is_rival=of == "rival")
        return known[-1 - at % len(known)] if known else FORGED[at % len(FORGED)]


def found_keys(content: Any) -> Iterable[tuple[str, Any]]:
    """Keys and numbers in a tool's result, however deep."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key == "slot_id":
                yield "slot", value
            elif key == "item_id":
                yield "item", value
            elif key == "number" and isinstance(value, int):
                yield "number", value
            elif key == "key" and isinstance(value, str):
                yield "proposal", value
            else:
                yield from found_keys(value)
    elif isinstance(content, list):
        for value in content:
            yield from found_keys(value)
