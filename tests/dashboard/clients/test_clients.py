"""The clients' pages, asked for one by one."""

from __future__ import annotations

import csv
import io
from typing import Any, LiteralString

import openpyxl
import pytest

from tests.dashboard.office import HTML, HTMX, Office
from valera.kit.db import account_scope, value

EVIL = '=HYPERLINK("http://evil.test","x")'


async def run(office: Office, sql: LiteralString, *values: object, shop: str = "garage") -> Any:
    """As the shop: the first value."""
    with account_scope(getattr(office.world, shop).account_id):
        async with office.given.db.account_tx() as tx:
            return await value(tx, sql, *values)


@pytest.fixture
async def pyotr(office: Office) -> int:
    client_id = await run(office, "insert into clients (name, phone) values ('Пётр Ёлкин', '+79161234567') returning id")
    await run(office, "insert into vehicles (client_id, make, model, plate) values ($1, 'Kia', 'Rio', 'А512КМ797') returning id", client_id)
    return client_id


# ---- the list -----------------------------------------------------------------------------------------


async def test_a_client_is_found_by_whatever_is_known(office: Office, pyotr: int) -> None:
    for wanted in (
        "елкин пет", "8 (916) 123-45-67", "+7916123", "123-45", "девятьсот шестнадцать сто двадцать три сорок пять шестьдесят семь",
        "A512KM", "а 512 км", "киа рио", "kia", "Рио",
    ):  # fmt: skip
        answer = await office.request("GET", "/clients", params={"q": wanted})

        assert f"/clients/{pyotr}" in answer.text, wanted
        assert f'/clients/{office.world.garage.client_id}"' not in answer.text, wanted
    await _nobody_is_found(office, pyotr)
    await _pages_leave_nobody_out(office)


async def _nobody_is_found(office: Office, pyotr: int) -> None:
    for wanted in ("никто", "%", "_", "\\", "<script>", "'; drop table clients"):
        answer = await office.request("GET", "/clients", params={"q": wanted})

        assert answer.status_code == 200, wanted
        assert "/clients/" not in answer.text, wanted
        assert "<script>" not in answer.text
    assert f"/clients/{pyotr}" in (await office.request("GET", "/clients", params={"q": "\x00"})).text


async def _pages_leave_nobody_out(office: Office) -> None:
    await run(office, "insert into clients (name) select 'К' || n from generate_series(1, 120) n returning id")
    seen: list[str] = []
    address = "/clients?order=new"
    while address:
        answer = await office.get(address, headers=HTMX)
        seen += [part.split('"')[0] for part in answer.text.split('class="client-line" href="/shops/garage/clients/')[1:]]
        following = answer.text.partition('hx-get="/shops/garage')[2].partition('"')[0].replace("&amp;", "&")
        address = following if "after=" in following else ""

    assert len(seen) == len(set(seen)) == 122


# ---- the card -------------------------------------------------------------------------------------------


async def test_the_card_shows_what_is_known(office: Office) -> None:
    shop = office.world.garage

    answer = await office.get(f"/clients/{shop.client_id}")

    for told in (
        "Анна",
        "+7\N{NO-BREAK SPACE}916",
        "Toyota Camry",
        "2018",
        "Бампер",
        "№ 1",
        "Записан",
        "Оценка 5",
        "Хорошо",
        "@garage_bot",
    ):
        assert told in answer.text, told
    assert f"/chats/{shop.chat_id}" in answer.text
    await _the_same_phone_is_noticed(office)


async def test_a_card_is_corrected_and_nonsense_is_refused(office: Office, pyotr: int) -> None:
    refused = await office.post(f"/clients/{pyotr}", {"name": "Пётр", "phone": "123", "note": ""})
    taken = await office.post(f"/clients/{pyotr}", {"name": " Пётр  Иванов ", "phone": "8 916 765 43 21", "note": "не звонить"})

    assert refused.status_code == 422
    assert "Это не номер телефона." in refused.text
    assert taken.headers["hx-redirect"] == f"/shops/garage/clients/{pyotr}"
    told = await run(office, "select name || phone || note from clients where id = $1", pyotr)
    assert told == "Пётр Иванов+79167654321не звонить"
    await _cars_are_added_and_corrected(office, pyotr)
    await _who_called_is_written_down(office)


async def _cars_are_added_and_corrected(office: Office, pyotr: int) -> None:
    place = f"/clients/{pyotr}/cars"
    added = await office.post(place, {"make": "Kia", "model": "Rio", "plate": "x001xx 77"})
    double = await office.post(place, {"make": "Kia", "model": "Rio", "plate": "a512km797"})
    nothing = await office.post(place, {"year": "1812", "vin": "коротко"})

    assert (added.status_code, double.status_code, nothing.status_code) == (204, 422, 422)
    assert nothing.text.count('aria-invalid="true"') == 3
    car_id = await run(office, "select id from vehicles where client_id = $1 and plate = 'Х001ХХ77'", pyotr)
    changed = await office.post(f"{place}/{car_id}", {"make": "Kia", "model": "Ceed", "year": "2020", "plate": "х001хх77"})
    assert changed.status_code == 204
    assert await run(office, "select year from vehicles where id = $1 and model = 'Ceed'", car_id) == 2020
    assert (await office.post(f"/clients/{office.world.garage.client_id}/cars/{car_id}", {"make": "x"})).status_code == 404


