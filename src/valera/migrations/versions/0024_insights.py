"""What the overview is counted by."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    run_sql("0024_insights.sql")
