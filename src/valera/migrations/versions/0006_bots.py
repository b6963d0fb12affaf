"""Bots live: polling, rotation, what Telegram says of a webhook."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql("0006_bots.sql")
