"""What each process imports before it serves: start-up time is mostly that."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("pydantic_ai", "pymorphy3", "rapidfuzz", "phonenumbers", "dateparser", "sqlalchemy")


@pytest.mark.parametrize(
    "modules",
    [
        "valera.process, valera.services, valera.app",
        "valera.process, valera.services, valera.simulator.app, valera.simulator.messenger.store",
    ],
    ids=["web", "simulator"],
)
def test_models_and_dictionaries_are_the_workers_alone(modules: str) -> None:
    program = f"import sys, {modules}; print(*sorted(sys.modules.keys() & {set(HEAVY)!r}))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50)

    assert found.stdout.split() == []


def test_a_provider_that_is_not_configured_is_not_imported() -> None:
    program = (
        "import asyncio, sys\n"
        "from valera import process, services, worker\n"
        "from valera.settings import Settings\n"
        "async def run():\n"
        "    async with services.open_model(Settings(models='scripted'), seconds=1) as model:\n"
        "        print(model.model_name, *sorted(sys.modules.keys() & {'openai', 'jiter'}))\n"
        "asyncio.run(run())"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50)

    assert found.stdout.split() == ["scripted-receptionist"]


def test_what_is_imported_before_a_fork_starts_no_thread_and_opens_nothing() -> None:
    """Threads do not live on in a fork, and what is open would be shared."""
    program = (
        "import os, threading\n"
        "from valera import process\n"
        "before = set(os.listdir('/dev/fd'))\n"
        "for prepare in (process.prepare_simulator, process.prepare_web, process.prepare_worker):\n"
        "    prepare()\n"
        "print(threading.active_count(), *sorted(set(os.listdir('/dev/fd')) - before))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50)

    assert found.stdout.split() == ["1"]


def test_a_forked_worker_has_nothing_left_to_import() -> None:
    program = (
        "import asyncio, sys\n"
        "from valera import process\n"
        "process.prepare_worker()\n"
        "prepared = set(sys.modules)\n"
        "from valera import services, worker\n"
        "from valera.settings import Settings\n"
        "async def run():\n"
        "    async with services.open_model(Settings(), seconds=1):\n"
        "        print(*sorted(name for name in set(sys.modules) - prepared if name.startswith('valera')))\n"
        "asyncio.run(run())"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50)

    assert found.stdout.split() == []
