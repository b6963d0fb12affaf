"""Beside the board: call-backs that are due, taken and closed, and the waitlist in its order."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tests.dashboard.board.asking import in_garage, shown, told
from tests.dashboard.board.conftest import at
from tests.dashboard.office import Office
from valera.dashboard.callbacks.queries import count_due
from valera.kit.db import execute, value
from valera.russian.time.wish import Wish

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


async def owe(office: Office, name: str, due_at: datetime) -> int:
    """A call to somebody new."""

    async def plant(tx: AccountTx) -> int:
        client_id = await value(tx, "insert into clients (name, phone) values ($1, '+79165550000') returning id", name)
        return await value(
            tx,
            "insert into callbacks (client_id, chat_id, phone, wish, reason, due_at) values ($1, $2, '+79165550000', 'вечером',"
            " 'спросить о цене', $3) returning id",
            client_id,
            office.world.garage.chat_id,
            due_at,
        )

    return await in_garage(office, plant)


async def wait(office: Office, name: str) -> int:
    """Somebody new on the waitlist, for the whole of 24 November."""

    async def plant(tx: AccountTx) -> int:
        client_id = await value(tx, "insert into clients (name) values ($1) returning id", name)
        wish = msgspec.to_builtins(Wish(at(24, 0), at(25, 0), exact=False))
        return await value(
            tx,
            "insert into waitlist (client_id, chat_id, service, duration_minutes, wish_from, wish_until, wish)"
            " values ($1, $2, 'Полировка', 90, $3, $4, $5) returning id",
            client_id,
            office.world.garage.chat_id,
            at(24, 0),
            at(25, 0),
            wish,
        )

    return await in_garage(office, plant)


async def test_calls_stand_by_their_urgency_with_a_number_to_press(office: Office) -> None:
    later, due = await owe(office, "Поздняя", at(22, 18)), await owe(office, "Ранняя", at(22, 13))
    page = await shown(office, "/callbacks")
    assert [int(found) for found in re.findall(r'id="call-(\d+)"', page)][:2] == [due, later]
    for said in ("Сейчас: 1 звонок", "Позже", 'href="tel:+79165550000"', "спросить о цене", "вечером"):
        assert said in page
    assert await in_garage(office, lambda tx: count_due(tx, office.given.clock.now())) == 1


async def test_a_call_is_taken_by_one_and_seen_by_the_others(office: Office) -> None:
    call = await owe(office, "Пётр", at(22, 13))
    assert "звоните вы" in (await office.post(f"/callbacks/{call}/caller", as_="support")).text
    assert "звонит Марина" in await shown(office, "/callbacks", as_="admin")
    assert (await office.post(f"/callbacks/{call}/caller", as_="admin")).status_code == 409
    released = await office.request("DELETE", f"/callbacks/{call}/caller", as_="support")
    assert "звоните вы" not in released.text
    assert (await office.post(f"/callbacks/{call}/caller", as_="admin")).status_code == 200


async def test_without_an_answer_the_call_comes_again(office: Office) -> None:
    call = await owe(office, "Пётр", at(22, 13))
    path = f"/callbacks/{call}/outcome"
    assert (await office.post(path, {"outcome": "no_answer", "minutes": "60"})).status_code == 200
    again = await office.post(path, {"outcome": "no_answer", "day": "2026-11-23", "time": "10:00"})
    assert "2 раза не ответил" in again.text
    assert await in_garage(office, lambda tx: value(tx, "select due_at from callbacks where id = $1", call)) == at(23, 10)
    for wrong in ({"day": "2026-11-21", "time": "10:00"}, {"day": "x", "time": ""}, {"minutes": "999999"}):
        assert (await office.post(path, {"outcome": "no_answer"} | wrong)).status_code == 422


async def test_an_outcome_closes_the_call_once_and_says_who(office: Office) -> None:
    call = await owe(office, "Пётр", at(22, 13))
    done = await office.post(f"/callbacks/{call}/outcome", {"outcome": "reached"}, as_="support")
    assert re.search("Дозвонились.*Марина", " ".join(done.text.split()))
    assert (await office.post(f"/callbacks/{call}/outcome", {"outcome": "booked"})).status_code == 409


async def test_the_waitlist_keeps_its_order_and_its_offers(office: Office) -> None:
    first, second = await wait(office, "Первый"), await wait(office, "Второй")

    async def offer(tx: AccountTx) -> None:
        await execute(
            tx,
            "insert into waitlist_offers (entry_id, key, during, expires_at) values ($1, 'key', tstzrange($2, $3), $4)",
            first,
            at(24, 10),
            at(24, 11, 30),
            at(22, 14, 20),
        )

    await in_garage(office, offer)
    page = " ".join((await shown(office, "/waitlist")).split())
    assert [int(found) for found in re.findall(r'id="waiting-(\d+)"', page)][-2:] == [first, second]
    for said in ("предложено 24 нояб, вт, 10:00, до 14:20", "Полировка", "1 час 30 минут", "вторник, 24 ноября"):
        assert said in page


async def test_who_is_taken_off_can_be_put_back_in_the_old_place(office: Office) -> None:
    first, second = await wait(office, "Первый"), await wait(office, "Второй")
    off = await office.post(f"/waitlist/{first}/off")
    assert f'id="waiting-{first}"' not in off.text
    assert (await office.post(f"/waitlist/{first}/off")).status_code == 404
    undo = told(off)["undo"].removeprefix("/shops/garage")
    back = await office.post(undo)
    assert [int(found) for found in re.findall(r'id="waiting-(\d+)"', back.text)][-2:] == [first, second]


async def test_rival_sees_nothing(office: Office) -> None:
    call, entry = await owe(office, "Секретов", at(22, 13)), await wait(office, "Скрытный")
    for path, name in (("/callbacks", "Секретов"), ("/waitlist", "Скрытный")):
        assert name not in await shown(office, path, as_="rival", shop="rival")
    for path in (f"/callbacks/{call}/caller", f"/callbacks/{call}/outcome", f"/waitlist/{entry}/off", f"/waitlist/{entry}/back"):
        assert (await office.post(path, {"outcome": "reached"}, as_="rival", shop="rival")).status_code == 404
    assert (await office.post(f"/callbacks/{10**30}/caller")).status_code == 404
    assert await in_garage(office, lambda tx: value(tx, "select outcome is null from callbacks where id = $1", call))
