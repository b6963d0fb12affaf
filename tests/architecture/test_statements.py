"""Every statement is planned against the migrated schema, in the role that runs it: names, types and rights are right."""

from __future__ import annotations

import pytest

from tests.architecture.statements import Statement, find_statements, query_modules
from valera.kit.db import Database

STATEMENTS = list(find_statements())


def test_statements_were_found_in_every_queries_module() -> None:
    found = {statement.module for statement in STATEMENTS}

    assert len(found) == len(query_modules())
    assert len(STATEMENTS) > 80


@pytest.mark.parametrize("role", sorted({statement.role for statement in STATEMENTS}))
async def test_statements_fit_the_schema_and_the_rights_of_their_role(db: Database, role: str) -> None:
    connection = await db.connect(role=role)
    failures = []
    for statement in (each for each in STATEMENTS if each.role == role):
        try:
            await connection.execute(f"explain (generic_plan) {_plannable(statement)}")
        except Exception as error:  # noqa: BLE001  (whatever is wrong with it is listed)
            failures.append(f"{statement}: {error}")
    await connection.close()

    assert failures == []


def _plannable(statement: Statement) -> str:
    return statement.sql.strip().rstrip(";")
