"""A thread: what was said, done and what happened, in its order; pages of it; what another shop sees of it."""

from __future__ import annotations

import re

from tests.dashboard.inbox.talk import Talk, new_chat
from tests.dashboard.office import HTMX, Office
from valera.kit.db import account_scope, execute

MESSAGE = re.compile(r'<article class="msg" id="message-(\d+)"')


async def thread(office: Office, talk: Talk, query: str = "") -> str:
    answer = await office.get(f"/chats/{talk.chat_id}{query}")
    assert answer.status_code == 200
    return answer.text


async def test_everything_stands_in_its_place(office: Office, talk: Talk) -> None:
    html = re.sub(r"\s+", " ", (await thread(office, talk)).partition('class="stream"')[2])
    expected = [
        "суббота, 21 ноября", "работаете по субботам", "Сегодня", "Притёрли на парковке", 'data-photos="2"', "Посмотрел прайс-лист",
        "Поискал свободное время", "<strong>Бампер</strong>", "data-picked", "Откуда сумма", "Клиент выбрал «Вт, 10:00»", "Запись № 218 на",
        "<strong>вторник, 24 ноября, 10:00</strong>", "А если оформлю по КАСКО", "Валера позвал человека: скидки вне прайс-листа",
        "Место на карте", "осмотр.pdf", "<audio", "Да, при ремонте по КАСКО", "Клиент заблокировал бота", "Повторить", "Заметка для своих",
        "Спасибо, жду", "изменено",
    ]  # fmt: skip
    places = [html.find(part) for part in expected]

    assert -1 not in places, expected[places.index(-1)]
    assert places == sorted(places)
    assert html.count("data-picked") == 1
    assert "прайс-лист 1, строка 1" in html

    html = (await office.get(f"/chats/{talk.chat_id}/details", headers=HTMX)).text

    for part in (
        "+7\u00a0916\u00a0123-12-08",
        "А 512 КМ",
        "797",
        "Запись № 218",
        "Подтверждена",
        "10:00–11:00",
        "полировка фар",
        "12\u00a0000–15\u00a0000\u00a0₽",
    ):
        assert part in html, part
    assert (await office.get(f"/chats/{talk.chat_id}/details")).text.startswith("<!doctype html>")


async def test_a_client_cannot_write_markup(office: Office, talk: Talk) -> None:
    hostile = '<script>alert(1)</script><b hx-get="/x">"\'&'
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            other = await new_chat(tx, office.world.garage, f"Имя {hostile}", number=900, plate=hostile)
            await other.says("user", hostile)
            await other.says("assistant", hostile)
            await other.says("user", "", attachments=[{"kind": hostile, "text": hostile}])
            await execute(tx, "update chats set human_called_at = now(), human_reason = $2 where id = $1", other.chat_id, hostile)
    for path in (f"/chats/{other.chat_id}", "/chats?folder=waiting", f"/chats/{other.chat_id}/details", "/chats?q=script"):
        html = (await office.get(path)).text
        assert "<script>alert" not in html
        assert "<b hx-get" not in html


async def test_long_threads_come_in_pages_and_nothing_falls_between(office: Office) -> None:
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            talk = await new_chat(tx, office.world.garage, "Долгий", number=901)
            ids = [await talk.says("user", f"Слово {number}", turn_id=await talk.turn()) for number in range(200)]
    html = await thread(office, talk)
    shown = [int(number) for number in MESSAGE.findall(html)]
    assert shown == ids[-50:]

    while older := re.search(r'hx-get="/shops/garage(/chats/\d+/messages/before/\d+)"', html):
        html = (await office.get(older[1], headers=HTMX)).text
        shown = [int(number) for number in MESSAGE.findall(html)] + shown
    assert shown == ids

    since = re.search(r"/messages\?since=(\d+)", await thread(office, talk))
    assert since is not None
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            talk.tx = tx
            new = [await talk.says("user", f"Новое {number}") for number in range(3)]
    again = (await office.get(f"/chats/{talk.chat_id}/messages?since={since[1]}", headers=HTMX)).text
    assert [int(number) for number in MESSAGE.findall(again)] == ids[-50:] + new
    await _looks_for_one_far_back(office, talk, ids + new)
    await _was_open_for_too_long(office, talk, ids[0])


async def _looks_for_one_far_back(office: Office, talk: Talk, ids: list[int]) -> None:
    """It stands in its surroundings, and what lies between follows."""
    html = await thread(office, talk, f"?message={ids[40]}")
    shown = [int(number) for number in MESSAGE.findall(html)]

    assert shown == ids[25:75] + ids[-50:]
    assert re.search(rf'id="message-{ids[40]}"[^>]* data-found', html)
    found = re.search(r'hx-get="/shops/garage(/chats/\d+/messages/between/\d+/\d+)"', html)
    while found:
        html = (await office.get(found[1], headers=HTMX)).text
        shown = shown[:-50] + [int(number) for number in MESSAGE.findall(html)] + shown[-50:]
        found = re.search(r'hx-get="/shops/garage(/chats/\d+/messages/between/\d+/\d+)"', html)
    assert shown == ids[25:]


async def _was_open_for_too_long(office: Office, talk: Talk, first: int) -> None:
    """The page is loaded anew."""
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            await execute(
                tx,
                "insert into messages (chat_id, role, content) select $1, 'assistant', 'Слово' from generate_series(1, 450)",
                talk.chat_id,
            )
    answer = await office.get(f"/chats/{talk.chat_id}/messages?since={first}", headers=HTMX)

    assert answer.headers["hx-refresh"] == "true"


async def test_rival_sees_nothing_and_a_message_that_is_not_there_opens_the_end(office: Office, talk: Talk) -> None:
    for path in ("", "/messages", "/messages/before/99999", "/messages/between/0/99999", "/details"):
        foreign = await office.get(f"/chats/{talk.chat_id}{path}", as_="rival", shop="rival")
        unknown = await office.get(f"/chats/987654{path}", as_="rival", shop="rival")
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.content == unknown.content
    for query in ("?message=987654", "?message=-1", "?message=0", "?message=99999999999999999999"):
        answer = await office.get(f"/chats/{talk.chat_id}{query}")
        assert answer.status_code == 200
        assert "data-found" not in answer.text
