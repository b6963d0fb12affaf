"""Addresses of lists, and the names of figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from valera.insights import dialogue, visit
from valera.kit.errors import NotFound

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page
    from valera.dashboard.frame.words import Words
    from valera.insights.period import Period

WAITING, USAGE, COST = "waiting", "usage", "cost"
"""Who waits now; what models cost by day; dialogues, the dearest first."""
FIGURES = dialogue.FIGURES | visit.FIGURES | {WAITING, USAGE, COST}


class FigureNotFound(NotFound):
    """The overview has no such number."""


@dataclass(frozen=True, slots=True)
class Place:
    """Makes addresses below one page's shop for one period."""

    page: Page
    period: Period

    @property
    def query(self) -> dict[str, str]:
        return {"from": self.period.first.isoformat(), "until": self.period.last.isoformat()}

    def overview(self) -> str:
        return self.page.url(f"/overview?{urlencode(self.query)}")

    def numbers(self) -> str:
        return self.page.url(f"/overview/numbers.csv?{urlencode(self.query)}")

    def list(self, figure: str, *, source: str | None = None, number: int = 1, leaf: int = 1) -> str | None:
        """None: there is nothing to list."""
        return self._list("list", figure, source, leaf) if number else None

    def file(self, figure: str, *, source: str | None = None) -> str:
        return self._list("list.csv", figure, source, 1)

    def _list(self, name: str, figure: str, source: str | None, leaf: int) -> str:
        more = ({} if source is None else {"source": source}) | ({} if leaf == 1 else {"leaf": str(leaf)})
        return self.page.url(f"/overview/{name}?{urlencode({'figure': figure} | self.query | more)}")


def require_figure(figure: str, *, source: str | None) -> None:
    """Raises FigureNotFound."""
    if figure not in FIGURES or (source is not None and figure not in dialogue.STEPS):
        raise FigureNotFound("There is no such number.")


def figure_name(t: Words, figure: str) -> str:
    """«Первым ответил ассистент, в часы работы»."""
    name, _, when = figure.rpartition(":")
    if when in ("inside", "outside"):
        return t("overview.name_when", name=figure_name(t, name), when=t(f"overview.when.{when}"))
    return t(f"overview.figure.{figure.replace(':', '-')}")


def source_name(t: Words, source: str) -> str:
    return source or t("overview.source_unknown")
