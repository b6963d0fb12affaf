"""Percentiles, medians and how they are written."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def milliseconds(times: Sequence[float]) -> dict[str, float | None]:
    """p50, p99 and max of milliseconds; None where nothing was measured."""
    if not times:
        return {"p50_ms": None, "p99_ms": None, "max_ms": None}
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return {"p50_ms": round(statistics.median(ordered), 2), "p99_ms": round(p99, 2), "max_ms": round(ordered[-1], 2)}


def spread(found: dict[str, Any]) -> str:
    return f"p50 {found['p50_ms']:.1f}  p99 {found['p99_ms']:.1f}  max {found['max_ms']:.1f} ms"


def median_of(rounds: Sequence[float], *, digits: int = 1) -> dict[str, float]:
    """Of repeated measurements: the median, and how far they lay apart."""
    return {"median": round(statistics.median(rounds), digits), "min": round(min(rounds), digits), "max": round(max(rounds), digits)}


def each(spent: dict[str, float]) -> str:
    """What was used up, by kind of process."""
    return "  ".join(f"{name.removesuffix('_ms')} {figure:g}" for name, figure in spent.items())
