"""OpenAI's wire format answered by a process of its own, and the settings that make the shipped worker ask it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

from bench.processes import Process, spawn
from valera.kit.ports import free_port
from valera.kit.processes import answers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SHIPPED_WORKER = ("-m", "valera", "worker")


@dataclass(frozen=True, slots=True)
class ModelProvider:
    url: str
    process: Process

    def settings(self) -> dict[str, str]:
        return {"VALERA_MODELS": "openai:bench", "OPENAI_BASE_URL": f"{self.url}/openai/v1", "OPENAI_API_KEY": "sk-bench"}

    def every_wire(self) -> dict[str, str]:
        """A worker that has the packages of all three formats loaded, and asks them in turn if one fails."""
        names = ("openai", "anthropic", "google")
        return {
            "VALERA_MODELS": ",".join(f"{name}:bench" for name in names),
            "OPENAI_BASE_URL": f"{self.url}/openai/v1",
            "ANTHROPIC_BASE_URL": f"{self.url}/anthropic",
            "GOOGLE_BASE_URL": f"{self.url}/google",
        } | {f"{name.upper()}_API_KEY": "sk-bench" for name in names}

    async def delay(self, seconds: float) -> None:
        """From now on each answer takes so long."""
        async with aiohttp.ClientSession() as session, session.put(f"{self.url}/openai/switch", json={"delay_seconds": seconds}) as answer:
            answer.raise_for_status()

    async def standing(self) -> dict[str, Any]:
        """How many requests wait, and what became of the others."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/openai/switch") as answer:
            return await answer.json()


@asynccontextmanager
async def model_provider(folder: Path) -> AsyncIterator[ModelProvider]:
    port = free_port()
    process = await spawn("model provider", ("-m", "valera.simulator.models", "--port", str(port)), {}, folder / "models.log")
    try:
        async with asyncio.timeout(60):
            while not await answers(f"http://127.0.0.1:{port}/openai/switch"):
                process.check()
                await asyncio.sleep(0.05)
        yield ModelProvider(f"http://127.0.0.1:{port}", process)
    finally:
        await process.stop()
