"""Alembic's entry: one transaction for all pending migrations, under a lock that a second `valera migrate` waits for."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text


def run(connection: Connection) -> None:
    context.configure(connection=connection, transaction_per_migration=False)
    with context.begin_transaction():
        connection.execute(text("select pg_advisory_xact_lock(hashtextextended('valera migrate', 0))"))
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is None:
    message = "Run `valera migrate`: it connects as the right role."
    raise SystemExit(message)
run(given)
