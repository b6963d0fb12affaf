"""Trying the assistant out before clients do."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    run_sql("0022_trials.sql")
