"""A whole Valera, as `make run` starts it: database, web, worker, simulator. One for all tests of this folder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.test_up import Up
from valera.home import Instance
from valera.kit.postgres import Place, find_running


@dataclass(frozen=True, slots=True)
class Installation:
    up: Up
    home: Path
    instance: Instance

    @property
    def page(self) -> str:
        assert self.instance.simulator_url is not None
        return self.instance.simulator_url


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="valera-"))
    up = Up(folder / "home", VALERA_SETTLE_SECONDS="0.2")
    try:
        yield Installation(up, folder / "home", up.wait_ready())
    finally:
        up.end()
        place = Place.choose(folder / "home")
        if (left := find_running(place)) is not None:
            left.stop()
        if place.owner is not None:
            shutil.rmtree(place.folder, ignore_errors=True)
        shutil.rmtree(folder)
