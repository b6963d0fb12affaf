"""What is kept of a stretch of a dialogue: only what stands in a row, each with the turn, message or booking that it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from valera.assistant.journal import Step, StepKind
from valera.chats.chat import Message, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

MOST_ASKED = 16
MOST_TOLD = 24
MOST_BOOKED = 10
MOST_STAFF = 3
MOST_MISSING = 5
MOST_WORDS = 200

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Asked:
    """A work that was looked up."""

    turn: int
    at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Told:
    """A sum that a tool returned and that the client was told. Amounts as the tool writes them."""

    turn: int
    at: datetime
    list_version: int
    currency: str
    section: str
    name: str
    car_class: str | None
    amount: int | str
    upto: int | str | None
    is_from: bool
    is_decided: bool
    make: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of a booking: confirmed, moved, cancelled."""

    number: int
    event: str
    at: datetime
    starts_at: datetime
    service: str


@dataclass(frozen=True, slots=True)
class Word:
    """Of a member of the team (``message``), or what the price list did not have (``message`` is the turn)."""

    message: int
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The newest of each kind, oldest first."""

    by_client: int = 0
    by_assistant: int = 0
    by_staff: int = 0
    asked: tuple[Asked, ...] = ()
    told: tuple[Told, ...] = ()
    booked: tuple[Booked, ...] = ()
    staff: tuple[Word, ...] = ()
    missing: tuple[Word, ...] = ()
    human_called_at: datetime | None = None

    def merge(self, later: Facts) -> Facts:
        return Facts(
            self.by_client + later.by_client,
            self.by_assistant + later.by_assistant,
            self.by_staff + later.by_staff,
            newest((*self.asked, *later.asked), MOST_ASKED, key=lambda entry: entry.name),
            newest((*self.told, *later.told), MOST_TOLD, key=lambda entry: (entry.section, entry.name, entry.car_class, entry.model)),
            newest((*self.booked, *later.booked), MOST_BOOKED, key=lambda entry: (entry.number, entry.event, entry.at)),
            newest((*self.staff, *later.staff), MOST_STAFF, key=lambda entry: entry.message),
            newest((*self.missing, *later.missing), MOST_MISSING, key=lambda entry: entry.text),
            later.human_called_at or self.human_called_at,
        )


def newest(entries: tuple[Entry, ...], most: int, *, key: Callable[[Entry], Hashable]) -> tuple[Entry, ...]:
    """Of those that say the same the last one; of the rest the last ``most``."""
    kept: dict[Hashable, Entry] = {}
    for entry in entries:
        kept.pop(key(entry), None)
        kept[key(entry)] = entry
    return tuple(kept.values())[-most:]


@dataclass(slots=True)
class _Stretch:
    asked: list[Asked] = field(default_factory=list[Asked])
    told: list[Told] = field(default_factory=list[Told])
    missing: list[Word] = field(default_factory=list[Word])
    human_called_at: datetime | None = None

    def take(self, turn: int, at: datetime, step: Step, said: str) -> None:
        content = step.content["content"]
        if not isinstance(content, dict):
            return
        if step.content["tool"] == "call_human":
            self.human_called_at = at
        if step.content["tool"] != "find_prices":
            return
        priced = _priced(turn, at, content)
        self.asked += [Asked(turn, at, row["name"]) for row in (*content.get("found", ()), *content.get("by_class", ()))]
        self.told += [entry for entry in priced if str(entry.amount).partition(".")[0] in said]
        self.missing += [Word(turn, at, str(text)[:MOST_WORDS]) for text in content.get("missing", ())]


def collect(messages: Sequence[Message], steps: dict[int, tuple[Step, ...]], booked: Sequence[Booked]) -> Facts:
    """``messages`` oldest first, ``steps`` of their turns. What a turn found out and nobody was told is left out."""
    stretch = _Stretch()
    for turn, at, said in _answers(messages):
        for step in steps.get(turn, ()):
            if step.kind == StepKind.TOOL:
                stretch.take(turn, at, step, _digits(said))
    staff = [Word(message.id, message.created_at, message.content[:MOST_WORDS]) for message in messages if message.role == Role.MANAGER]
    counted = {role: sum(message.role == role for message in messages) for role in Role}
    found = Facts(
        counted[Role.USER],
        counted[Role.ASSISTANT],
        counted[Role.MANAGER],
        tuple(stretch.asked),
        tuple(stretch.told),
        tuple(booked),
        tuple(staff),
        tuple(stretch.missing),
        stretch.human_called_at,
    )
    return Facts().merge(found)


def _answers(messages: Sequence[Message]) -> list[tuple[int, datetime, str]]:
    """Each turn of which something was said: its words and when."""
    said: dict[int, tuple[datetime, str]] = {}
    for message in messages:
        if message.role == Role.ASSISTANT and message.turn_id is not None:
            said[message.turn_id] = (message.created_at, said.get(message.turn_id, (None, ""))[1] + message.content)
    return [(turn, at, text) for turn, (at, text) in said.items()]


def _digits(text: str) -> str:
    """Sums as one run of digits, however they were spaced."""
    return "".join(char for char in text if not char.isspace())


def _priced(turn: int, at: datetime, content: dict[str, Any]) -> list[Told]:
    car = content.get("car") or {}
    blank = Told(
        turn, at, content.get("list_version") or 0, content.get("currency") or "", "", "", None, 0, None,
        is_from=False, is_decided=True, make=car.get("make") or "", model=car.get("model") or "",
    )  # fmt: skip
    decided = [_cell(blank, row, row) for row in content.get("found", ())]
    return decided + [
        replace(_cell(blank, row, cell), is_decided=False) for row in content.get("by_class", ()) for cell in row.get("prices", ())
    ]


def _cell(blank: Told, row: dict[str, Any], cell: dict[str, Any]) -> Told:
    return replace(
        blank,
        section=row.get("section") or "",
        name=row["name"],
        car_class=cell.get("car_class"),
        amount=cell["amount"],
        upto=cell.get("upto"),
        is_from=bool(cell.get("is_from")),
    )
