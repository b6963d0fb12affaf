"""`python -m bench.worker SECONDS`: the shipped worker on the shipped services, but for the model."""

from __future__ import annotations

import asyncio
import signal
import sys
from dataclasses import replace

import uvloop

from bench.models import AlwaysThis, AnswersAfter
from valera.kit.logs import set_up_logs
from valera.process import calm_the_collector
from valera.reception.readiness import warm_up
from valera.services import open_worker_services
from valera.settings import Settings
from valera.worker import Worker


async def run(seconds: float) -> None:
    settings, stopping = Settings(), asyncio.Event()
    set_up_logs(settings.log_level, settings.log_format)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with open_worker_services(settings) as services:
        warm_up()
        calm_the_collector()
        await Worker(replace(services, models=AlwaysThis(AnswersAfter(seconds))), settings.concurrent_turns).run(stopping)


if __name__ == "__main__":
    uvloop.run(run(float(sys.argv[1])))
