"""The whole life of a booking, and who may change what."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_sql("0013_booking_life.sql")
