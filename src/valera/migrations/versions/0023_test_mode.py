"""Bots that answer their testers only."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    run_sql("0023_test_mode.sql")
