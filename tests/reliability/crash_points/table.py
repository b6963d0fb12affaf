"""All points and what came of them, as `make crash-points` prints them and `docs/reliability.md` keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.reliability.crash_points.points import Fault, Point

DOCUMENT = Path(__file__).parents[3] / "docs/reliability.md"
BEGIN, END = "<!-- crash points: written by `make crash-points` -->", "<!-- end of crash points -->"

Results = Mapping[Fault, Sequence[str]]
"""One word per point, in the order of the points."""


def render(points: Sequence[Point], results: Results) -> str:
    head = ["the client", "border", *(fault.value for fault in Fault)]
    rows = [[point.act, str(point), *(results[fault][number] for fault in Fault)] for number, point in enumerate(points)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def keep(table: str) -> None:
    """In the document, in place of the one before."""
    text = DOCUMENT.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise LookupError(f"{DOCUMENT} has no place for the table.")
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", "utf-8")


def kept() -> dict[tuple[str, str], dict[Fault, str]]:
    """(what the client does, border) → outcomes."""
    _, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    lines = [line for line in rest.partition(END)[0].splitlines() if line.startswith("| ")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {(act, border): dict(zip(Fault, outcomes, strict=True)) for act, border, *outcomes in cells}
