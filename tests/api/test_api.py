"""The API as a program of the shop uses it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from tests.api.conftest import Keys, bearer
from tests.cast import World
from valera.api.guard import RATE
from valera.clients.merging.merge import merge
from valera.identity.limit import limit
from valera.kit.clock import FixedClock
from valera.kit.db import Database, account_scope, value
from valera.kit.web import CONTENT_SECURITY_POLICY

V1 = "/api/v1"


async def walk(program: httpx.AsyncClient, address: str, limit: int) -> list[dict[str, Any]]:
    """All pages of a list."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = (await program.get(address, params={"limit": limit, "after": after})).json()
        found += page["items"]
        assert len(page["items"]) <= limit
        if page["next"] is None or not page["items"]:
            return found
        after = page["next"]


# ---- who may ----------------------------------------------------------------------------------------


async def test_without_a_key_nothing_is_told(app: Any, keys: Keys, world: World) -> None:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://valera.test") as anybody:
        for headers in (
            {},
            bearer("vk_unknown"),
            {"Authorization": f"Basic {keys.read}"},
            bearer("ключ"),
            {"Cookie": f"session={keys.read}"},
        ):
            answer = await anybody.get(f"{V1}/clients", headers=[(name.encode(), text.encode()) for name, text in headers.items()])
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
            assert answer.headers["content-type"] == "application/problem+json"
        reading = await anybody.get(f"{V1}/clients", headers=bearer(keys.read))
        writing = await anybody.post(f"{V1}/chats/{world.garage.chat_id}/messages", json={"text": "x"}, headers=bearer(keys.read))
        assert (reading.status_code, writing.status_code) == (200, 403)
    await _the_handbook_runs_nothing(app)


async def test_rival_sees_nothing(program: httpx.AsyncClient, keys: Keys, db: Database, clock: FixedClock, world: World) -> None:
    garage = world.garage
    for address in (
        f"/chats/{garage.chat_id}", f"/chats/{garage.chat_id}/messages", f"/clients/{garage.client_id}", "/bookings/70",
    ):  # fmt: skip
        theirs = await program.get(V1 + address, headers=bearer(keys.rival))
        nobodys = await program.get(f"{V1}{address.replace(str(garage.chat_id), '987654321')}", headers=bearer(keys.rival))
        assert theirs.status_code == nobodys.status_code == 404
    wrote = await program.post(f"{V1}/chats/{garage.chat_id}/messages", json={"text": "x"}, headers=bearer(keys.rival))
    booked = await program.post(
        f"{V1}/bookings", json={"client_id": garage.client_id, "starts_at": "2026-11-24T11:00:00+03:00"}, headers=bearer(keys.rival)
    )
    assert (wrote.status_code, booked.status_code) == (404, 404)
    for place, own in (("clients", world.rival.client_id), ("chats", world.rival.chat_id)):
        listed = await program.get(f"{V1}/{place}", headers=bearer(keys.rival))
        assert [one["id"] for one in listed.json()["items"]] == [own]
    await _who_asks_too_often_is_told_when_to_come_again(program, db, clock, world)


async def _who_asks_too_often_is_told_when_to_come_again(program: httpx.AsyncClient, db: Database, clock: FixedClock, world: World) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            key_id = await tx.connection.fetchval("select min(id) from api_keys where revoked_at is null and scope = 'write'")
    await asyncio.gather(*(limit(db, RATE, str(key_id), now=clock.now()) for _ in range(8)))
    async with db.identity_tx() as tx:
        await tx.connection.execute("update limits set free_at = $1 where what = 'api'", clock.now() + RATE.within)

    answer = await program.get(f"{V1}/chats")

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


# ---- reading ------------------------------------------------------------------------------------------


async def test_lists_are_walked_page_by_page(program: httpx.AsyncClient, db: Database, world: World) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await tx.connection.execute("insert into clients (name) select 'К' || n from generate_series(1, 20) n")

    for size in (1, 7, 200):
        clients = await walk(program, f"{V1}/clients", size)
        assert len(clients) == 21
        assert [one["id"] for one in clients] == sorted(one["id"] for one in clients)
    messages = await walk(program, f"{V1}/chats/{world.garage.chat_id}/messages", 1)
    assert [(one["role"], one["delivery"]) for one in messages] == [("client", None), ("assistant", "sent")]
    await _a_merged_card_is_answered_with_the_one_that_it_is_part_of(program, db, world)


async def _a_merged_card_is_answered_with_the_one_that_it_is_part_of(program: httpx.AsyncClient, db: Database, world: World) -> None:
    shop = world.garage
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            other = await value(tx, "insert into clients (name, phone) values ('Аня', '+79165554433') returning id")
            await merge(tx, shop.client_id, other, by=None)

    card = (await program.get(f"{V1}/clients/{other}")).json()
    found = (await program.get(f"{V1}/clients", params={"phone": "8 916 555-44-33"})).json()["items"]

    assert card["id"] == shop.client_id
    assert other in card["merged_ids"]
    assert card["cars"][0]["model"] == "Camry"
    assert [one["id"] for one in found] == [shop.client_id]


