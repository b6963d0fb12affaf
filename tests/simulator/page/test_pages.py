from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from markupsafe import escape

from tests.simulator.conftest import Running, Serving
from tests.simulator.page.glass import EVIL, FakeGlass
from valera.kit.web import CONTENT_SECURITY_POLICY
from valera.simulator.messenger.files import sample
from valera.simulator.messenger.limits.fault import FaultKind
from valera.simulator.messenger.store import Store
from valera.simulator.models.fault import Fault as ModelFault
from valera.simulator.page.client_forms import What
from valera.simulator.page.place import STATICS
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


# ---- what a client sends --------------------------------------------------------------------------


def chat(running: Running, name: str) -> str:
    return f"/chat/{running.bot.id}/{running.person.id}/{name}"


async def test_files_of_ones_own_are_a_photo_a_voice_and_a_document(running: Running) -> None:
    form = aiohttp.FormData({"what": "files", "text": "вот"})
    form.add_field("file", sample.photo(0, 320), filename="IMG_1.jpg", content_type="image/jpeg")
    async with running.session.post(chat(running, "media"), data=form) as answer:
        assert answer.status == 204
    for name, kind in (("voice.ogg", "audio/ogg"), ("смета.pdf", "application/pdf")):
        form = aiohttp.FormData({"what": "files"})
        form.add_field("file", b"x", filename=name, content_type=kind)
        async with running.session.post(chat(running, "media"), data=form) as answer:
            assert answer.status == 204
    rows = running.store.list("select text, extra from messages order by message_id")
    assert [next(iter(json.loads(row["extra"]))) for row in rows] == ["photo", "voice", "document"]
    assert rows[0]["text"] == "вот"


async def test_everything_of_the_paperclip_is_sent_and_shown(running: Running) -> None:
    for what in What:
        async with running.session.post(chat(running, "media"), data={"what": what}) as answer:
            assert answer.status == (422 if what is What.FILES else 204), what
    thread = await part(running, "thread")
    for words in ("Геопозиция", "Голосовое сообщение", "document.pdf", "👍", "+79990000199", running.person.phone, 'data-count="3"'):
        assert words in thread, words


async def test_file_of_the_page_is_a_picture_or_something_to_save(running: Running) -> None:
    await running.post(f"{running.chat}/media", {"items": [{"kind": "photo"}]})
    await running.post(f"{running.chat}/media", {"items": [{"kind": "document", "name": "x.html", "body": "PGI+"}]})
    rows = running.store.list("select unique_id, path from files order by rowid")
    for row in rows:
        async with running.session.get(chat(running, f"files/{row['unique_id']}")) as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == "sandbox"
            is_photo = row["path"].startswith("photos/")
            assert answer.headers["Content-Type"] == ("image/jpeg" if is_photo else "application/octet-stream")
            assert ("Content-Disposition" in answer.headers) is not is_photo
    assert (await running.get(chat(running, "files/nothing")))[0] == 404


async def test_form_answers_and_edits(running: Running) -> None:
    async with running.session.post(chat(running, "messages"), data={"text": "раз"}) as answer:
        assert answer.status == 200
    for form in ({"text": "два", "reply_to": "1", "edits": "0"}, {"text": "раз, два", "reply_to": "0", "edits": "1"}):
        async with running.session.post(chat(running, "messages"), data=form) as answer:
            assert answer.status == 200
    rows = running.store.list("select text, reply_to, edited_at is not null as edited from messages order by message_id")
    assert [tuple(row) for row in rows] == [("раз, два", None, 1), ("два", 1, 0)]


async def test_stream_tells_of_the_chats_that_were_asked_for(running: Running) -> None:
    others = [row["id"] for row in running.store.list("select id from people order by id")[1:3]]
    async with running.session.get(f"/stream?bot_id={running.bot.id}&people={running.person.id},{others[0]}") as stream:
        assert b"event: ready" in await stream.content.readuntil(b"\r\n\r\n")
        for person in (others[1], others[0]):
            await running.post(f"/api/bots/{running.bot.id}/people/{person}/messages", {"text": "привет"})
        told = (await stream.content.readuntil(b"\r\n\r\n")).decode()
    assert f'"chat": {others[0]}' in told
    assert "привет" not in told
    for query in ("bot_id=1&people=1", f"bot_id={1 << 70}"):
        assert (await running.get(f"/stream?{query}"))[0] == 404


# ---- switches -------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["ru", "en"])
async def test_every_fault_of_the_models_has_a_name(shown: Running, locale: str) -> None:
    words, body = Words(locale), await part(shown, f"panel?lang={locale}")
    for fault in ModelFault:
        assert f'<option value="{fault}">{escape(words(f"models.fault.{fault}"))}</option>' in body


async def test_model_fault_is_switched_on_and_off(shown: Running) -> None:
    async with shown.session.put(chat(shown, "model-fault"), data={"fault": "overloaded", "share": "50"}) as answer:
        assert "50 % ответов" in await answer.text()
    async with shown.session.get("/switch") as answer:
        assert {wire: report["setting"]["faults"] for wire, report in (await answer.json()).items()} == {
            wire: {"overloaded": 0.5} for wire in ("openai", "anthropic", "google")
        }
    async with shown.session.delete(chat(shown, "model-fault")) as answer:
        assert 'id="model-form"' in await answer.text()


async def test_disorder_is_switched_and_an_update_repeated(shown: Running) -> None:
    _, sent = await shown.post(f"{shown.chat}/messages", {"text": "раз"})
    async with shown.session.put(chat(shown, "disorder"), data={"repeat_share": "25", "hold_seconds": "2"}) as answer:
        assert "Дважды: 25 %, задержка до 2 с" in await answer.text()
    async with shown.session.delete(chat(shown, "disorder")) as answer:
        assert 'id="disorder-form"' in await answer.text()
    shown.store.execute("update updates set acknowledged_at = 1")
    async with shown.session.post(chat(shown, f"repeats/{sent['update_id']}")) as answer:
        assert answer.status == 200
    assert [row["acknowledged_at"] for row in shown.store.list("select acknowledged_at from updates")] == [None]


async def test_new_token_is_told_once_and_stands_on_no_page(shown: Running) -> None:
    old = shown.token
    async with shown.session.post(chat(shown, "token")) as answer:
        token = (await answer.json())["token"]
    async with shown.session.get(f"/bot{old}/getMe") as answer:
        assert answer.status == 401
    async with shown.session.get(f"/bot{token}/getMe") as answer:
        assert answer.status == 200
    shown.token = token
    for body in ((await shown.get("/"))[1], await part(shown, "panel"), (await shown.get("/api/bots"))[1]):
        assert token not in body


async def test_scenario_leads_to_its_client(shown: Running) -> None:
    async with shown.session.post(f"/scenarios/angry?bot={shown.bot.id}") as answer:
        assert answer.status == 204
        address = answer.headers["HX-Redirect"]
    _, page = await shown.get(address)
    assert "<title>Виктор Громкий" in page
    async with shown.session.post(f"/scenarios/nonsense?bot={shown.bot.id}") as answer:
        assert answer.status == 404
