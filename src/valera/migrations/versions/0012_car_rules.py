"""A shop's own rules from car to class."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_sql("0012_car_rules.sql")
