"""Cards of clients that are one person's."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    run_sql("0021_clients.sql")
