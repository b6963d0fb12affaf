"""Who is about to call a client back."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    run_sql("0025_callbacks.sql")
