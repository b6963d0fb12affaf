"""`valera prices preview` without a shop: nothing but the file is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURE = Path(__file__).parents[1] / "fixtures" / "detailing.csv"


def preview(*arguments: str, pasted: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "valera", "prices", "preview", *arguments], input=pasted, capture_output=True, text=True, check=False
    )


def test_preview_is_data() -> None:
    done = preview("--json", str(FIXTURE))

    told = json.loads(done.stdout)
    assert (told["items"], told["skipped"], told["currency"]) == (8, 3, "RUB")
    assert [row["row_no"] for row in told["rows"] if row["reasons"]] == [1, 12, 15, 16]


@pytest.mark.parametrize(
    ("pasted", "expected"), [("Капот - от 5000 руб\n", "работ с ценой: 1"), ("", "пуст"), ("добрый день", "не нашлось")]
)
def test_pasted_text_is_read_from_standard_input(pasted: str, expected: str) -> None:
    done = preview("-", pasted=pasted)

    assert expected in done.stdout + done.stderr
    assert done.returncode == (0 if "Капот" in pasted else 1)
    assert "Traceback" not in done.stderr
