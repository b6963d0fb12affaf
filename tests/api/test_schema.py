"""What the description says is what the API does: schemathesis asks everything, sensible and senseless, and checks each answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

from tests.api.conftest import Keys, bearer
from tests.cast import World
from valera.api.app import create_api
from valera.kit.clock import SystemClock
from valera.kit.db import Database

EXAMPLES = 5
ACCEPTED = ["2xx", "404", "409", "422"]
"""Of what the schema allows. 422: it can be read and makes no sense here, such as a time in the past."""


@dataclass(slots=True)
class Served:
    """The API on schemathesis' own event loop, with a database that is opened there."""

    url: str
    db: Database | None = None
    api: Any = None
    loop: asyncio.AbstractEventLoop | None = None
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            return
        async with self.opening:
            if self.db is None:
                self.db, self.loop = Database(self.url, min_size=1, max_size=4), asyncio.get_running_loop()
                await self.db.open()
                self.api = create_api(self.db, SystemClock())
        await self.api(scope, receive, send)

    def close(self) -> None:
        if self.db is not None and self.loop is not None:
            asyncio.run_coroutine_threadsafe(self.db.close(), self.loop).result(20)


@pytest.mark.timeout(120)
async def test_every_operation_keeps_its_description(database_url: str, world: World, keys: Keys) -> None:
    served = Served(database_url)
    try:
        await asyncio.to_thread(_ask_everything, served, keys.write)
    finally:
        await asyncio.to_thread(served.close)


def _ask_everything(served: Served, key: str) -> None:
    config = SchemathesisConfig.from_dict(
        {"seed": 1, "generation": {"allow-x00": True}, "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}}}
    )
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", served, config=config)
    asked = 0
    for found in schema.get_all_operations():
        operation = cast("Any", found).ok()
        for mode in GenerationMode:

            @seed(1)
            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                case.call_and_validate(headers=bearer(key))

            ask()
        asked += 1
    assert asked == 11
