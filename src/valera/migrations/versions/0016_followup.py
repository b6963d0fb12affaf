"""Call-backs, the waitlist, outcomes of dialogues."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_sql("0016_followup.sql")
