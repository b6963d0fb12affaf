"""Bays that do only some works, and days with hours of their own."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_sql("0014_bays.sql")
