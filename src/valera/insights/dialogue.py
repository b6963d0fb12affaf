"""Dialogues of a period: how many reached what, how soon they were answered, what they came to, what they cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from valera.followup.outcomes.episode import Outcome
from valera.insights import queries
from valera.insights.hours import load_opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from valera.insights.period import Period
    from valera.kit.db import AccountTx

STEPS = ("dialogues", "priced", "booked", "visited")
LOST = (
    Outcome.PRICE_TOO_HIGH,
    Outcome.NO_SLOT,
    Outcome.OUT_OF_PROFILE,
    Outcome.PRICE_ONLY,
    Outcome.SILENT,
    Outcome.CANCELLED,
    Outcome.OTHER,
)
"""Ends that brought the shop nothing it could go on with."""
GOING_ON = "open"
"""In place of an outcome: nobody has been silent for a day yet."""
KEPT = (*(outcome for outcome in Outcome if outcome not in LOST), GOING_ON)
WHENS = ("", ":inside", ":outside")
"""Of all hours, of the shop's, of the others."""
ANSWERERS = ("answer:assistant", "answer:manager", "helped")
FIGURES = frozenset(
    {
        *STEPS,
        *(f"outcome:{outcome}" for outcome in (*Outcome, GOING_ON)),
        *(name + when for name in (*ANSWERERS, "answer:nobody", "called") for when in WHENS),
    }
)


@dataclass(frozen=True, slots=True)
class Figure:
    """``median`` and ``p90``: seconds until the first answer, or from calling a person to a person's words; None where there was none.
    ``cost`` in US dollars.
    """

    number: int = 0
    median: float | None = None
    p90: float | None = None
    cost: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Counted:
    figure: str
    source: str | None
    span: int | None
    number: int
    median: float | None
    p90: float | None
    cost: Decimal


@dataclass(frozen=True, slots=True)
class DialogueNumbers:
    """``by_source`` and ``by_span`` hold the four steps only; spans are those of the period, from 0."""

    whole: dict[str, Figure] = field(default_factory=dict[str, Figure])
    by_source: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    by_span: dict[int, dict[str, int]] = field(default_factory=dict[int, dict[str, int]])

    def get(self, figure: str) -> Figure:
        return self.whole.get(figure, Figure())

    def number(self, figure: str) -> int:
        return self.get(figure).number

    @property
    def sources(self) -> list[str]:
        """The most frequent first."""
        return sorted(self.by_source, key=lambda source: (-self.by_source[source].get("dialogues", 0), source))

    @property
    def cost_each(self) -> Decimal | None:
        """US dollars a dialogue."""
        begun = self.get("dialogues")
        return begun.cost / begun.number if begun.number else None


@dataclass(frozen=True, slots=True)
class Dialogue:
    """``line``: what was said in the message that shows its outcome; ``outcome`` None: it goes on."""

    chat_id: int
    message_id: int
    began_at: datetime
    client: str
    source: str
    outcome: str | None
    line: str | None
    is_priced: bool
    booking_number: int | None
    has_visited: bool
    answered_by: str | None
    answer_seconds: float | None
    called_at: datetime | None
    person_seconds: float | None
    cost: Decimal | None


async def count_dialogues(tx: AccountTx, period: Period) -> DialogueNumbers:
    opened = await load_opened(tx, period)
    numbers = DialogueNumbers()
    for counted in await queries.count_dialogues(tx, _Counted, (period.since, period.until), opened, period.bounds):
        if counted.span is not None:
            numbers.by_span.setdefault(counted.span - 1, {})[counted.figure] = counted.number
        elif counted.source is not None:
            numbers.by_source.setdefault(counted.source, {})[counted.figure] = counted.number
        else:
            numbers.whole[counted.figure] = Figure(counted.number, counted.median, counted.p90, counted.cost)
    return numbers


async def list_dialogues(
    tx: AccountTx, period: Period, figure: str, *, source: str | None = None, order: str = "", most: int, after: int = 0
) -> list[Dialogue]:
    """The rows behind a number. ``order``: answer, person, cost, or the latest first; ``after``: so many are left out."""
    opened = await load_opened(tx, period)
    return await queries.select_dialogues(
        tx, Dialogue, (period.since, period.until), opened, figure=figure, source=source, order=order, limit=most, offset=after
    )


def shares(numbers: DialogueNumbers) -> Iterator[tuple[str, int, float]]:
    """Each step of the way with its share of all dialogues."""
    whole = numbers.number("dialogues")
    for step in STEPS:
        reached = numbers.number(step)
        yield step, reached, reached / whole if whole else 0.0
