"""What a restored installation may not send until an operator says so."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql("0004_restored.sql")
