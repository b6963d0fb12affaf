"""The embedded PostgreSQL: made, stopped, found again after its owner was killed, and clear about what is wrong."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from valera.kit.postgres import Place, Server, find_running, start
from valera.kit.postgres.binaries import Binaries, find_binaries
from valera.kit.postgres.errors import DataFolderBroken, DataFolderForeign, DataFolderNotWritable, DataVersionDiffers
from valera.kit.postgres.postmaster import read_postmaster

HASTE = {"fsync": "off"}

as_root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
as_user_only = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")

START = """
import sys, time
from pathlib import Path
from valera.kit.postgres import Place, start
server = start(Place.choose(Path(sys.argv[1]), shared=Path(sys.argv[2])), settings={"fsync": "off"})
print(server.pid, server.port, flush=True)
if sys.argv[3] == "stop":
    server.stop()
else:
    time.sleep(600)
"""


@pytest.fixture(scope="session")
def binaries(server: Server) -> Binaries:
    """Those of the session's server: already where every user can read them."""
    return server.binaries


@pytest.fixture
def place() -> Iterator[Place]:
    """A place of its own; whatever runs there is stopped afterwards."""
    with tempfile.TemporaryDirectory(prefix="valera-") as folder:
        Path(folder).chmod(0o711)
        place = Place.choose(Path(folder) / "home", shared=Path(folder) / "shared")
        yield place
        if place.data.is_dir() and (left := find_running(place)) is not None:
            left.stop()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def ask(server: Server, question: str) -> object:
    connection = await asyncpg.connect(server.admin_url())
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_second_start_keeps_data_password_and_port(place: Place, binaries: Binaries) -> None:
    first = start(place, settings=HASTE, binaries=binaries)
    await ask(first, "create table kept ()")
    first.stop()
    assert not is_running(first.pid)

    second = start(place, settings=HASTE, binaries=binaries)

    assert (second.port, second.admin_url()) == (first.port, first.admin_url())
    assert await ask(second, "select count(*) from pg_class where relname = 'kept'") == 1
    assert second.started


async def test_port_that_was_taken_meanwhile_is_changed(place: Place, binaries: Binaries) -> None:
    first = start(place, settings=HASTE, binaries=binaries)
    first.stop()
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", first.port))
        thief.listen()

        second = start(place, settings=HASTE, binaries=binaries)

    assert second.port != first.port
    assert await ask(second, "select 1") == 1


async def test_start_beside_a_running_server_uses_it(place: Place, binaries: Binaries) -> None:
    first = start(place, settings=HASTE, binaries=binaries)

    again = start(place, settings=HASTE, binaries=binaries)

    assert (again.pid, again.port, again.started) == (first.pid, first.port, False)


def test_after_kill_of_its_owner_the_server_is_found_again_and_can_be_stopped(place: Place, binaries: Binaries) -> None:
    home, shared = place.folder.parent, place.folder.parent
    place = Place.choose(home / "other", shared=shared)
    with subprocess.Popen(
        [sys.executable, "-c", START, str(home / "other"), str(shared), "wait"], stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline().split()[0])
        owner.kill()
    assert is_running(pid)

    adopted = start(place, settings=HASTE, binaries=binaries)
    adopted.stop()

    assert (adopted.pid, adopted.started) == (pid, False)
    assert not is_running(pid)


def test_two_that_start_at_once_start_one_server(place: Place) -> None:
    home, shared = place.folder.parent / "both", place.folder.parent
    command = [sys.executable, "-c", START, str(home), str(shared), "wait"]
    starters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        said = [starter.stdout.readline() for starter in starters if starter.stdout]
    finally:
        for starter in starters:
            starter.kill()
            starter.communicate()
    left = find_running(Place.choose(home, shared=shared))
    assert left is not None
    left.stop()
    assert said == [f"{left.pid} {left.port}\n"] * 2


async def test_killed_server_recovers_although_its_pid_file_stayed(place: Place, binaries: Binaries) -> None:
    first = start(place, settings=HASTE, binaries=binaries)
    os.kill(first.pid, signal.SIGQUIT)
    os.waitpid(first.pid, 0)
    (place.data / "postmaster.pid").write_text(f"{os.getpid()}\n{place.data}\n0\n{first.port}\n\n127.0.0.1\n\nready   \n")

    second = start(place, settings=HASTE, binaries=binaries)

    assert second.started
    assert await ask(second, "select 1") == 1


def test_stop_twice_is_harmless(place: Place, binaries: Binaries) -> None:
    server = start(place, settings=HASTE, binaries=binaries)
    server.stop()
    server.stop()
    assert read_postmaster(place.data) is None


