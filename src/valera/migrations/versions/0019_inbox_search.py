"""What the inbox is searched by."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    run_sql("0019_inbox_search.sql")
