from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from markupsafe import escape

from tests.simulator.conftest import Running, Serving
from tests.simulator.page.glass import EVIL, FakeGlass
from valera.kit.web import CONTENT_SECURITY_POLICY
from valera.simulator.messenger.fault import FaultKind
from valera.simulator.messenger.store import Store
from valera.simulator.page.pages import STATICS
from valera.simulator.page.words import Words


@pytest.fixture
async def shown(tmp_path: Path) -> AsyncIterator[Running]:
    async with Serving(tmp_path / "telegram.sqlite", FakeGlass()) as running:
        yield running


async def part(running: Running, name: str) -> str:
    status, body = await running.get(f"/chat/{running.bot.id}/{running.person.id}/{name}")
    assert status == 200
    return body


async def test_page_is_served_under_a_strict_policy(shown: Running) -> None:
    async with shown.session.get("/") as answer:
        page = await answer.text()
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert not re.search(r"<(?:script|style)>|\sstyle=|\son\w+=", page)
    assert shown.token not in page


async def test_every_static_file_on_the_page_is_there_for_ever(shown: Running) -> None:
    _, page = await shown.get("/")
    for address in set(re.findall(r"/static/[^\"#]+", page)):
        async with shown.session.get(address) as answer:
            assert answer.status == 200
            assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/static/old/app.css", f"/static/{STATICS.digest}/nothing.css", f"/static/{STATICS.digest}/../web.py"])
async def test_file_of_another_version_or_none_is_not_found(shown: Running, path: str) -> None:
    assert (await shown.get(path))[0] == 404


async def test_what_people_write_is_text_everywhere(shown: Running) -> None:
    await shown.post("/api/people", {"name": EVIL})
    await shown.post(f"{shown.chat}/messages", {"text": EVIL})
    markup = {"inline_keyboard": [[{"text": EVIL, "callback_data": '"><b id=evil>'}]]}
    await shown.call("sendMessage", chat_id=shown.person.id, text=EVIL, reply_markup=markup, reply_parameters={"message_id": 1})
    await shown.call("sendMessage", chat_id=shown.person.id, text="x", reply_markup={"keyboard": [[EVIL]]})
    _, page = await shown.get("/")
    for body in (page, await part(shown, "thread"), await part(shown, "people"), await part(shown, "panel")):
        assert "<img src=x" not in body
        assert "<b id=evil>" not in body
        assert "&lt;img src=x" in body


async def test_panel_shows_what_valera_did(shown: Running) -> None:
    panel = await part(shown, "panel")
    for words in (
        "Ищет цены",
        "find_prices",
        "Это время уже занято.",
        "Проверка не пропустила",
        "Запись № 218",
        "Подтверждена",
        "420 мс",
        "1 812",
        "0,0012 $",
    ):
        assert words in panel.replace("\u00a0", " "), words


async def test_page_speaks_english_when_asked(shown: Running) -> None:
    _, page = await shown.get("/?lang=en")
    assert '<html lang="en">' in page
    assert "What Valera does" in (await shown.get(f"/chat/{shown.bot.id}/{shown.person.id}/panel?lang=en"))[1]
    assert '<html lang="en">' in (await shown.get("/", **{"Accept-Language": "en-GB,en;q=0.9"}))[1]


async def test_form_of_the_page_sends_a_message(shown: Running) -> None:
    async with shown.session.post(f"/chat/{shown.bot.id}/{shown.person.id}/messages", data={"text": "Сколько стоит?"}) as answer:
        assert answer.status == 200
        assert "Сколько стоит?" in await answer.text()
    assert [row["text"] for row in shown.store.list("select text from messages")] == ["Сколько стоит?"]


async def test_newcomer_is_made_and_shown(shown: Running) -> None:
    async with shown.session.post(f"/newcomers?bot={shown.bot.id}", data={"name": "Пётр"}) as answer:
        assert answer.status == 204
        address = answer.headers["HX-Redirect"]
    _, page = await shown.get(address)
    assert "<title>Пётр" in page


async def test_simulator_without_a_shop_beside_it_says_so(running: Running) -> None:
    assert "Панель недоступна" in await part(running, "panel")
    async with running.session.post(f"/chat/{running.bot.id}/{running.person.id}/takeover") as answer:
        assert answer.status == 404


async def test_page_without_bots_tells_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite"
    async with Serving(path) as running:
        running.store.execute("delete from bots")
        status, page = await running.get("/")
    assert status == 200
    assert "Ботов пока нет" in page
    store = Store(path)
    store.close()


@pytest.mark.parametrize("query", ["bot=x&person=y", "bot=999&person=999", "person=" + "9" * 40, "view=nonsense&lang=xx", "person=²"])
async def test_nonsense_in_the_address_shows_the_page(shown: Running, query: str) -> None:
    assert (await shown.get(f"/?{query}"))[0] == 200


@pytest.mark.parametrize("locale", ["ru", "en"])
async def test_every_fault_is_offered_by_name(shown: Running, locale: str) -> None:
    words, body = Words(locale), await part(shown, f"panel?lang={locale}")

    for kind in FaultKind:
        assert f'<option value="{kind}">{escape(words(f"fault.{kind}"))}</option>' in body


async def test_fault_of_the_form_ends_with_its_time_or_by_hand(shown: Running) -> None:
    path = f"/chat/{shown.bot.id}/{shown.person.id}/fault"
    async with shown.session.put(path, data={"kind": "down", "share": "50", "seconds": "60"}) as answer:
        body = await answer.text()
    assert re.search(r"50 % · ещё \d\d с", body)
    async with shown.session.delete(path) as answer:
        assert answer.status == 200
    assert shown.store.list("select 1 from faults") == []


@pytest.mark.parametrize("form", [{}, {"kind": "?", "share": "5", "seconds": "0"}, {"kind": "down", "share": "0", "seconds": "0"}])
async def test_form_that_makes_no_sense_is_refused(shown: Running, form: dict[str, str]) -> None:
    async with shown.session.put(f"/chat/{shown.bot.id}/{shown.person.id}/fault", data=form) as answer:
        assert 400 <= answer.status < 500


async def test_bot_without_a_shop_has_its_switch_all_the_same(running: Running) -> None:
    assert 'id="fault"' in await part(running, "panel")
