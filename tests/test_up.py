"""`valera up` as a person uses it: one command, one tree of processes, one clean end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from valera.home import Instance, find_instance
from valera.kit.ports import free_port
from valera.kit.postgres import Place, find_running

READY_SECONDS = 50


class Up:
    """A started `valera up` and what it has printed so far."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home, self.lines = home, list[str]()
        self.process = start_valera(home, "up", **settings)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(line.rstrip() for line in self.process.stdout)

    def wait_ready(self) -> Instance:
        until = time.monotonic() + READY_SECONDS
        while (instance := find_instance(self.home)) is None:
            assert self.process.poll() is None, "\n".join(self.lines)
            assert time.monotonic() < until, "\n".join(self.lines)
            time.sleep(0.05)
        return instance

    def wait_for_lines(self, words: str, count: int) -> None:
        until = time.monotonic() + READY_SECONDS
        while sum(words in line for line in self.lines) < count:
            assert time.monotonic() < until, "\n".join(self.lines)
            time.sleep(0.05)

    def end(self, number: signal.Signals = signal.SIGINT) -> str:
        self.process.send_signal(number)
        self.process.wait(READY_SECONDS)
        self._reader.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return "\n".join(self.lines)

    def tree(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def find(self, name: str) -> psutil.Process | None:
        """The web, worker or simulator process of the moment."""
        for process in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):  # one that ended meanwhile
                if process.name() == f"valera-{name}":
                    return process
        return None


