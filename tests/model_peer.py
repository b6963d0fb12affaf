"""A model provider on a port of this machine, with its switch in the test's hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from pydantic_ai.models import Model

from valera.assistant.chain.link import Chain, Link
from valera.assistant.models.clients import Clients
from valera.assistant.models.providers import PROVIDERS, Address
from valera.kit.secrets import Secret
from valera.simulator.models.provider import Provider
from valera.simulator.models.script import Rule
from valera.simulator.models.switch import Fault, Setting, Switch

KEY = "sk-planted-2b7e151628aed2a6"


@dataclass(frozen=True, slots=True)
class ModelPeer:
    """The provider that serves at ``url``, and the product's own model that asks it."""

    provider: Provider
    url: str
    model: Model

    @property
    def chain(self) -> Chain:
        return chain(self.model)

    @property
    def switch(self) -> Switch:
        return self.provider.switch

    def fail(self, fault: Fault, share: float = 1) -> None:
        self.switch.turn(Setting(faults={fault: share}))

    def obey(self, *rules: Rule, next_faults: tuple[Fault | None, ...] = ()) -> None:
        self.switch.turn(Setting(rules=rules, next_faults=next_faults))


@asynccontextmanager
async def model_peer(name: str = "gpt-5-mini", *, connections: int = 10) -> AsyncIterator[ModelPeer]:
    provider = Provider()
    server = uvicorn.Server(uvicorn.Config(provider, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/openai/v1"
    clients = Clients(connections=connections, seconds=30)
    try:
        yield ModelPeer(provider, url, clients.open(PROVIDERS["openai"], name, Address(url, Secret(KEY))))
    finally:
        await clients.close()
        server.should_exit = True
        await serving


def chain(*models: Model) -> Chain:
    """In this order, each called as it calls itself."""
    return Chain(tuple(Link(model.model_name, model, is_remote=model.system == "openai") for model in models))
