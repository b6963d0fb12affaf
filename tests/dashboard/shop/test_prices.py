"""The price list in the browser: what was understood, what was corrected, what became of it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

from tests.dashboard.office import HTML, HTMX, Office
from valera.kit.db import account_scope, value

LIST = """Раздел;Работа;1 класс;2 класс
Кузов;Покраска бампера;от 12000;14000
Кузов;Покраска двери;1200;14000
Кузов;Полировка фар;13.000;15000
Малярка;Грунт;договорная;договорная
Малярка;Капот;22000;25000
"""
DOUBTFUL_ROW = 3


async def read(office: Office, text: str = LIST, **more: Any) -> int:
    """The id of the draft."""
    answer = await office.post("/prices/drafts", {"text": text}, headers=HTML, **more)
    assert (answer.status_code, answer.headers["location"]) == (303, "/shops/garage/prices/draft"), answer.text
    found = re.search(r"/prices/drafts/(\d+)/", (await office.get("/prices/draft")).text)
    assert found is not None
    return int(found[1])


async def ask(office: Office, sql: Any, *values: object) -> Any:
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            return await value(tx, sql, *values)


async def test_doubtful_rows_come_first_with_their_reasons(office: Office) -> None:
    await read(office)
    everything = (await office.get("/prices/draft?show=all")).text
    assert everything.index("Покраска двери") < everything.index("Покраска бампера")
    assert "в десять и более раз" in everything
    skipped = (await office.get("/prices/draft?show=skipped")).text
    assert "Грунт" in skipped
    assert "Покраска бампера" not in skipped


async def test_a_row_is_corrected_and_that_is_taken_back(office: Office) -> None:
    draft = await read(office)
    saved = await office.post(
        f"/prices/drafts/{draft}/rows/{DOUBTFUL_ROW}",
        {"do": "save", "name": "Покраска двери", "section": "Двери", "price_1": "от 12 000", "price_2": "14000", "show": "all", "at": "1"},
    )
    assert saved.status_code == 200
    assert "Двери" in saved.text
    assert "2 исправления" in saved.text
    undo = re.search(r'"undo":\s*"([^"]+)"', saved.headers["hx-trigger"])
    assert undo is not None
    taken_back = await office.post(undo[1].removeprefix("/shops/garage"))
    assert taken_back.headers["hx-redirect"] == "/shops/garage/prices/draft"
    assert "1 исправление" in (await office.get("/prices/draft")).text


async def test_what_makes_no_sense_is_refused_in_a_sentence(office: Office) -> None:
    draft = await read(office)
    for row, form, says in (
        (DOUBTFUL_ROW, {"do": "save", "name": "", "section": ""}, "назван"),
        (DOUBTFUL_ROW, {"do": "save", "name": "Дверь", "section": "Кузов", "price_1": "когда как", "price_2": "14000"}, "когда как"),
        (999, {"do": "drop"}, "999"),
        (2, {"do": "take", "price_1": "100"}, "2"),
    ):
        answer = await office.post(f"/prices/drafts/{draft}/rows/{row}", form)
        assert answer.status_code == 422
        assert says in json.loads(answer.headers["hx-trigger"])["toast"]["text"]
    assert await ask(office, "select count(*) from price_corrections where draft_id = $1", draft) == 0


async def test_publishing_asks_about_slips_and_puts_the_list_in_force(office: Office) -> None:
    draft = await read(office)
    page = (await office.get("/prices/draft/difference")).text
    assert "5 " not in page.partition("<h1>")[0][-5:]
    assert "убрана" in page
    refused = await office.post("/prices/versions", {"draft_id": str(draft), "over": "1"}, headers=HTML)
    assert (refused.status_code, "похожие на опечатку: 1" in refused.text) == (409, True)
    await office.post(f"/prices/drafts/{draft}/rows/{DOUBTFUL_ROW}", {"do": "accept"})
    published = await office.post("/prices/versions", {"draft_id": str(draft), "over": "1"}, headers=HTML)
    assert published.headers["location"] == "/shops/garage/prices"
    found = (await office.get("/prices?q=%D0%B1%D0%B0%D0%BC%D0%BF%D0%B5%D1%80", headers=HTMX)).text
    assert "Покраска бампера" in found
    assert "Капот" not in found


async def test_of_two_admins_one_publishes_and_the_other_is_told(office: Office) -> None:
    draft = await read(office)
    form = {"draft_id": str(draft), "over": "1", "with_doubts": "on"}
    first, second = await office.post("/prices/versions", form), await office.post("/prices/versions", form, as_="admin")
    assert (first.status_code, second.status_code) == (204, 404)
    stale = await office.post(f"/prices/drafts/{draft}/rows/2", {"do": "drop"}, as_="admin")
    assert stale.status_code == 404


async def test_a_version_that_came_between_is_shown_first(office: Office) -> None:
    draft = await read(office)
    await ask(
        office,
        "insert into price_lists (version, source, currency, classes, published_at) values (2, 'x', 'RUB', '[]', now()) returning id",
    )
    form = {"draft_id": str(draft), "over": "1", "with_doubts": "on"}
    refused = await office.post("/prices/versions", form, headers=HTML)
    assert (refused.status_code, "вступила в силу версия 2" in refused.text) == (409, True)
    assert (await office.post("/prices/versions", form | {"over": "2"})).status_code == 204


async def test_an_old_version_is_put_in_force_again(office: Office) -> None:
    draft = await read(office)
    await office.post("/prices/versions", {"draft_id": str(draft), "over": "1", "with_doubts": "on"})
    page = (await office.get("/prices/versions/1")).text
    assert "Что изменится, если её вернуть" in page
    assert "Бампер" in page
    assert (await office.post("/prices/versions/1/restoration")).status_code == 204
    assert await ask(office, "select max(version) from price_lists") == 3
    assert (await office.post("/prices/versions/3/restoration")).status_code == 409
    assert {(await office.get(f"/prices/versions/{no}")).status_code for no in (0, 99, 10**18)} == {404}


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b" " * (80 << 20))
    return out.getvalue()


HOSTILE = {
    "empty": b"",
    "zeros": b"\x00" * 100,
    "pdf": b"%PDF-1.7 ...",
    "picture": b"\xff\xd8\xff\xe0picture",
    "broken": b"PK\x03\x04broken",
    "bomb": bomb(),
    "html": b"<html><script>1</script></html>",
    "columns": b"a;" * 200_000,
    "large": b"x" * (5 * 1024 * 1024 + 1),
    "no prices": "Капот".encode(),
}


async def test_a_hostile_file_gets_a_sentence_and_changes_nothing(office: Office) -> None:
    for name, raw in HOSTILE.items():
        answer = await office.post("/prices/drafts", {"text": ""}, headers=HTML, files={"file": ("прайс.xlsx", raw)})
        assert (name, answer.status_code, 'role="alert"' in answer.text) == (name, 422, True)
    assert await ask(office, "select count(*) from price_drafts where closed_at is null") == 0


async def test_names_from_a_file_are_never_markup(office: Office) -> None:
    await read(office, 'Раздел;Работа;Цена\n<b>К</b>;<script>alert(1)</script>;5000\n"К"" onfocus=x";Полировка;7000\n')
    page = (await office.get("/prices/draft?show=all")).text
    assert "<script>alert" not in page
    assert "<b>К</b>" not in page
    assert '" onfocus' not in page


async def test_rules_of_cars(office: Office) -> None:
    assert (await office.post("/prices/cars", {"subject": "BMW X5", "car_class": "2 класс"})).status_code == 204
    page = (await office.get("/prices/cars?q=%D0%B1%D0%BC%D0%B2+%D1%855")).text
    assert "по вашему правилу" in page
    refused = await office.post("/prices/cars", {"subject": "BMW", "car_class": "9 класс"}, headers=HTML)
    assert (refused.status_code, "Такого класса" in refused.text) == (422, True)
    assert (await office.post("/prices/cars/removal", {"subject": "BMW X5"})).status_code == 204
    assert (await office.post("/prices/cars/removal", {"subject": "BMW X5"})).status_code == 404


async def test_rival_sees_nothing(office: Office) -> None:
    draft = await read(office)
    for path in ("/prices", "/prices/draft", "/prices/versions/1"):
        assert (await office.get(path, as_="rival")).status_code == 404
    own = await office.get("/prices/draft", as_="rival", shop="rival")
    assert own.status_code == 303
    for path in (f"/prices/drafts/{draft}/removal", f"/prices/drafts/{draft}/rows/2", f"/prices/drafts/{draft}/corrections/1/undo"):
        assert (await office.post(path, {"do": "drop"}, as_="rival", shop="rival")).status_code == 404
    assert (await office.get("/prices", as_="support")).status_code == 403
