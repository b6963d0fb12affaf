"""Jobs with a time of their own, reminders, feedback."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run_sql("0015_jobs.sql")
