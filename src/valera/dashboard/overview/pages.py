"""Overview and the lists behind its numbers, as pages and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.overview.lists import Wanted, list_rows
from valera.dashboard.overview.place import Place, require_figure, source_name
from valera.dashboard.overview.tables import everything
from valera.dashboard.overview.view import RANGES, heading, show
from valera.identity.permission import Permission
from valera.insights.overview import look
from valera.insights.period import Period
from valera.kit.csv_file import MEDIA_TYPE, csv_file
from valera.kit.web import PAGE_HEADERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from valera.dashboard.frame.page import Page

LEAF = 100
MOST_LEAVES = 10_000
MOST_IN_FILE = 100_000
LONGEST_SOURCE = 200

Since = Annotated[str, QueryParameter(name="from")]


@get("/overview", permission=Permission.OVERVIEW)
async def get_overview(
    page: ThePage, db: TheDb, since: Since = "", until: FromQuery[str] = "", days: FromQuery[str] = ""
) -> Response[bytes]:
    """Of the last ``days``, or of any stretch."""
    period = _period(page, since, until, days)
    async with db.account_tx() as tx:
        found = await look(tx, period, page.now)
    return page.html("overview.html", view=show(page, found))


@get("/overview/list", permission=Permission.OVERVIEW)
async def get_list(
    page: ThePage,
    db: TheDb,
    *,
    figure: FromQuery[str] = "",
    since: Since = "",
    until: FromQuery[str] = "",
    source: FromQuery[str | None] = None,
    leaf: FromQuery[str] = "1",
) -> Response[bytes]:
    """Raises FigureNotFound."""
    require_figure(figure, source=source)
    period = _period(page, since, until)
    number = min(int(leaf), MOST_LEAVES) if leaf.isascii() and leaf.isdigit() and leaf.strip("0") else 1
    wanted = Wanted(figure, source and source[:LONGEST_SOURCE], period, LEAF, (number - 1) * LEAF)
    async with db.account_tx() as tx:
        listed = await list_rows(tx, page, wanted)
    place = Place(page, period)
    return page.html(
        "overview_list.html",
        title=heading(page.t, figure, period),
        source=None if source is None else source_name(page.t, source),
        listed=listed,
        back=place.overview(),
        file=place.file(figure, source=source),
        newer=place.list(figure, source=source, leaf=number - 1) if number > 1 else None,
        older=place.list(figure, source=source, leaf=number + 1) if number * LEAF < listed.number else None,
    )


@get("/overview/numbers.csv", permission=Permission.EXPORT)
async def get_numbers(page: ThePage, db: TheDb, since: Since = "", until: FromQuery[str] = "") -> Response[bytes]:
    """Everything that the overview shows: one line for each number."""
    period = _period(page, since, until)
    async with db.account_tx() as tx:
        found = await look(tx, period, page.now)
    header = [page.t(f"overview.column.{name}") for name in ("table", "row", "column", "value")]
    return _file(page, "overview", period, [header, *(line for table in everything(page, found) for line in table.tidy())])


@get("/overview/list.csv", permission=Permission.EXPORT)
async def get_list_file(
    page: ThePage,
    db: TheDb,
    *,
    figure: FromQuery[str] = "",
    since: Since = "",
    until: FromQuery[str] = "",
    source: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Raises FigureNotFound."""
    require_figure(figure, source=source)
    period = _period(page, since, until)
    async with db.account_tx() as tx:
        listed = await list_rows(tx, page, Wanted(figure, source, period, MOST_IN_FILE))
    header = [column.name for column in listed.table.columns]
    return _file(page, figure.replace(":", "-"), period, [header, *([cell.value for cell in row] for row in listed.table.rows)])


HANDLERS: list[Any] = [get_overview, get_list, get_numbers, get_list_file]


def _period(page: Page, since: str, until: str, days: str = "") -> Period:
    today = page.now.astimezone(page.zone).date()
    if days in {str(each) for each in RANGES}:
        return Period.latest(int(days), today=today, zone=page.zone)
    return Period.read(since, until, today=today, zone=page.zone)


def _file(page: Page, name: str, period: Period, rows: Iterable[Sequence[object]]) -> Response[bytes]:
    called = f"{page.entry.slug}-{name}-{period.first}-{period.last}.csv"
    headers = PAGE_HEADERS | {"Content-Disposition": f'attachment; filename="{called}"'}
    return Response(csv_file(rows, decimal_comma=page.t.locale == "ru"), media_type=MEDIA_TYPE, headers=headers)
