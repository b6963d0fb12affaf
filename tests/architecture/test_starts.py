"""What each process imports before it serves: start-up time is mostly that."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = ("pydantic_ai", "dateparser", "sqlalchemy", "xlsxwriter")
DICTIONARIES = (*HEAVY, "pymorphy3", "rapidfuzz", "phonenumbers")
"""Web imports these, for its forms read what people write; the dictionary itself is opened by the first question to it."""


@pytest.mark.parametrize(
    ("modules", "heavy"),
    [
        ("valera.process, valera.services, valera.app", HEAVY),
        ("valera.process, valera.services, valera.simulator.app, valera.simulator.messenger.store", DICTIONARIES),
    ],
    ids=["web", "simulator"],
)
def test_models_and_dictionaries_are_the_workers_alone(modules: str, heavy: tuple[str, ...]) -> None:
    program = f"import sys, {modules}; print(*sorted(sys.modules.keys() & {set(heavy)!r}))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50)

    assert found.stdout.split() == []


PACKAGES = {"openai", "anthropic", "google.genai"}
KEYS = {"OPENAI_API_KEY": "sk-1", "ANTHROPIC_API_KEY": "sk-2", "GOOGLE_API_KEY": "sk-3"}


@pytest.mark.parametrize(
    ("models", "packages"),
    [
        ("scripted", set[str]()),
        ("openai:gpt-5-mini", {"openai"}),
        ("anthropic:claude-haiku-4-5", {"anthropic"}),
        ("google:gemini-2.5-flash", {"google.genai"}),
    ],
)
def test_a_provider_that_is_not_configured_is_not_imported(models: str, packages: set[str]) -> None:
    program = (
        "import asyncio, sys\n"
        "from valera import process, services\n"
        "from valera.settings import Settings\n"
        "process.prepare_worker()\n"
        "async def run():\n"
        f"    async with services.open_models(Settings(models={models!r}), None, None, seconds=1) as models:\n"
        f"        print(models.own.links[0].name, *sorted(sys.modules.keys() & {PACKAGES!r}))\n"
        "asyncio.run(run())"
    )
    environment = {**os.environ, **KEYS}
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50, env=environment)

    assert found.stdout.split() == [models, *sorted(packages)]


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
        "    async with services.open_models(Settings(models='scripted'), None, None, seconds=1):\n"
        "        print(*sorted(name for name in set(sys.modules) - prepared if name.startswith('valera')))\n"
        "asyncio.run(run())"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50)

    assert found.stdout.split() == []
