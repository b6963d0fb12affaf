"""Fewer round trips on the main path."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql("0005_hot_path.sql")
