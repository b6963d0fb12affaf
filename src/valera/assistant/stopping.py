"""Stopping a turn while a model is asked. Tools and their transactions are never broken off: they end, and then the turn stops."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

Result = TypeVar("Result")


class Stopped(Exception):
    """Somebody told this turn to stop."""


async def unless(stop: asyncio.Event, work: Awaitable[Result]) -> Result:
    """What ``work`` comes to. Raises Stopped when told to stop first; then nothing of it goes on."""
    working, stopped = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            raise Stopped
        return working.result()
    finally:
        for task in (working, stopped):
            task.cancel()
        await asyncio.gather(working, stopped, return_exceptions=True)
