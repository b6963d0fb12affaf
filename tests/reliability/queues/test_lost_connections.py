"""A worker that loses its liveness connection works on, comes back, and is not taken for dead; a pool that is used up stops nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from pydantic_ai.models.function import FunctionModel

from tests.cast import World
from tests.conftest import Cluster
from tests.reception.stage import AT_ONCE, CLIENT, Script, Stage
from tests.reception.webhook import encoded, message_update, post
from tests.same_models import SameModels
from tests.telegram.post_office import PostOffice, open_post_office
from valera.assistant.loop import Caps
from valera.kit.clock import FixedClock
from valera.kit.db import Database, DatabaseUnavailable, QueueTx, account_scope
from valera.kit.problems import problem
from valera.kit.storage import FolderStorage
from valera.reception import turn_queries
from valera.reception.paying import Till
from valera.reception.tools import TOOLS
from valera.reception.update_writer import UpdateWriter
from valera.services import WorkerServices
from valera.telegram.outbox import queries as telegram_queries
from valera.worker import BEAT_LASTS, DOUBT_SECONDS, Worker

NO_FILES = FolderStorage(Path("nobody-sends-files-here"))

LOCKED = "select count(*) from pg_locks where locktype = 'advisory' and classid = 1 and objid::bigint = $1 and granted"
CUT = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 1 and objid = {}"


class FragileDatabase(Database):
    """Gives no connection of its own, or none for the queue, for as long as a test says so."""

    is_lonely = False
    is_queue_away = False

    async def connect(self, *, role: str | None = None) -> asyncpg.Connection:
        if self.is_lonely and role is None:
            raise DatabaseUnavailable("too many connections")
        return await super().connect(role=role)

    @asynccontextmanager
    async def queue(self) -> AsyncIterator[QueueTx]:
        if self.is_queue_away:
            raise DatabaseUnavailable("gone")
        async with super().queue() as tx:
            yield tx


@pytest.fixture
async def fragile(database_url: str) -> AsyncIterator[FragileDatabase]:
    db = FragileDatabase(database_url, min_size=1, max_size=4)
    await db.open()
    yield db
    await db.close()


@pytest.fixture
async def office(fragile: FragileDatabase, world: World) -> AsyncIterator[PostOffice]:
    async with open_post_office(fragile, world.garage) as office:
        yield office


@asynccontextmanager
async def working(worker: Worker) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    running = asyncio.create_task(worker.run(stopping))
    yield
    stopping.set()
    await running


async def eventually(check: Callable[[], Awaitable[bool]], seconds: float = 40) -> None:
    for _ in range(round(seconds / 0.1)):
        if await check():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it never came true")


def make_worker(db: Database, office: PostOffice, script: Script, clock: FixedClock) -> Worker:
    services = WorkerServices(
        db,
        office.bot_api,
        office.vault,
        clock,
        models=SameModels(FunctionModel(script)),
        tools=TOOLS,
        caps=Caps(),
        settling=AT_ONCE,
        storage=NO_FILES,
        till=Till(),
    )
    return Worker(services, concurrent_turns=4)


# ---- the liveness connection --------------------------------------------------------------------


@pytest.mark.timeout(180)
async def test_worker_without_its_liveness_connection_works_on_and_comes_back(
    fragile: FragileDatabase, office: PostOffice, cluster: Cluster, clock: FixedClock
) -> None:
    worker = make_worker(fragile, office, Script(["Хорошо.", "Понял."]), clock)
    stage = Stage(fragile, office.shop, office.owner, Script(), clock)

    async def is_locked() -> bool:
        return bool(await office.owner.fetchval(LOCKED, worker.number))

    async with working(worker):
        await eventually(is_locked)
        fragile.is_lonely = True
        await cluster.administer(CUT.format(worker.number))
        await stage.write("слышно?")  # and nobody hears the NOTIFY
        await eventually(lambda: asyncio.sleep(0, office.texts() == ["Хорошо."]))
        was_locked = await is_locked()
        fragile.is_lonely = False
        await eventually(is_locked)
        await stage.write("а теперь?")
        await eventually(lambda: asyncio.sleep(0, office.texts() == ["Хорошо.", "Понял."]))

    assert not was_locked
    assert await office.owner.fetchval("select array_agg(attempts) from turns where chat_id = $1", await stage.chat_id(CLIENT)) == [1, 1]
    assert await office.owner.fetchval("select sum(unsure) from deliveries") == 0


@pytest.mark.timeout(180)
async def test_turn_of_a_living_worker_is_not_given_away_with_its_connection(
    fragile: FragileDatabase, office: PostOffice, cluster: Cluster, clock: FixedClock
) -> None:
    """Several rounds of two workers' housekeeping pass while one of them is without its lock and its model thinks."""
    thinking, answer = asyncio.Event(), asyncio.Event()

    async def think() -> None:
        thinking.set()
        await answer.wait()

    script = Script(["ответ"], meanwhile=think)
    lonely, other = make_worker(fragile, office, script, clock), make_worker(Database(fragile.url, max_size=4), office, script, clock)
    await other.services.db.open()
    stage = Stage(fragile, office.shop, office.owner, Script(), clock)
    async with working(lonely):
        await stage.write("слышно?")
        await asyncio.wait_for(thinking.wait(), 40)
        fragile.is_lonely = True
        await cluster.administer(CUT.format(lonely.number))
        async with working(other):
            await asyncio.sleep(3.5)
            answer.set()
            await eventually(lambda: asyncio.sleep(0, bool(office.texts())))
    await other.services.db.close()

    turn = await office.owner.fetchrow("select attempts, worker from turns where chat_id = $1", await stage.chat_id(CLIENT))
    assert turn is not None
    assert tuple(turn) == (1, lonely.number)
    assert office.texts() == ["ответ"]


