"""Disclosure, consent, and receipts of what was erased."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql("0010_privacy.sql")
