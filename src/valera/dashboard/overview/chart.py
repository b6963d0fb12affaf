"""Bars of a chart in the units of its drawing: the template draws what is worked out here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WIDTH, HEIGHT, LEFT, BELOW, ABOVE = 640, 210, 36, 24, 10
WIDEST, LABELS = 26, 15
STEPS = (1, 2, 5, 10)
LINES = 4


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle from the ground line up; ``kind`` is its colour."""

    y: float
    height: float
    kind: int


@dataclass(frozen=True, slots=True)
class Bar:
    """``title`` is what a reader hears and a mouse shows; ``label`` is empty where there is no room for all of them."""

    x: float
    width: float
    label: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def draw(
    title: str,
    labels: Sequence[str],
    titles: Sequence[str],
    values: Sequence[Sequence[float]],
    *,
    say: Callable[[float], str],
    least: float = 0.0,
) -> Chart:
    """``values``: of each bar from the back to the front, each a part of the one before; ``say`` writes an axis, ``least`` is its finest
    step.
    """
    top, step = scale(max((max(of, default=0) for of in values), default=0), least)
    room = HEIGHT - BELOW - ABOVE
    slot = (WIDTH - LEFT) / max(len(values), 1)
    wide = round(min(WIDEST, slot * 0.72), 1)
    every = math.ceil(len(values) / LABELS)
    bars = tuple(
        Bar(
            round(LEFT + at * slot + (slot - wide) / 2, 1),
            wide,
            labels[at] if at % every == 0 else "",
            titles[at],
            tuple(_blocks(of, room / top)),
        )
        for at, of in enumerate(values)
    )
    lines = (index * step for index in range(round(top / step) + 1))
    return Chart(title, tuple(Tick(round(HEIGHT - BELOW - line * room / top, 1), say(round(line, 10))) for line in lines), bars)


def scale(most: float, least: float = 0.0) -> tuple[float, float]:
    """The top of an axis that holds ``most``, and the step between its lines: 1, 2 or 5 of some power of ten."""
    if most <= 0:
        return 1.0, 1.0
    power = 10 ** math.floor(math.log10(most / LINES))
    step = max(next(size * power for size in STEPS if size * power * LINES >= most), least)
    return round(math.ceil(most / step) * step, 10), step


def _blocks(of: Iterable[float], unit: float) -> Iterable[Block]:
    for kind, value in enumerate(of):
        high = round(value * unit, 1)
        if high > 0:
            yield Block(round(HEIGHT - BELOW - high, 1), high, kind)