async def test_events_are_read_on_from_where_one_was(program: httpx.AsyncClient, db: Database, clock: FixedClock, world: World) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            now = await value(tx, "select now()")
    clock.at = now + timedelta(seconds=11)
    first = (await program.get(f"{V1}/events", params={"limit": 1})).json()
    rest = (await program.get(f"{V1}/events", params={"after": first["next"]})).json()
    nothing = (await program.get(f"{V1}/events", params={"after": rest["next"]})).json()

    told = [one["type"] for one in (*first["items"], *rest["items"])]
    assert {"booking.confirmed", "dialogue.started"} <= set(told)
    assert (nothing["items"], nothing["next"]) == ([], rest["next"])
    clock.at = now
    assert (await program.get(f"{V1}/events")).json()["items"] == [], "what happened this moment may still have a neighbour to come"


# ---- writing ------------------------------------------------------------------------------------------


async def test_a_message_is_a_members_and_is_sent_once(program: httpx.AsyncClient, db: Database, world: World) -> None:
    shop, address = world.garage, f"{V1}/chats/{world.garage.chat_id}/messages"
    key = {"Idempotency-Key": "order-77"}

    answers = await asyncio.gather(*(program.post(address, json={"text": "Машина готова"}, headers=key) for _ in range(5)))
    other = await program.post(address, json={"text": "Другое"}, headers=key)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    told = answers[0].json()
    assert (told["role"], told["author"], told["delivery"]) == ("member", "Мастер", "ready")
    assert other.status_code == 409
    assert (await program.get(f"{V1}/chats/{shop.chat_id}")).json()["status"] == "human"
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            assert await tx.connection.fetchval("select count(*) from deliveries where text = 'Машина готова'") == 1


async def test_a_booking_is_written_moved_and_cancelled(program: httpx.AsyncClient, clock: FixedClock, world: World) -> None:
    asked = {"phone": "8 916 000 12 12", "name": "Борис", "starts_at": "2026-11-24T11:00:00+03:00", "service": "Окраска", "minutes": 60}
    made = await program.post(f"{V1}/bookings", json=asked, headers={"Idempotency-Key": "b-1"})
    again = await program.post(f"{V1}/bookings", json=asked, headers={"Idempotency-Key": "b-1"})
    assert (made.status_code, again.json()) == (201, made.json())
    booking = made.json()
    place = f"{V1}/bookings/{booking['number']}"
    assert (booking["status"], booking["service"], booking["starts_at"][:16]) == ("confirmed", "Окраска", "2026-11-24T08:00")

    moved = await program.patch(place, json={"starts_at": "2026-11-24T15:00:00+03:00"})
    both = await program.patch(place, json={})
    gone = await program.patch(place, json={"status": "cancelled", "reason": "болеет"})
    twice = await program.patch(place, json={"status": "cancelled"})

    assert moved.json()["starts_at"].startswith("2026-11-24T12:00")
    assert (both.status_code, gone.json()["status"], twice.status_code) == (422, "cancelled", 409)
    listed = (await program.get(f"{V1}/bookings", params={"status": "cancelled"})).json()["items"]
    assert [one["number"] for one in listed] == [booking["number"]]
    await _a_taken_time_and_the_past_are_refused(program, world)


async def _a_taken_time_and_the_past_are_refused(program: httpx.AsyncClient, world: World) -> None:
    asked = {"client_id": world.garage.client_id, "starts_at": "2026-12-01T12:00:00+03:00", "minutes": 60}
    first = await program.post(f"{V1}/bookings", json=asked)
    second = await program.post(f"{V1}/bookings", json=asked)
    past = await program.post(f"{V1}/bookings", json=asked | {"starts_at": "2020-01-01T12:00:00Z"})
    naive = await program.post(f"{V1}/bookings", json=asked | {"starts_at": "2026-12-01T12:00:00"})

    assert (first.status_code, second.status_code, past.status_code, naive.status_code) == (201, 409, 422, 400)
    assert second.json()["type"] == "/problems/time-taken"


# ---- the description ----------------------------------------------------------------------------------


async def _the_handbook_runs_nothing(app: Any) -> None:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://valera.test") as anybody:
        page = await anybody.get("/api/docs")
        sheet = await anybody.get("/api/static/app.css")
        schema = (await anybody.get("/api/openapi.json")).json()

    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "<script" not in page.text
    assert all(path in page.text for path in schema["paths"])
    assert sheet.headers["content-type"].startswith("text/css")
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            told = set(operation["responses"])
            assert {"401", "429", "500", "503"} <= told, operation["operationId"]
            assert ("403" in told) is (method != "get")
            assert all(
                "application/problem+json" in answer["content"] for status, answer in operation["responses"].items() if status >= "400"
            )
