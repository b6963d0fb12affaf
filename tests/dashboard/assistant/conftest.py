"""The office with somebody who answers: the scripted receptionist, or the model that a test scripts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.reception.stage import Script
from tests.same_models import SameModels
from valera.dashboard.frame.given import Given
from valera.reception.paying import Till
from valera.reception.readiness import warm_up
from valera.reception.receptionist import ScriptedReceptionist
from valera.reception.trial.conversation import Trying


@dataclass
class Answering:
    """Which models answer, changed by a test before it asks."""

    models: list[Any] = field(default_factory=lambda: [ScriptedReceptionist()])
    till: Till = field(default_factory=Till)
    script: Script = field(default_factory=Script)


@pytest.fixture(scope="session", autouse=True)
def _dictionaries() -> None:
    """Read before a transaction is open, as whoever opens `Trying` does."""
    warm_up()


@pytest.fixture
def answering() -> Answering:
    return Answering()


@pytest.fixture
def given(given: Given, answering: Answering) -> Given:
    async def trying() -> Trying:
        return Trying(given.db, given.clock, SameModels(*answering.models), answering.till)

    return replace(given, trying=trying)
