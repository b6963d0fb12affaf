"""Prompts, summaries, what answers cost, and budgets."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql("0009_prompts.sql")