@pytest.mark.parametrize(
    ("has_lock", "beats", "free"),
    [
        (True, "alive", ""),
        (False, "alive", ""),  # its liveness connection broke
        (True, "stopped", "turn"),  # stuck: its request may still be on the way
        (False, "missing two", "turn, delivery"),  # killed a moment ago
        (False, "stopped", "turn, delivery"),
        (False, "never", "turn, delivery"),
    ],
)
async def test_who_is_dead_and_what_is_free(stage: Stage, db: Database, has_lock: bool, beats: str, free: str) -> None:
    number = 77
    life = await db.connect()
    if has_lock:
        await life.execute("select pg_advisory_lock(1, $1)", number)
    left = {"alive": BEAT_LASTS, "missing two": timedelta(seconds=0.9), "stopped": timedelta(seconds=-1)}
    if beats in left:
        await stage.owner.execute("insert into workers (id, alive_until) values ($1, now() + $2::interval)", number, left[beats])
    await stage.owner.execute("update turns set state = 'running', worker = $1, leased_until = now() + interval '1 minute'", number)
    await stage.owner.execute("update deliveries set state = 'sending', worker = $1, leased_until = now() + interval '1 minute'", number)

    async with db.queue() as tx:
        turns, deliveries = await turn_queries.bury_dead_turns(tx), await telegram_queries.bury_dead_deliveries(tx)
    await life.close()

    assert ("turn" in free, "delivery" in free) == (turns > 0, deliveries > 0)


@pytest.mark.timeout(180)
async def test_who_was_without_the_database_itself_buries_nobody_for_a_while(
    fragile: FragileDatabase, office: PostOffice, clock: FixedClock
) -> None:
    """After an outage everybody's locks are gone and nobody has beaten: the others need a moment to say that they live."""
    worker = make_worker(fragile, office, Script(), clock)

    async def is_buried() -> bool:
        return bool(await office.owner.fetchval("select count(*) from deliveries where state <> 'sending' or fence > 0"))

    async with working(worker):
        fragile.is_queue_away = True
        await asyncio.sleep(1.2)  # it beats twice a second
        await office.owner.execute(
            "update deliveries set state = 'sending', worker = 78, leased_until = now() + interval '1 hour', fence = 0"
        )
        fragile.is_queue_away = False
        back = asyncio.get_running_loop().time()
        await eventually(is_buried)
        waited = asyncio.get_running_loop().time() - back

    assert waited > DOUBT_SECONDS - 1.0


# ---- a pool that is used up ---------------------------------------------------------------------


@pytest.mark.timeout(120)
async def test_used_up_pool_stops_neither_ingest_nor_claims_and_is_told(stage: Stage, world: World, database_url: str) -> None:
    """Slow transactions hold every connection of the pool for longer than anybody waits for one."""
    small = Database(database_url, min_size=1, max_size=2)
    await small.open()
    writer = UpdateWriter(small)
    await writer.open()

    async def dawdle() -> None:
        with account_scope(world.garage.account_id):
            async with small.account_tx() as tx:
                await tx.connection.execute("select pg_sleep(13)")

    slow = [asyncio.create_task(dawdle()) for _ in range(2)]
    await asyncio.sleep(0.5)
    body = encoded(message_update("Добрый день", user=CLIENT))
    status, _ = await post(writer, f"/telegram/{world.garage.webhook_key}", body, secrets=(world.garage.webhook_secret.encode(),))
    async with small.queue() as tx:
        await turn_queries.beat(tx, worker=77, lasts=BEAT_LASTS)
    claimed = await Stage(small, world.garage, stage.owner, Script(), stage.clock).claim_mailboxes()
    with account_scope(world.garage.account_id), pytest.raises(DatabaseUnavailable) as refused:
        async with small.account_tx():
            pass
    page = problem(refused.value)
    await asyncio.gather(*slow)
    await writer.close()
    await small.close()

    assert status == 200
    assert len(claimed) == 1
    assert (page.status_code, page.content["detail"]) == (503, "No connection to the database could be had (the shop uses its share).")
