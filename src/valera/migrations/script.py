"""Runs a migration's .sql file inside Alembic's transaction."""

from __future__ import annotations

from importlib import resources
from typing import Any

from alembic import op
from sqlalchemy import text


def run_sql(name: str) -> None:
    """The file may hold any number of statements and DO blocks: it goes to the server whole, past SQLAlchemy's parameters."""
    script = resources.files("valera.migrations.versions").joinpath(name).read_text("utf-8")
    bind = op.get_bind()
    bind.execute(text("select 1"))  # the driver sends BEGIN with the first statement it sees
    connection: Any = bind.connection.dbapi_connection
    connection.run_async(lambda driver: driver.execute(script))