async def test_everybody_needs_a_password_and_other_users_find_no_file(place: Place, binaries: Binaries) -> None:
    server = start(place, settings=HASTE, binaries=binaries)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(f"postgresql://postgres:wrong@127.0.0.1:{server.port}/postgres")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(f"postgresql://postgres:wrong@/postgres?host={place.socket_folder()}&port={server.port}")
    assert (place.folder / "passwords.json").stat().st_mode & 0o777 == 0o600
    assert place.socket_folder().stat().st_mode & 0o777 == 0o700
    assert await ask(server, "show listen_addresses") == "127.0.0.1"
    assert place.password("postgres") not in place.log.read_text()


async def test_settings_are_durable_by_default_and_letters_have_one_order(place: Place) -> None:
    server = start(place)
    assert await ask(server, "show fsync") == "on"
    assert await ask(server, "show max_connections") == "160"
    in_order = "select lower('ЁЖ') || string_agg(letter, '' order by letter) from unnest('{б,Б,a,Ё}'::text[]) letter"
    assert await ask(server, in_order) == "ёжaЁБб"


def test_interrupted_initdb_leaves_nothing_in_the_way(place: Place, binaries: Binaries) -> None:
    place.prepare()
    (place.folder / "data.new").mkdir()
    (place.folder / "data.new" / "PG_VERSION").write_text("18\n")
    start(place, settings=HASTE, binaries=binaries).stop()
    assert not (place.folder / "data.new").exists()


@pytest.mark.parametrize("content", [None, "", "what\n"])
def test_data_folder_that_is_no_database_is_named_and_left_alone(place: Place, binaries: Binaries, content: str | None) -> None:
    place.prepare()
    place.data.mkdir()
    (place.data / "letter.txt").write_text("mine")
    if content is not None:
        (place.data / "PG_VERSION").write_text(content)

    with pytest.raises(DataFolderBroken, match="valera restore"):
        start(place, settings=HASTE, binaries=binaries)

    assert (place.data / "letter.txt").read_text() == "mine"


@pytest.mark.parametrize("victim", ["global/pg_control", "pg_wal", "postgresql.conf", "base"])
def test_damaged_data_folder_is_named_as_broken(place: Place, binaries: Binaries, victim: str) -> None:
    start(place, settings=HASTE, binaries=binaries).stop()
    path = place.data / victim
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.write_bytes(b"\0nonsense")
        place.give(path)

    with pytest.raises(DataFolderBroken, match="valera restore"):
        start(place, settings=HASTE, binaries=binaries)


def test_data_of_another_major_version_are_explained(place: Place, binaries: Binaries) -> None:
    start(place, settings=HASTE, binaries=binaries).stop()
    (place.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(DataVersionDiffers, match=r"made by PostgreSQL 17.*valera backup FILE.*valera restore FILE"):
        start(place, settings=HASTE, binaries=binaries)


def test_lost_passwords_are_explained(place: Place, binaries: Binaries) -> None:
    start(place, settings=HASTE, binaries=binaries)
    running = find_running(place)
    assert running is not None
    kept = (place.folder / "passwords.json").read_text()
    (place.folder / "passwords.json").write_text('{"postgres": "another"}')
    with pytest.raises(DataFolderBroken, match=r"passwords\.json"):
        start(place, settings=HASTE, binaries=binaries)
    (place.folder / "passwords.json").write_text(kept)


def test_path_of_the_socket_may_be_too_long_beside_the_data(place: Place, binaries: Binaries) -> None:
    deep = Place(place.folder / ("d" * 60) / ("e" * 60), place.owner)
    place.prepare()
    (place.folder / ("d" * 60)).mkdir(mode=0o711)
    server = start(deep, settings=HASTE, binaries=binaries)
    try:
        assert deep.socket_folder().parent == Path(tempfile.gettempdir())
        assert deep.socket_folder().stat().st_mode & 0o777 == 0o700
    finally:
        server.stop()
        deep.socket_folder().rmdir()


def test_file_in_place_of_the_folder_is_explained(place: Place, binaries: Binaries) -> None:
    place.folder.parent.mkdir(parents=True, exist_ok=True)
    place.folder.write_text("")
    with pytest.raises(DataFolderBroken, match="is a file"):
        start(place, settings=HASTE, binaries=binaries)
    place.folder.unlink()


@as_user_only
def test_folder_without_the_right_to_write_is_explained(place: Place) -> None:
    place.folder.mkdir(parents=True)
    place.folder.parent.chmod(0o500)
    place.folder.rmdir() if os.access(place.folder.parent, os.W_OK) else place.folder.chmod(0o500)
    with pytest.raises(DataFolderNotWritable, match="VALERA_HOME"):
        start(Place(place.folder.parent / "new"), settings=HASTE)
    place.folder.parent.chmod(0o700)


def as_nobody(code: str, *arguments: str) -> subprocess.CompletedProcess[str] | None:
    """What an ordinary user gets; None where no Python that it may run can read this checkout."""
    nobody = pwd.getpwnam("nobody")
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.defpath}
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        command = [python, "-c", code, *arguments]
        try:
            ran = subprocess.run(
                command,
                user=nobody.pw_uid,
                group=nobody.pw_gid,
                extra_groups=[],
                cwd="/",
                env=environment,
                capture_output=True,
                text=True,
                timeout=50,
                check=False,
            )
        except OSError:
            continue
        if "ModuleNotFoundError" not in ran.stderr:
            return ran
    return None


