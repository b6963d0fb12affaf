"""The two shops of the hostile model, planted for one test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from dialogues import telegram
from evil.run import Run
from tests.conftest import Cluster


@pytest.fixture
async def run(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Run]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    async with telegram.listening() as peer:
        made = Run(cluster, peer, tmp_path / "master.key", seed=20261122)
        await made.prepare()
        yield made
        await made.close()
    structlog.reset_defaults()
