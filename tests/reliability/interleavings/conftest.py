"""One scene for all tests of a file: it is set anew for each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.conftest import Cluster
from tests.reliability.interleavings.scene import Scene, open_scene


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(cluster: Cluster) -> AsyncIterator[Scene]:
    async with open_scene(cluster) as scene:
        yield scene
