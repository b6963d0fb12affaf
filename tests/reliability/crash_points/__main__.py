"""All trials, printed as a table and kept in `docs/reliability.md`; fails if anything is lost, doubled or stuck."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import sys
import tempfile
from pathlib import Path

import structlog

from tests.conftest import HASTE, TEMPLATE, Cluster
from tests.reliability.crash_points.points import Fault
from tests.reliability.crash_points.table import keep, render
from tests.reliability.crash_points.trial import theatre
from valera.kit.postgres import Place, Server, start
from valera.migrations import migrate


def main() -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory(prefix="valera-") as folder:
        Path(folder).chmod(0o711)  # started as root, the server is another user and passes through
        server = start(Place.choose(Path(folder) / "home", shared=Path(folder)), settings=HASTE)
        try:
            return asyncio.run(show(server))
        finally:
            server.stop()


async def show(server: Server) -> int:
    cluster = Cluster(server, itertools.count(1))
    await migrate.bootstrap(server.admin_url(), password=server.place.password(migrate.LOGIN), database=TEMPLATE)
    await asyncio.to_thread(migrate.upgrade, server.url(migrate.LOGIN, TEMPLATE))
    async with theatre(cluster.url(await cluster.create())) as stage:
        points = await stage.rehearse()
        outcomes = {fault: await stage.try_all(points, fault, tell=_tell) for fault in Fault}
        breaches = await stage.ledger.breaches()
    table = render(points, {fault: [str(outcome) for outcome in found] for fault, found in outcomes.items()})
    wrong = sum(bool(outcome.wrong) for found in outcomes.values() for outcome in found) + len(breaches)
    _say(f"\r{table}\n\n{len(points)} points, {len(points) * len(Fault)} trials; lost, doubled, stuck or out of order: {wrong}")
    for shop, invariants in breaches.items():
        _say(f"shop {shop}: {'; '.join(invariants)}")
    if not wrong:
        keep(table)
    return int(wrong > 0)


def _tell(fault: Fault, number: int, of: int) -> None:
    """How far it is, for whoever waits."""
    if os.isatty(sys.stderr.fileno()):
        sys.stderr.write(f"\r{fault}: {number} of {of}   ")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
