"""A dialogue as it is written down: the shop, the time, what the client says, and the outcome that was committed beforehand."""

from __future__ import annotations

import enum
import tomllib
from datetime import date, datetime, time
from pathlib import Path

import msgspec

CASES = Path(__file__).parent / "cases"
KEPT_ASIDE = 3
"""Numbers divisible by it are not looked at while the mechanism is tuned."""


class Outcome(enum.StrEnum):
    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    PRICED = "priced"
    INFORMED = "informed"
    HUMAN = "human"
    REFUSED = "refused"
    SILENT = "silent"
    CALLBACK = "callback"
    WAITLIST = "waitlist"


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``gives``: the question that these words answer; asked it, the client says them at once."""

    say: str | list[str]
    gives: str = ""


class Expectation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``service``, ``told``, ``told_last`` and ``never`` are regular expressions over lower-case text; times are the shop's local ones;
    ``sums`` have to be named; ``handover``: a person who is called is as good an end.
    """

    outcome: Outcome
    service: list[str] = []
    on: date | None = None
    days: list[date] = []
    from_: str = msgspec.field(name="from", default="")
    to: str = ""
    count: int = 1
    sums: list[int] = []
    no_sums: bool = False
    told: list[str] = []
    told_last: list[str] = []
    never: list[str] = []
    phone: str = ""
    client: str = ""
    handover: bool = False

    @property
    def days_allowed(self) -> list[date]:
        return self.days or ([self.on] if self.on else [])

    @property
    def hours_allowed(self) -> tuple[time, time]:
        earliest = time.fromisoformat(self.from_) if self.from_ else time.min
        latest = time.fromisoformat(self.to or self.from_) if self.to or self.from_ else time.max
        return earliest, latest


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``now`` is local to the shop; ``answers``: what the client says when asked, by question; ``taken``: times without a free bay;
    ``confirms``: how many proposals the client wants; ``says_first``: he goes on with his words, whatever is asked.
    """

    number: int
    name: str
    shop: str
    now: datetime
    says: list[str | list[str] | Line]
    answers: dict[str, str | list[str]]
    expect: Expectation
    taken: list[datetime] = []
    says_first: bool = False
    confirms: int = 1

    @property
    def is_aside(self) -> bool:
        return self.number % KEPT_ASIDE == 0

    @property
    def lines(self) -> list[Line]:
        return [line if isinstance(line, Line) else Line(line) for line in self.says]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    dialogue: list[Case]


def read_cases(folder: Path = CASES) -> list[Case]:
    """All of them by number. Raises ValueError with the file's name where one cannot be read, or a number stands twice."""
    found: list[Case] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            found += msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File).dialogue
        except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
            raise ValueError(f"{path.name}: {error}") from None
    numbers = [case.number for case in found]
    if twice := {number for number in numbers if numbers.count(number) > 1}:
        raise ValueError(f"Two dialogues have the number {min(twice)}.")
    return sorted(found, key=lambda case: case.number)
