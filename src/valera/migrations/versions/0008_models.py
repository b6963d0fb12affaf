"""Models of a shop's own, with sealed keys."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql("0008_models.sql")
