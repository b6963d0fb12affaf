"""Attachments and what updates beside messages mean."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql("0007_updates.sql")