async def _who_called_is_written_down(office: Office) -> None:
    nobody = await office.post("/clients", {"name": "", "phone": ""})
    somebody = await office.post("/clients", {"name": EVIL, "phone": "+7 916 000 11 22"})

    assert nobody.status_code == 422
    shown = await office.get(somebody.headers["hx-redirect"], shop=None)
    assert EVIL.replace('"', "&#34;") in shown.text


# ---- two cards of one person ----------------------------------------------------------------------------


async def test_cards_are_merged_and_divided_again(office: Office, pyotr: int) -> None:
    shop = office.world.garage
    chosen = await office.get(f"/clients/{shop.client_id}/merges/new?other={pyotr}", headers=HTMX)
    merged = await office.post(f"/clients/{shop.client_id}/merges", {"other": pyotr})
    undo = merged.headers["hx-trigger"].partition('"undo": "')[2].partition('"')[0]
    former = await office.get(f"/clients/{pyotr}")

    assert "Пётр Ёлкин" in chosen.text
    assert "Kia Rio" in merged.text
    assert former.headers["location"] == f"/shops/garage/clients/{shop.client_id}"
    assert (await office.post(f"/clients/{shop.client_id}/merges", {"other": pyotr})).status_code == 409
    assert (await office.post(undo, shop=None)).status_code == 204
    assert (await office.get(f"/clients/{pyotr}")).status_code == 200


async def _the_same_phone_is_noticed(office: Office) -> None:
    shop = office.world.garage
    twin = await run(office, "insert into clients (name, phone) values ('Аня', '+79160000001') returning id")

    answer = await office.get(f"/clients/{shop.client_id}")

    assert f"/merges/new?other={twin}" in answer.text


# ---- files ------------------------------------------------------------------------------------------------


async def test_files_hold_all_clients_and_no_formula(office: Office, pyotr: int) -> None:
    names = [EVIL, "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1+1", 'a;b"c\nd']  # fmt: skip
    for name in names:
        await run(office, "insert into clients (name, note) values ($1, '') returning id", name)
    await run(office, "insert into clients (name) select 'К' || n from generate_series(1, 600) n returning id")

    table = await office.get("/clients/export.csv", as_="admin")
    book = await office.get("/clients/export.xlsx", as_="admin")

    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig")), delimiter=";"))
    assert table.content.startswith(b"\xef\xbb\xbf")
    assert table.content.count(b"\xef\xbb\xbf") == 1
    assert len(rows) == 1 + 2 + len(names) + 600
    assert [cell for row in rows for cell in row if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert "7 916 123-45-67" in {row[2] for row in rows}
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert sheet.max_row == len(rows)
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert EVIL in [cell.value for cell in cells]
    assert "attachment" in table.headers["content-disposition"]
    noted = "select count(*) from analytics_events where event_type = 'exported' and properties ->> 'what' = 'clients'"
    assert await run(office, noted) == 2


# ---- who may ------------------------------------------------------------------------------------------------


async def _support_takes_nothing_home(office: Office) -> None:
    assert (await office.get("/clients", as_="support")).status_code == 200
    assert "export.csv" not in (await office.get("/clients", as_="support")).text
    assert (await office.get("/clients/export.csv", as_="support")).status_code == 403


async def test_rival_sees_nothing(office: Office, pyotr: int) -> None:
    place = f"/clients/{pyotr}"
    for address in (place, f"{place}/edit", f"{place}/cars/new", f"{place}/merges/new"):
        theirs = await office.get(address, as_="rival", shop="rival")
        nobodys = await office.get(address.replace(str(pyotr), "987654321"), as_="rival", shop="rival")
        assert (theirs.status_code, theirs.content) == (404, nobodys.content)
    own = office.world.rival.client_id
    for address, form in (
        (place, {"name": "x"}), (f"{place}/cars", {"make": "x"}), (f"{place}/merges", {"other": str(own)}),
        (f"/clients/{own}/merges", {"other": str(pyotr)}),
    ):  # fmt: skip
        assert (await office.post(address, form, as_="rival", shop="rival")).status_code == 404
    assert "Ёлкин" not in (await office.get("/clients?q=елкин", as_="rival", shop="rival")).text.replace("елкин", "")
    assert "Ёлкин" not in (await office.get("/clients/export.csv", as_="rival", shop="rival")).text
    await _support_takes_nothing_home(office)
    await _numbers_that_no_row_has_are_not_found(office)


async def _numbers_that_no_row_has_are_not_found(office: Office) -> None:
    for address in (f"/clients/{10**30}", "/clients/0", "/clients/-1", "/clients/x", f"/clients/{10**30}/edit"):
        assert (await office.get(address, headers=HTML)).status_code == 404, address
    assert (await office.get("/clients?order=x&after=x")).status_code == 200
