"""Fair claims, and finished rows that are pruned."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql("0003_queues.sql")
