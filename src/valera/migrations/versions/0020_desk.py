"""What a member does in a chat: drafts, notes, canned replies."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    run_sql("0020_desk.sql")