def start_as_nobody(home: Path) -> subprocess.CompletedProcess[str]:
    ran = as_nobody(START, str(home), "/nowhere", "stop")
    assert ran is not None
    return ran


@pytest.fixture
def home_of_nobody(cluster_folder: Path) -> Iterator[Path]:
    """A folder of an ordinary user, made by root. Skips where that user cannot read this checkout."""
    home = Path(tempfile.mkdtemp(prefix="n", dir=cluster_folder))
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    if as_nobody("import valera") is None:
        pytest.skip("an ordinary user cannot read this checkout")
    yield home
    shutil.rmtree(home)


@as_root_only
def test_ordinary_user_runs_it_as_itself(home_of_nobody: Path) -> None:
    ran = start_as_nobody(home_of_nobody)
    assert ran.returncode == 0, ran.stderr
    assert (home_of_nobody / "postgres/data").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    assert (home_of_nobody / "postgres/data").stat().st_mode & 0o777 == 0o700


@as_root_only
def test_folder_of_another_user_is_explained(home_of_nobody: Path) -> None:
    (home_of_nobody / "postgres").mkdir(mode=0o755)
    ran = start_as_nobody(home_of_nobody)
    assert DataFolderForeign.__name__ in ran.stderr
    assert "belongs to another user" in ran.stderr


@as_root_only
def test_folder_that_cannot_be_made_is_explained(home_of_nobody: Path) -> None:
    home_of_nobody.chmod(0o500)
    ran = start_as_nobody(home_of_nobody)
    assert DataFolderNotWritable.__name__ in ran.stderr


@as_root_only
def test_home_in_a_closed_folder_is_explained(home_of_nobody: Path) -> None:
    (home_of_nobody / "closed").mkdir(mode=0o700)
    ran = start_as_nobody(home_of_nobody / "closed" / "home")
    assert DataFolderNotWritable.__name__ in ran.stderr


@as_root_only
def test_root_with_a_strict_umask_can_still_hand_the_server_over(place: Place, binaries: Binaries) -> None:
    before = os.umask(0o077)
    try:
        start(place, settings=HASTE, binaries=binaries)
    finally:
        os.umask(before)


@as_root_only
async def test_root_hands_the_server_to_a_user_of_the_system(place: Place) -> None:
    server = start(place, settings=HASTE)
    assert place.owner is not None
    assert place.owner.name in {"valera", "nobody"}
    assert Path(f"/proc/{server.pid}").stat().st_uid == place.owner.uid
    assert place.data.stat().st_uid == place.owner.uid
    assert (place.folder / "passwords.json").stat().st_uid == 0
    subprocess.run([server.binaries.program("postgres"), "--version"], user=place.owner.uid, check=True, capture_output=True)


@as_root_only
def test_home_that_was_made_anew_does_not_meet_the_data_of_the_old_one(tmp_path: Path) -> None:
    first = Place.choose(tmp_path / "home", shared=tmp_path)
    assert Place.choose(tmp_path / "home", shared=tmp_path) == first
    shutil.rmtree(tmp_path / "home")
    assert Place.choose(tmp_path / "home", shared=tmp_path) != first


@as_root_only
@pytest.mark.parametrize("megabytes", [30, 60], ids=["for the programs", "for the data"])
def test_full_disk_is_explained(place: Place, megabytes: int) -> None:
    if megabytes > 30 and not find_binaries().from_wheel:
        pytest.skip("these programs are used where they are: only the data need space")
    place.prepare()
    options = f"size={megabytes}m,mode=711"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place.folder], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("mounting is not allowed here")
    try:
        ran = subprocess.run(
            [sys.executable, "-c", START, str(place.folder / "home"), str(place.folder / "shared"), "stop"],
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
        assert "DiskFull" in ran.stderr
        assert "Free some space" in ran.stderr
    finally:
        time.sleep(0.1)
        subprocess.run(["umount", place.folder], check=True)
