"""The list of chats: folders, who waits and for how long, paging, search."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests.dashboard.inbox.talk import Talk, new_chat
from tests.dashboard.office import HTMX, Office
from valera.dashboard.inbox.listing.place import Place, read_place
from valera.kit.db import account_scope, execute
from valera.kit.errors import Invalid

ROW = re.compile(r'id="chat-(\d+)"')


async def plant_chats(office: Office, count: int, *, status: str = "assistant") -> list[int]:
    """The last one wrote last."""
    shop = office.world.garage
    with account_scope(shop.account_id):
        async with office.given.db.account_tx() as tx:
            return [(await new_chat(tx, shop, f"Клиент {number}", number=100 + number, status=status)).chat_id for number in range(count)]


def chats_of(html: str) -> list[int]:
    return [int(number) for number in ROW.findall(html)]


async def test_the_list_goes_on_page_by_page_and_what_is_shown_stays_when_a_chat_moves_up(office: Office) -> None:
    planted = await plant_chats(office, 120)
    found, path = [], "/chats/list"
    for _ in range(4):
        html = (await office.get(path, headers=HTMX)).text
        found += chats_of(html)
        after = re.search(r'hx-get="/shops/garage(/chats/list\?folder=all&amp;after=[^"]+)"', html)
        if after is None:
            break
        path = after[1].replace("&amp;", "&")

    assert len(found) == len(set(found)) == 121
    assert [chat for chat in found if chat in planted] == planted[::-1]

    html = (await office.get("/chats/list", headers=HTMX)).text
    live = re.search(r'hx-get="/shops/garage(/chats/list\?rows=true[^"]+)"', html)
    assert live is not None
    shown = set(chats_of(html))
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            await execute(tx, "update chats set last_message_at = last_message_at + interval '1 hour' where id = $1", planted[0])
    again = chats_of((await office.get(live[1].replace("&amp;", "&"), headers=HTMX)).text)

    assert planted[0] not in shown
    assert set(again) == shown | {planted[0]}


async def test_who_waits_longest_comes_first_and_the_time_is_said(office: Office, talk: Talk) -> None:
    shop, now = office.world.garage, office.given.clock.now()
    with account_scope(shop.account_id):
        async with office.given.db.account_tx() as tx:
            for number, minutes in ((1, 6), (2, 90)):
                other = await new_chat(tx, shop, f"Ждущий {minutes}", number=number + 500)
                called = now - timedelta(minutes=minutes)
                await execute(tx, "update chats set human_called_at = $2, human_reason = 'скидка' where id = $1", other.chat_id, called)
    html = (await office.get("/chats/list?folder=waiting", headers=HTMX)).text
    names = re.findall(r'class="name" title="([^"]+)"', html)

    assert names == ["Ждущий 90", "Дмитрий Соколов", "Ждущий 6"]
    assert "Ждёт 6 минут: скидка" in html
    assert "Ждёт 1 час" in html
    assert re.search(r"Ждут ответа <b>3</b>", html)
    assert talk.chat_id in chats_of(html)

    closed = await plant_chats(office, 1, status="closed")

    assert chats_of((await office.get("/chats/list?folder=mine", headers=HTMX)).text) == [talk.chat_id]
    assert chats_of((await office.get("/chats/list?folder=mine", as_="support", headers=HTMX)).text) == []
    assert chats_of((await office.get("/chats/list?folder=closed", headers=HTMX)).text) == closed
    assert closed[0] not in chats_of((await office.get("/chats")).text)


@pytest.mark.parametrize("text", ["x", "1-", "1-99999999999999999999", "'; drop", "-1-1", "1-1\n"])
def test_a_place_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_place(text)


def test_a_place_is_read_as_it_was_written() -> None:
    place = Place(7, datetime(2026, 11, 22, 10, 40, 1, 123457, tzinfo=UTC))

    assert read_place(place.written()) == place
    assert read_place("") is None


FOUND = [
    "соколов", "СОКОЛОВ дмитрий", "дмит", "А512КМ", "a512km797", "а 512 км 797", "512км", "+7 916 123-12-08", "89161231208", "123-12-08",
    "бамперы", "притереть парковка", "полировку", "осмотр", "скидк", "Постоянный", "несуществующее",
]  # fmt: skip
NOT_FOUND = {"Постоянный", "несуществующее"}
"""The first stands in a note, which is not for the client."""


async def test_a_chat_is_found_by_name_plate_phone_and_words_and_rival_finds_nothing(office: Office, talk: Talk) -> None:
    for text in FOUND:
        html = (await office.get(f"/chats/list?q={quote(text)}", headers=HTMX)).text
        assert (f"/chats/{talk.chat_id}" in html) is (text not in NOT_FOUND), text
    for text in ("соколов", "А512КМ", "9161231208", "притёрли"):
        html = (await office.get(f"/chats/list?q={quote(text)}", as_="rival", shop="rival", headers=HTMX)).text
        assert "Соколов" not in html
        assert f"/chats/{talk.chat_id}" not in html

    html = (await office.get(f"/chats/list?q={quote('парковка')}", headers=HTMX)).text
    message_id = talk.ids["Притёрли на парковке задний бампер. Сколько будет стоить и когда можно приехать?"]

    assert f"/chats/{talk.chat_id}?message={message_id}" in html
    assert "<mark>парковке</mark>" in html
    thread = (await office.get(f"/chats/{talk.chat_id}?message={message_id}")).text
    assert re.search(rf'id="message-{message_id}"[^>]* data-found', thread)
