"""How durations and sums are said, and how an axis is divided."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from valera.dashboard.frame.words import Words
from valera.dashboard.overview.chart import draw, scale
from valera.dashboard.overview.wording import dollars, duration

RU = Words("ru", ZoneInfo("Europe/Moscow"))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "–"), (0, "0 с"), (2.43, "2,4 с"), (9.96, "10 с"), (48.4, "48 с"), (59.7, "1 мин"), (365, "6 мин 5 с"), (3600, "1 ч"),
        (11_400, "3 ч 10 мин"), (86_399.8, "1 дн"), (187_200, "2 дн 4 ч"),
    ],
)  # fmt: skip
def test_duration_has_two_units_at_most(seconds: float | None, said: str) -> None:
    assert duration(RU, seconds) == said


@pytest.mark.parametrize(("amount", "said"), [("0", "0,00 $"), ("0.0011", "0,0011 $"), ("0.01", "0,01 $"), ("1940.5", "1 940,50 $")])
def test_small_sums_keep_their_digits(amount: str, said: str) -> None:
    assert dollars(RU, Decimal(amount)).replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize(
    ("most", "least", "axis"),
    [(0, 0, (1, 1)), (1, 1, (1, 1)), (1, 0, (1, 0.5)), (3, 1, (3, 1)), (7, 1, (8, 2)), (44, 1, (60, 20)), (0.18, 0, (0.2, 0.05))],
)
def test_axis_holds_the_highest_bar_in_round_steps(most: float, least: float, axis: tuple[float, float]) -> None:
    assert scale(most, least) == pytest.approx(axis)


def test_bars_stay_in_the_drawing() -> None:
    values = [[float(number), number / 2] for number in range(90)]
    chart = draw("Диалоги", [str(number) for number in range(90)], [""] * 90, values, say=str)

    assert all(chart.left <= bar.x and bar.x + bar.width <= chart.width for bar in chart.bars)
    assert all(block.y >= 0 and block.height <= chart.height for bar in chart.bars for block in bar.blocks)
    assert 0 < sum(bool(bar.label) for bar in chart.bars) <= 15
