"""What a shop's team has to know: a bot that Telegram refuses, an installation that was restored."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql("0002_notices.sql")