def start_valera(home: Path, command: str, *, arguments: Sequence[str] = (), **settings: str) -> subprocess.Popen[str]:
    """In a folder without .env, and without the settings of whoever runs the tests."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("VALERA_", "DATABASE_", "TELEGRAM_", "PUBLIC_"))
    }
    return subprocess.Popen(
        [sys.executable, "-m", "valera", command, *arguments],
        env=environment | {"VALERA_HOME": str(home), "VALERA_WEB_PORT": "0", "VALERA_SIMULATOR_PORT": "0"} | settings,
        cwd=home.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def home() -> Iterator[Path]:
    with a_home() as home:
        yield home


@pytest.fixture
def other_home() -> Iterator[Path]:
    with a_home() as home:
        yield home


@contextlib.contextmanager
def a_home() -> Iterator[Path]:
    """Of a short path; whatever runs from it afterwards is stopped, and its data are removed."""
    folder = Path(tempfile.mkdtemp(prefix="valera-"))
    home = folder / "home"
    yield home
    if home.is_dir():
        place = Place.choose(home)
        if (left := find_running(place)) is not None:
            left.stop()
        if place.owner is not None:
            shutil.rmtree(place.folder, ignore_errors=True)
    shutil.rmtree(folder)


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


@pytest.mark.timeout(150)
def test_from_nothing_to_a_page_and_back_to_nothing(home: Path) -> None:
    up = Up(home)
    instance = up.wait_ready()
    assert instance.simulator_url is not None
    assert "ready" in get(f"{instance.web_url}/health/ready")
    assert "<html" in get(instance.simulator_url)
    assert (home / "run.json").stat().st_mode & 0o777 == 0o600
    tree = up.tree()

    said = up.end()

    assert up.process.returncode == 0
    assert said.count(instance.simulator_url) == 1
    assert said.endswith("Valera has stopped.")
    assert psutil.wait_procs(tree, timeout=5)[1] == []
    assert find_instance(home) is None
    assert find_running(Place.choose(home)) is None


@pytest.mark.timeout(150)
def test_second_start_is_told_where_the_first_one_runs(home: Path) -> None:
    up = Up(home)
    instance = up.wait_ready()
    said, _ = start_valera(home, "up").communicate(timeout=READY_SECONDS)
    up.end(signal.SIGTERM)
    assert f"already runs from {home}, at {instance.simulator_url} (process {instance.pid})" in said


@pytest.mark.timeout(150)
def test_killed_supervisor_leaves_no_processes_and_the_next_start_takes_over_its_database(home: Path) -> None:
    up = Up(home)
    up.wait_ready()
    database = find_running(Place.choose(home))
    assert database is not None
    others = [process for process in up.tree() if "postgres" not in process.name()]
    assert len(others) == 4
    up.end(signal.SIGKILL)
    assert psutil.wait_procs(others, timeout=25)[1] == []

    again = Up(home)
    again.wait_ready()
    adopted = find_running(Place.choose(home))
    again.end()

    assert adopted is not None
    assert adopted.pid == database.pid
    assert find_running(Place.choose(home)) is None


@pytest.mark.timeout(150)
def test_worker_that_dies_is_replaced(home: Path) -> None:
    up = Up(home)
    up.wait_ready()
    up.wait_for_lines("worker_started", 1)
    worker = up.find("worker")
    assert worker is not None
    worker.kill()
    up.wait_for_lines("worker_started", 2)
    said = up.end()
    assert "worker stopped (killed by SIGKILL) and is started again" in said
    assert said.count("worker_started") == 2


@pytest.mark.timeout(150)
def test_backup_of_a_running_installation_is_restored_elsewhere(home: Path, other_home: Path) -> None:
    up = Up(home)
    up.wait_ready()
    written, _ = start_valera(home, "backup", arguments=["all.backup"]).communicate(timeout=READY_SECONDS)
    refused, _ = start_valera(home, "restore", arguments=["all.backup"]).communicate(timeout=READY_SECONDS)
    up.end()
    read, _ = start_valera(other_home, "restore", arguments=[str(home.parent / "all.backup")]).communicate(timeout=READY_SECONDS)
    assert "holds" in written
    assert "already holds rows" in refused
    assert read.startswith(written.split(" holds ")[1].partition(".")[0])


@pytest.mark.parametrize("setting", ["VALERA_WEB_PORT", "VALERA_SIMULATOR_PORT"])
def test_chosen_port_that_is_taken_is_explained(home: Path, setting: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        process = start_valera(home, "up", **{setting: str(listener.getsockname()[1])})
        said, _ = process.communicate(timeout=READY_SECONDS)
    assert (process.returncode, said.count("\n")) == (1, 1)
    assert f"set {setting} to another port" in said


def test_database_that_does_not_answer_is_explained(home: Path) -> None:
    process = start_valera(home, "up", DATABASE_URL=f"postgresql://valera_login:x@127.0.0.1:{free_port()}/valera")
    said, _ = process.communicate(timeout=READY_SECONDS)
    assert (process.returncode, said.count("\n")) == (1, 1)
    assert "DATABASE_URL" in said


def test_home_that_cannot_be_made_is_explained(home: Path) -> None:
    home.write_text("a file")
    process = start_valera(home, "up")
    said, _ = process.communicate(timeout=READY_SECONDS)
    assert (process.returncode, said.count("\n")) == (1, 1)
    assert "VALERA_HOME" in said


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])
def test_simulator_is_not_opened_to_other_machines(home: Path, host: str) -> None:
    process = start_valera(home, "up", VALERA_HOST=host)
    said, _ = process.communicate(timeout=READY_SECONDS)
    assert (process.returncode, said.count("\n")) == (1, 1)
    assert f"VALERA_HOST is {host}" in said
    assert "TELEGRAM_API_URL" in said


@pytest.mark.timeout(150)
def test_beside_another_telegram_every_address_may_be_listened_on(home: Path) -> None:
    up = Up(home, VALERA_HOST="0.0.0.0", TELEGRAM_API_URL=f"http://127.0.0.1:{free_port()}")
    instance = up.wait_ready()
    assert instance.simulator_url is None
    assert "ready" in get(f"{instance.web_url}/health/ready")
    up.end()


def test_public_address_and_simulator_do_not_go_together(home: Path) -> None:
    process = start_valera(home, "up", PUBLIC_URL="https://valera.example.com")
    said, _ = process.communicate(timeout=READY_SECONDS)
    assert (process.returncode, said.count("\n")) == (1, 1)
    assert "public address" in said
