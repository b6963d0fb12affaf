"""Tables, keys, policies and grants of the main path."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql("0001_foundation.sql")
