"""No cell of a file is a formula, whatever a client is called."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from valera.kit.csv_file import FORMULA, csv_file


def test_numbers_dates_and_texts_are_what_they_were() -> None:
    moment = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)

    file = csv_file([("имя", 1, -2.5, Decimal("0.0011"), None, True, moment.date(), moment)], decimal_comma=True)

    assert file.decode("utf-8-sig") == "имя;1;-2,5;0,0011;;1;2026-11-22;2026-11-22 14:05:00\r\n"


@given(st.text(), st.text())
def test_no_text_begins_a_formula_and_none_breaks_the_table(first: str, second: str) -> None:
    rows = list(csv.reader(io.StringIO(csv_file([(first, second)]).decode("utf-8-sig"), newline=""), delimiter=";"))

    assert len(rows) == 1
    for written, meant in zip(rows[0], (first, second), strict=True):
        assert written in {meant, f"'{meant}"}
        assert not written.lstrip(" ").startswith(FORMULA)
