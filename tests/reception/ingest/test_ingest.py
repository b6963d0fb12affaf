"""Hop 1: an update is on disk before it gets its 200, and nothing else gets in."""

from __future__ import annotations

import asyncio
import json

import asyncpg
import pytest

from tests.cast import World
from tests.reception.ingest.calling import COMMITS, call, number, stored
from tests.reception.webhook import encoded, message_update, post
from valera.reception.update_writer import UpdateWriter


async def test_update_is_stored_as_it_came_and_its_mailbox_is_due(writer: UpdateWriter, world: World, owner: asyncpg.Connection) -> None:
    body = encoded(message_update("привет\u0000", user=77))

    assert await call(writer, world, body) == 200

    row = await owner.fetchrow("select * from telegram_updates where peer_id = 77")
    assert row is not None
    assert (row["body"], row["kind"], row["account_id"], row["done_at"]) == (body, "message", world.garage.account_id, None)
    assert await owner.fetchval("select due_at is not null and marks = 1 from mailboxes where peer_id = 77")


@pytest.mark.parametrize(
    "secrets",
    [(), (b"",), (b"wrong",), ("секрет".encode(),), (b"\xff\xfe",)],
    ids=["absent", "empty", "wrong", "not ascii", "not text"],
)
async def test_wrong_secret_is_not_found_and_stores_nothing(
    writer: UpdateWriter, world: World, owner: asyncpg.Connection, secrets: tuple[bytes, ...]
) -> None:
    status, _ = await post(writer, f"/telegram/{world.garage.webhook_key}", encoded(message_update()), secrets=secrets)

    assert status == 404
    assert await stored(owner, world) == 0


async def test_right_secret_in_wrong_company_is_refused(writer: UpdateWriter, world: World, owner: asyncpg.Connection) -> None:
    right, other = world.garage.webhook_secret.encode(), world.rival.webhook_secret.encode()
    path = f"/telegram/{world.garage.webhook_key}"

    attempts = [(right, right), (other,), (right.upper(),), (right[:-1],), (right + b" ",)]
    statuses = [(await post(writer, path, encoded(message_update()), secrets=given))[0] for given in attempts]

    assert statuses == [404] * len(attempts)
    assert await stored(owner, world) == 0


async def test_unknown_key_and_wrong_secret_look_the_same(writer: UpdateWriter, world: World) -> None:
    wrong = await post(writer, f"/telegram/{world.garage.webhook_key}", b"{}", secrets=(b"wrong",))
    unknown = await post(writer, "/telegram/no-such-key-at-all-0000", b"{}", secrets=(b"wrong",))
    strange = await post(writer, "/telegram/\x00\x00" + "x" * 5000, b"{}", secrets=(b"wrong",))

    assert wrong == unknown == strange


async def test_other_methods_and_other_paths(writer: UpdateWriter, world: World) -> None:
    secrets = (world.garage.webhook_secret.encode(),)

    assert (await post(writer, f"/telegram/{world.garage.webhook_key}", b"{}", secrets=secrets, method="GET"))[0] == 404
    assert (await post(writer, "/health/live", b"", secrets=secrets))[0] == 418


async def test_same_update_again_is_acknowledged_and_stored_once(writer: UpdateWriter, world: World, owner: asyncpg.Connection) -> None:
    body = encoded(message_update(user=78))

    statuses = await asyncio.gather(*(call(writer, world, body) for _ in range(20)))

    assert set(statuses) == {200}
    assert await stored(owner, world) == 1


async def test_same_id_with_another_body_is_kept_as_conflict_and_wakes_the_mailbox(
    writer: UpdateWriter, world: World, owner: asyncpg.Connection
) -> None:
    await call(writer, world, encoded(message_update("раз", user=79, update_id=900)))
    await owner.execute("update mailboxes set due_at = null, marks = 0 where peer_id = 79")

    assert await call(writer, world, encoded(message_update("два", user=79, update_id=900))) == 200

    assert await owner.fetchval("select count(*) from telegram_update_conflicts where update_id = 900") == 1
    assert await owner.fetchval("select due_at is not null and marks = 1 from mailboxes where peer_id = 79")


async def test_concurrent_requests_share_commits(writer: UpdateWriter, world: World, owner: asyncpg.Connection) -> None:
    await call(writer, world, encoded(message_update(user=1)))
    before = await number(owner, COMMITS)

    await asyncio.gather(*(call(writer, world, encoded(message_update(user=1000 + at))) for at in range(300)))

    await asyncio.sleep(1.2)  # statistics are reported once a second
    commits = await number(owner, COMMITS) - before
    assert await stored(owner, world) == 301
    assert commits < 100


