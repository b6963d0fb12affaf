"""The conversation of the product's first promise, through every process: asked, answered from the list, booked, and nothing broken."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from typing import Any

import asyncpg
import psutil
import pytest

from tests.paths.conftest import Installation
from tests.test_up import start_valera

pytestmark = pytest.mark.timeout(180)

PRICE = "19 500 ₽".replace(" ", "\u00a0")


def chat(installation: Installation, *texts: str, person: str) -> list[dict[str, Any]]:
    """What `valera chat --json` prints, one object per reply."""
    process = start_valera(installation.home, "chat", arguments=["--as", person, "--json", *texts])
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, out
    return [json.loads(line) for line in out.splitlines()]


def rows(installation: Installation, sql: str, *values: object) -> list[asyncpg.Record]:
    async def fetch() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(installation.instance.database_url, server_settings={"role": "valera_owner"})
        try:
            return await connection.fetch(sql, *values)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def test_client_asks_is_answered_from_the_list_and_books(installation: Installation) -> None:
    price, proposal, card, calendar_file = chat(
        installation, "Сколько стоит покрасить бампер на Камри?", "Запишите на завтра в 11", "[Да, записать]", person="Анна"
    )

    assert PRICE in price["text"].replace(" ", "\u00a0")
    [search] = [tool for tool in price["tools"] if tool["name"] == "find_prices"]
    assert search["result"]["found"][0]["car_class"] == "2 класс"
    assert {"text", "buttons", "tools", "model", "tokens", "cost", "ms"} == price.keys()
    assert "hold_slot" in [tool["name"] for tool in proposal["tools"]]
    assert "Да, записать" in proposal["buttons"]
    assert card["model"] == "code"
    [booking] = rows(
        installation,
        "select b.number, b.status, b.scheduled_at, b.service_type, a.time_zone from bookings b join accounts a on a.id = b.account_id"
        " join clients c on (c.account_id, c.id) = (b.account_id, b.client_id) where c.name like 'Анна%'",
    )
    assert booking["status"] == "confirmed"
    assert f"№ {booking['number']}" in card["text"]
    assert "11:00" in card["text"]
    assert "календар" in calendar_file["text"]


def test_worker_that_is_killed_loses_nothing(installation: Installation) -> None:
    process = start_valera(installation.home, "chat", arguments=["--as", "Борис", "--json", "Сколько стоит развал-схождение на Солярис?"])
    for _ in range(3):
        time.sleep(0.7)
        if (worker := installation.up.find("worker")) is not None:
            worker.send_signal(signal.SIGKILL)
    out, _ = process.communicate(timeout=120)

    replies = [json.loads(line) for line in out.splitlines()]
    assert process.returncode == 0, out
    assert len(replies) == 1
    assert "2 500" in replies[0]["text"].replace("\u00a0", " ")


def test_web_that_is_killed_loses_nothing(installation: Installation) -> None:
    web = installation.up.find("web")
    assert web is not None
    web.send_signal(signal.SIGKILL)
    psutil.wait_procs([web], timeout=5)

    [reply] = chat(installation, "Какой у вас адрес?", person="Вадим")

    assert "Моторная" in reply["text"]


def test_after_all_of_it_every_invariant_holds(installation: Installation) -> None:
    process = start_valera(installation.home, "verify")
    out, _ = process.communicate(timeout=60)

    assert process.returncode == 0, out
    assert "0 broken" in out


def test_shop_is_added_and_answers_from_its_own_list(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> None:
    prices = tmp_path_factory.mktemp("shop") / "prices.csv"
    prices.write_text("Услуга;Цена, руб.\nМойка кузова;700\nМойка двигателя;от 1 500\nЧто-нибудь ещё;договорная\n", "utf-8")
    adding = start_valera(
        installation.home,
        "shop",
        arguments=[
            "add",
            "--name",
            "Мойка «Капля»",
            "--price-list",
            str(prices),
            "--bays",
            "2",
            "--hours",
            "пн-вс 8-22",
            "--address",
            "ул. Тихая, 1",
        ],
    )
    said, _ = adding.communicate(timeout=60)
    assert adding.returncode == 0, said
    assert "moyka-kaplya" in said
    assert "договорная" in said or "Что-нибудь ещё" in said

    process = start_valera(
        installation.home, "chat", arguments=["--shop", "moyka-kaplya", "--as", "Глеб", "--json", "сколько стоит помыть двигатель?"]
    )
    out, _ = process.communicate(timeout=120)

    assert process.returncode == 0, out
    assert "от 1 500" in json.loads(out)["text"].replace("\u00a0", " ")
