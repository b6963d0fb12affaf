"""What each process imports before it serves: start-up time is mostly that."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("pydantic_ai", "pymorphy3", "rapidfuzz", "phonenumbers", "dateparser", "sqlalchemy")


@pytest.mark.parametrize(
    "modules",
    [
        "valera.process, valera.services, valera.app",
        "valera.process, valera.services, valera.simulator.app, valera.simulator.messenger.store",
    ],
    ids=["web", "simulator"],
)
def test_models_and_dictionaries_are_the_workers_alone(modules: str) -> None:
    program = f"import sys, {modules}; print(*sorted(sys.modules.keys() & {set(HEAVY)!r}))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50)

    assert found.stdout.split() == []
