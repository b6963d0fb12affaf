"""A provider that can be told to fail."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.model_peer import ModelPeer, model_peer


@pytest.fixture
async def peer() -> AsyncIterator[ModelPeer]:
    async with model_peer() as peer:
        yield peer
