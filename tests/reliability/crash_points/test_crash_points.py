"""Every second point with one of the four faults, and the kept table beside it; `make crash-points` tries all. A trial that waits for
leases moves them in the database, as time does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.reliability.crash_points.points import Fault
from tests.reliability.crash_points.table import kept
from tests.reliability.crash_points.trial import theatre

pytestmark = pytest.mark.timeout(900)  # minutes of trials on a machine with better things to do

HOPS = {"1 ingest", "2 intake", "3 turn", "4 respond", "5 tools", "6 delivery", "acknowledgement"}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Hundreds of faults, each with a traceback drawn in colours, take more time than everything else."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("fault", Fault)
async def test_every_point_ends_with_one_booking_every_text_sent_and_what_the_table_says(database_url: str, fault: Fault) -> None:
    async with theatre(database_url) as stage:
        rehearsed = await stage.rehearse()
        points = rehearsed[list(Fault).index(fault) :: 2 * len(Fault)]
        outcomes = await stage.try_all(points, fault)
        breaches = await stage.ledger.breaches()

    assert {str(point): outcome.wrong for point, outcome in zip(points, outcomes, strict=True) if outcome.wrong} == {}
    assert breaches == {}
    table = kept()
    assert {(point.act, str(point)) for point in rehearsed} == set(table)
    assert {(point.act, str(point)): str(outcome) for point, outcome in zip(points, outcomes, strict=True)} == {
        (point.act, str(point)): table[point.act, str(point)][fault] for point in points
    }


def test_the_table_has_every_hop_and_more_than_25_points() -> None:
    borders = [border for _, border in kept()]

    assert {border.partition(" · ")[0] for border in borders} == HOPS
    assert len(borders) > 25
