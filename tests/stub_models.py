"""The stub providers of models on a port of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from valera.simulator.models.provider import Provider

KEY = "sk-planted-2b7e151628aed2a6"


@asynccontextmanager
async def serving(provider: Callable[..., Awaitable[None]]) -> AsyncIterator[str]:
    """Yields the address under which `/openai/v1`, `/anthropic` and `/google` are."""
    server = uvicorn.Server(uvicorn.Config(provider, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    served = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await served


async def exchange(provider: Provider, path: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST") -> tuple[int, bytes]:
    """One request without a network: for tables of many."""
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items() if value],
    }
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(event: MutableMapping[str, Any]) -> None:
        sent.append(event)

    await provider(scope, receive, send)
    return sent[0]["status"], b"".join(event["body"] for event in sent[1:])
