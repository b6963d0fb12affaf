"""The overview's pages: every number of a page leads to a list that is as long; files; who may look; an empty shop."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from tests.cast import Shop
from tests.dashboard.office import Office
from tests.insights.history import NOW, History
from valera.dashboard.overview import pages
from valera.kit.csv_file import FORMULA
from valera.kit.db import Database, Tx

RANGE = "from=2026-10-20&until=2026-11-22"
LINK = re.compile(r'<a[^>]* href="(/shops/garage/overview/list\?[^"]+)">([^<]+)</a>')


async def plant_past(db: Database, shop: Shop, *, chats: int, seed: int = 3) -> None:
    """Of a shop of the cast, after what it has already."""
    connection = await db.connect()
    try:
        async with connection.transaction():
            await connection.execute("set local role valera_owner")
            await connection.execute("select set_config('app.account_id', $1, true)", str(shop.account_id))
            history = History(
                Tx(connection), shop.account_id, ZoneInfo("Europe/Moscow"), Random(seed), shop.bot_id, shop.member_id, list(shop.bays),
                update_id=5000 * seed, number=500 * seed,
            )  # fmt: skip
            await history.write(chats)
            for day in range(8 if seed < 9 else 0):
                await connection.execute(
                    "insert into usage (day, provider, model, currency, answers, input_tokens, output_tokens, unpriced, cost, charged)"
                    " values ($1, 'openai', '=gpt', 'USD', 10, 5000, 300, 1, 0.25, 0.25)",
                    (NOW - timedelta(days=day)).date(),
                )
    finally:
        await connection.close()


@pytest.fixture
async def past(db: Database, office: Office) -> Office:
    await plant_past(db, office.world.garage, chats=18)
    return office


async def test_every_number_of_the_page_is_as_long_as_its_list(past: Office) -> None:
    shown = await past.get(f"/overview?{RANGE}")
    links = {html.unescape(address): text for address, text in LINK.findall(shown.text)}
    numbers = {address: int(text) for address, text in links.items() if text.isdigit() and "figure=usage" not in address}
    assert len(numbers) > 40

    for address, number in sorted(numbers.items())[::4]:
        listed = await past.get(address, shop=None)
        found = re.search(r'data-rows="(\d+)"', listed.text)
        rows = listed.text.partition("<tbody>")[2].count("<tr>")
        assert found is not None, address
        assert int(found[1]) == number, address
        assert rows == min(number, 100), address


async def test_file_holds_what_the_page_shows_and_no_formula(past: Office) -> None:
    shown = await past.get(f"/overview?{RANGE}")
    file = await past.get(f"/overview/numbers.csv?{RANGE}")
    dialogues = await past.get(f"/overview/list.csv?figure=dialogues&{RANGE}")
    usage = await past.get(f"/overview/list.csv?figure=usage&{RANGE}")

    assert file.headers["content-type"].startswith("text/csv")
    assert "garage-overview-2026-10-20-2026-11-22.csv" in file.headers["content-disposition"]
    tables = [list(csv.reader(io.StringIO(each.content.decode("utf-8-sig")), delimiter=";")) for each in (file, dialogues, usage)]
    assert not [cell for rows in tables for row in rows for cell in row if cell.startswith(FORMULA) and not _is_number(cell)]
    assert len(tables[1]) - 1 == int(next(row[3] for row in tables[0] if row[:3] == ["От диалога до визита", "Диалоги", "Диалоги"]))
    texts = set(re.findall(r"<t[dh][^>]*>(?:<a[^>]*>)?([^<]+)<", shown.text))
    assert {row[1] for row in tables[0] if row[0] == "Источники"} <= {f"'{text}" for text in texts} | texts
    assert tables[2][1][-2:] != ["1,50", "8"]
    assert len(tables[2]) == 1 + 9


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"-?\d+([.,]\d+)?", cell) is not None


async def test_lists_go_on_and_end(past: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LEAF", 4)
    address, seen = f"/shops/garage/overview/list?figure=dialogues&{RANGE}", 0
    whole = int(re.findall(r'data-rows="(\d+)"', (await past.get(address, shop=None)).text)[0])

    for leaf in range(1, -(-whole // 4) + 1):
        shown = await past.get(address, shop=None)
        seen += shown.text.partition("<tbody>")[2].count("<tr>")
        older = re.findall(rf'href="([^"]+leaf={leaf + 1})"', shown.text)
        address = html.unescape(older[0]) if older else ""

    assert seen == whole
    assert address == ""
    assert (await past.get(f"/overview/list?figure=dialogues&{RANGE}&leaf=99")).status_code == 200


async def test_rival_sees_nothing_of_it(past: Office) -> None:
    before = await past.get("/overview?days=30", as_="rival", shop="rival")
    await plant_past(past.given.db, past.world.garage, chats=5, seed=9)
    after = await past.get("/overview?days=30", as_="rival", shop="rival")

    assert _numbers(before.text) == _numbers(after.text)
    for path in ("/overview", "/overview/list?figure=dialogues", "/overview/numbers.csv", "/overview/list.csv?figure=dialogues"):
        assert (await past.get(path, as_="rival", shop="garage")).status_code == 404
        assert (await past.get(path, as_="support")).status_code == 403


def _numbers(page: str) -> list[str]:
    return re.findall(r"<dd>(?:<a[^>]*>)?([^<]+)<", page) + LINK.findall(page)


async def test_any_range_has_a_page_and_an_unknown_number_has_none(office: Office) -> None:
    for query in (
        "figure=nothing",
        "",
        "figure=dialogues'--",
        "figure=outcome:silent&source=vk",
        "figure=made&source=vk",
        "figure=called:x",
    ):
        assert (await office.get(f"/overview/list?{query}")).status_code == 404
        assert (await office.get(f"/overview/list.csv?{query}")).status_code == 404
    for query in ("days=7", "days=-1", "days=9999999999", "from=x&until=y", "from=0001-01-01&until=9999-12-31", "from=2016-01-01"):
        assert (await office.get(f"/overview?{query}")).status_code == 200
        assert (await office.get(f"/overview/list?figure=visits&leaf=-1&{query}")).status_code == 200


async def test_empty_shop_is_told_what_will_be_here(db: Database, office: Office) -> None:
    connection = await db.connect()
    await connection.execute("set role valera_owner")
    for table in ("dialogue_outcomes", "bookings", "chats", "usage"):
        await connection.execute(f"delete from {table} where account_id = {office.world.rival.account_id}")
    await connection.close()

    shown = await office.get("/overview?days=90", as_="rival", shop="rival")
    english = await office.get("/overview?days=90", as_="rival", shop="rival", headers={"accept": "text/html", "accept-language": "en"})

    assert "Пока считать нечего" in shown.text
    assert "Nothing to count yet" in english.text
    assert "/overview/list" not in shown.text
    assert "nan" not in shown.text.lower().replace("финанс", "")
