"""What was understood of a price list, before it is published."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql("0011_price_drafts.sql")
