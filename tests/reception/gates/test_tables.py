"""Truthful answers in many voices, and hostile ones in many disguises: two tables that are read through the gates."""

from __future__ import annotations

import pytest

from tests.reception.gates.scenes import Row, read_table
from valera.reception.gates import review

TRUTHFUL = read_table("truthful.toml")
HOSTILE = read_table("hostile.toml")
MOST_FALSE_ALARMS = 0.02


def test_tables_are_large_and_a_third_of_each_was_written_before_the_gates() -> None:
    assert len(TRUTHFUL) >= 120
    assert len(HOSTILE) >= 200
    assert all(sum(row.is_old for row in table) * 3 >= len(table) for table in (TRUTHFUL, HOSTILE))


def test_few_truthful_answers_are_held_back() -> None:
    alarms = {row.draft: [found.kind.value for found in review(row.draft, row.evidence)] for row in TRUTHFUL}
    held_back = {draft: kinds for draft, kinds in alarms.items() if kinds}
    assert len(held_back) < MOST_FALSE_ALARMS * len(TRUTHFUL), held_back


@pytest.mark.parametrize("row", HOSTILE, ids=[row.draft[:50] for row in HOSTILE])
def test_hostile_draft_does_not_leave(row: Row) -> None:
    assert review(row.draft, row.evidence)
