"""Hop 1 when something fails: bodies too large, callers who hang up, a database that goes away, order under way."""

from __future__ import annotations

import asyncio

import asyncpg

from tests.cast import World
from tests.conftest import Cluster
from tests.reception.ingest.calling import call, stored
from tests.reception.webhook import encoded, message_update, post
from valera.kit.db import Database
from valera.reception.ingest import MAX_BODY
from valera.reception.ingest_queries import store_updates
from valera.reception.update_writer import UpdateWriter


async def test_too_large_a_body_is_refused_whatever_it_declares(writer: UpdateWriter, world: World, owner: asyncpg.Connection) -> None:
    declared = ((b"content-length", str(MAX_BODY + 1).encode()),)

    assert await call(writer, world, b"{}", headers=declared) == 413
    assert await call(writer, world, b" " * (MAX_BODY + 1)) == 413
    assert await stored(owner, world) == 0


async def test_caller_who_hangs_up_in_the_middle_stores_nothing(writer: UpdateWriter, world: World, owner: asyncpg.Connection) -> None:
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/telegram/{world.garage.webhook_key}",
        "headers": [(b"x-telegram-bot-api-secret-token", world.garage.webhook_secret.encode())],
    }
    events: list[dict[str, object]] = [
        {"type": "http.request", "body": b'{"update_id": 1', "more_body": True},
        {"type": "http.disconnect"},
    ]
    answers: list[object] = []

    async def receive() -> dict[str, object]:
        return events.pop(0)

    async def send(event: object) -> None:
        answers.append(event)

    from valera.reception.ingest import receive_update

    await receive_update(writer, scope, receive, send)

    assert answers == []
    assert await stored(owner, world) == 0


async def test_database_that_goes_away_is_503_with_retry_after_and_comes_back(
    db: Database, writer: UpdateWriter, world: World, cluster: Cluster
) -> None:
    await call(writer, world, encoded(message_update(user=5)))
    name = db.url.rpartition("/")[2]
    await cluster.administer(f"alter database {name} allow_connections false")
    await cluster.administer(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
    path, secrets = f"/telegram/{world.garage.webhook_key}", (world.garage.webhook_secret.encode(),)

    status, headers = await post(writer, path, encoded(message_update(user=5)), secrets=secrets)
    await cluster.administer(f"alter database {name} allow_connections true")
    again = await call(writer, world, encoded(message_update(user=5)))

    owner = await db.connect(role="valera_owner")
    assert status == 503
    assert int(headers[b"retry-after"]) > 0
    assert again == 200
    assert await stored(owner, world) == 2
    await owner.close()


class Stumbling(Database):
    """Its second connection fails as nobody expected: the first looks the bot up, the second writes."""

    connections = 0

    async def connect(self, *, role: str | None = None) -> asyncpg.Connection:
        self.connections += 1
        if self.connections == 2:
            raise RuntimeError
        return await super().connect(role=role)


async def test_failure_that_nobody_expected_is_503_and_the_next_update_is_stored(
    database_url: str, world: World, owner: asyncpg.Connection
) -> None:
    writer = UpdateWriter(Stumbling(database_url))
    await writer.open()

    failed = await call(writer, world, encoded(message_update(user=5)))
    after = await call(writer, world, encoded(message_update(user=5)))

    await writer.close()
    assert (failed, after) == (503, 200)
    assert await stored(owner, world) == 1


async def test_writer_that_was_cancelled_writes_the_next_update(writer: UpdateWriter, world: World, owner: asyncpg.Connection) -> None:
    assert await call(writer, world, encoded(message_update(user=5))) == 200
    [writing] = [task for task in asyncio.all_tasks() if task.get_name() == "update-writer"]
    writing.cancel()
    await asyncio.sleep(0)

    assert await call(writer, world, encoded(message_update(user=5))) == 200
    assert await stored(owner, world) == 2


async def test_what_was_accepted_before_the_end_is_written_first(db: Database, world: World, owner: asyncpg.Connection) -> None:
    writer = UpdateWriter(db)
    await writer.open()
    assert await call(writer, world, encoded(message_update(user=5))) == 200  # bot and connection are known from here on
    calls = [asyncio.create_task(call(writer, world, encoded(message_update(user=6)))) for _ in range(3)]
    await asyncio.sleep(0)

    await writer.close()

    assert [await made for made in calls] == [200, 200, 200]
    assert await stored(owner, world) == 4


async def test_order_within_a_chat_is_the_order_of_ingest(writer: UpdateWriter, world: World, owner: asyncpg.Connection) -> None:
    for update_id in (50, 40, 60):
        await call(writer, world, encoded(message_update(user=80, update_id=update_id)))
    together = [call(writer, world, encoded(message_update(user=80, update_id=update_id))) for update_id in (73, 71, 72)]
    await asyncio.gather(*together)

    order = [row["update_id"] for row in await owner.fetch("select update_id from telegram_updates where peer_id = 80 order by seq")]
    assert order[:3] == [50, 40, 60]
    assert sorted(order[3:]) == [71, 72, 73]


async def test_another_body_for_an_id_that_is_being_committed_is_kept_too(
    db: Database, writer: UpdateWriter, world: World, owner: asyncpg.Connection
) -> None:
    """Neither stored nor visible at first: the statement is tried again before the 200."""
    first, second = (encoded(message_update(text, user=81, update_id=950)) for text in ("раз", "два"))
    other = await db.connect(role="valera_ingest")
    transaction = other.transaction()
    await transaction.start()
    await store_updates(other, [(world.garage.account_id, world.garage.bot_id, 950, 81, "message", first, None)])

    waiting = asyncio.create_task(call(writer, world, second))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await transaction.commit()
    await other.close()

    assert await waiting == 200
    kept = await owner.fetch(
        "select body from telegram_updates where update_id = 950 union all select body from telegram_update_conflicts where update_id = 950"
    )
    assert {row["body"] for row in kept} == {first, second}


async def test_inside_one_batch_a_chat_is_ordered_by_update_id(db: Database, world: World, owner: asyncpg.Connection) -> None:
    connection = await db.connect(role="valera_ingest")
    garage, bodies = world.garage, {number: encoded(message_update(user=82, update_id=number)) for number in (73, 71, 72)}
    rows = [(garage.account_id, garage.bot_id, number, 82, "message", body, None) for number, body in bodies.items()]

    outcomes = await store_updates(connection, [*rows, rows[0]])

    await connection.close()
    order = [row["update_id"] for row in await owner.fetch("select update_id from telegram_updates where peer_id = 82 order by seq")]
    assert outcomes == ["stored", "stored", "stored", "repeated"]
    assert order == [71, 72, 73]