async def test_bad_neighbour_fails_alone(writer: UpdateWriter, world: World, owner: asyncpg.Connection) -> None:
    """A bot that was removed while its key was remembered: its updates are refused, everybody else's stored."""
    bot_id = await owner.fetchval(
        "insert into bots (account_id, telegram_id, username, token, webhook_key, webhook_secret_hash)"
        " values ($1, 77, 'gone_bot', 'sealed', 'gone-webhook-key-0123456789', sha256('gone')) returning id",
        world.rival.account_id,
    )
    assert (await post(writer, "/telegram/gone-webhook-key-0123456789", encoded(message_update(user=6)), secrets=(b"gone",)))[0] == 200
    for table in ("telegram_updates", "mailboxes"):
        await owner.execute(f"delete from {table} where bot_id = $1", bot_id)
    await owner.execute("delete from bots where id = $1", bot_id)

    gone = asyncio.create_task(post(writer, "/telegram/gone-webhook-key-0123456789", encoded(message_update(user=7)), secrets=(b"gone",)))
    others = await asyncio.gather(*(call(writer, world, encoded(message_update(user=8))) for _ in range(5)))

    assert (await gone)[0] == 503
    assert set(others) == {200}
    assert await stored(owner, world) == 5


NOT_UPDATES = {
    "empty": b"",
    "not json": b"{",
    "html": b"<html>",
    "a list": b"[1]",
    "no id": b'{"message": {}}',
    "id is text": b'{"update_id": "7"}',
    "id is true": b'{"update_id": true}',
    "id is a fraction": b'{"update_id": 1.5}',
    "id below zero": b'{"update_id": -1}',
    "id too large": b'{"update_id": 99999999999999999999999}',
    "chat too large": b'{"update_id": 1, "message": {"chat": {"id": 9223372036854775808}}}',
    "deep": b'{"update_id": 1, "message": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "not utf-8": b'{"update_id": 1, "\xff": 1}',
    "a second document": b'{"update_id": 1}{"update_id": 2}',
}


@pytest.mark.parametrize("body", NOT_UPDATES.values(), ids=NOT_UPDATES.keys())
async def test_body_that_is_no_update_is_quarantined_and_acknowledged(
    writer: UpdateWriter, world: World, owner: asyncpg.Connection, body: bytes
) -> None:
    assert await call(writer, world, body) == 200

    kept = await owner.fetch(
        "select body, reason from quarantined_updates where account_id = $1 and body = $2", world.garage.account_id, body
    )
    assert len(kept) == 1
    assert kept[0]["reason"]
    assert await stored(owner, world) == 0


@pytest.mark.parametrize(
    ("update", "kind", "peer_id"),
    [
        ({"update_id": 1, "poll": {"id": "5"}}, "poll", 0),
        ({"update_id": 1, "inline_query": {"id": "5", "from": {"id": 9}}}, "inline_query", 9),
        ({"update_id": 1, "chat_join_request": {"chat": {"id": -100}, "from": {"id": 9}}}, "chat_join_request", -100),
        ({"update_id": 1, "message_reaction": {"chat": {"id": 4}, "user": {"id": 9}}}, "message_reaction", 4),
        ({"update_id": 1, "poll_answer": {"poll_id": "1", "user": {"id": 9}}}, "poll_answer", 9),
        ({"update_id": 1, "something_of_2031": {"whatever": [1, 2, {"a": None}]}}, "something_of_2031", 0),
        ({"update_id": 1, "something_of_2031": "text"}, "something_of_2031", 0),
        ({"update_id": 1}, "empty", 0),
        ({"update_id": 1, "x" * 5000: {}}, "x" * 64, 0),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_every_kind_known_or_not_is_stored_under_its_name(
    writer: UpdateWriter, world: World, owner: asyncpg.Connection, *, update: dict[str, object], kind: str, peer_id: int
) -> None:
    assert await call(writer, world, json.dumps(update).encode()) == 200

    row = await owner.fetchrow(
        "select kind, peer_id from telegram_updates where account_id = $1 and update_id = 1", world.garage.account_id
    )
    assert row is not None
    assert tuple(row) == (kind, peer_id)


async def test_button_press_waits_for_its_acknowledgement(writer: UpdateWriter, world: World, owner: asyncpg.Connection) -> None:
    press = {"id": "press-1", "from": {"id": 9}, "message": {"chat": {"id": 9}, "message_id": 1}, "data": "yes:abc"}

    await call(writer, world, json.dumps({"update_id": 5, "callback_query": press}).encode())
    await call(writer, world, json.dumps({"update_id": 5, "callback_query": press}).encode())

    waiting = await owner.fetch(
        "select callback_query_id, acknowledged_at from button_presses where account_id = $1 and callback_query_id = 'press-1'",
        world.garage.account_id,
    )
    assert [tuple(row) for row in waiting] == [("press-1", None)]
