"""Who may enter: sessions, links, invites, keys."""

from __future__ import annotations

from valera.migrations.script import run_sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    run_sql("0017_identity.sql")
