"""What a page hears of at once: topics, told by the tables themselves."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run_sql("0018_live.sql")
