"""How long what is kept: the data, the pruner, the schema's own bounds and the document say the same."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.architecture.allow_list import APP_TABLES, JOB_TABLES, PRUNED, SHARED_TABLES
from tests.architecture.test_documents import CODE, DOCS, rows, section
from valera.backoffice.prune import STEPS
from valera.backoffice.retention import RETENTION, Keep, Retention
from valera.settings import Settings

LEAST = Retention(timedelta(days=7), timedelta(days=30))


def test_every_table_has_its_time_once() -> None:
    tables = [table for kept in RETENTION for table in kept.tables]

    assert len(tables) == len(set(tables))
    assert set(tables) == APP_TABLES.keys() | SHARED_TABLES | JOB_TABLES


def test_what_is_not_kept_for_good_is_pruned_and_nothing_else_may_be() -> None:
    finite = {table for kept in RETENTION for table in kept.tables if LEAST.of(table) is not None}

    assert STEPS.keys() == finite == PRUNED.keys() | {"jobs.pgqueuer_log"}


def test_the_schema_lets_nothing_go_sooner_than_the_least_setting() -> None:
    bounds = {table: bound(policy) for table, policy in PRUNED.items()}

    assert bounds == {table: LEAST.of(table) for table in PRUNED}


def bound(policy: str) -> timedelta:
    """Of "(at < (now() - '7 days'::interval))" and "(at < (now() - '01:00:00'::interval))"."""
    days, hours = re.findall(r"'(?:(\d+) days?|(\d+):00:00)'::interval", policy)[0]
    return timedelta(days=int(days or 0), hours=int(hours or 0))


def test_raw_updates_live_a_week_and_the_journal_a_month() -> None:
    defaults = {name: Settings.model_fields[name].default for name in ("keep_updates_days", "keep_journal_days")}

    assert Retention() == LEAST
    assert defaults == {"keep_updates_days": 7, "keep_journal_days": 30}


def test_the_document_shows_the_table() -> None:
    written = {tuple(CODE.findall(cells[0])): (cells[1], cells[2]) for cells in rows(section(DOCS / "security.md", "Retention"))}

    assert written == {kept.tables: (kept.keep.value, kept.why) for kept in RETENTION}
    assert Keep.UPDATES.value in {keep for keep, _ in written.values()}
