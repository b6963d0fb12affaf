"""Every dataclass that is built from a row can be: the names in its annotations exist when the program runs."""

from __future__ import annotations

import importlib
import re
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import valera
from valera.kit.db import plan_row

SOURCE = Path(valera.__file__).parent
ROW = re.compile(r"(?:queries\.\w+|\b(?:one|many|maybe))\(\s*(?:tx|self\.\w+),\s*([A-Z]\w+)")


def rows() -> list[type[Any]]:
    found: list[type[Any]] = []
    for path in sorted(SOURCE.rglob("*.py")):
        names = set(ROW.findall(path.read_text("utf-8")))
        if names:
            module = importlib.import_module("valera." + ".".join(path.relative_to(SOURCE).with_suffix("").parts))
            found += [entry for name in sorted(names) if isinstance(entry := getattr(module, name, None), type) and is_dataclass(entry)]
    return found


def test_every_row_can_be_built() -> None:
    broken = []
    for row in rows():
        try:
            plan_row(row)
        except (NameError, TypeError) as error:
            broken.append(f"{row.__module__}.{row.__name__}: {error}")

    assert len(rows()) > 25
    assert sorted(set(broken)) == []
