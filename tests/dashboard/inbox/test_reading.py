"""Who has read what: each member for themselves, and only what was before their eyes."""

from __future__ import annotations

import json
import re

from tests.dashboard.inbox.talk import Talk, new_chat
from tests.dashboard.office import HTMX, Office
from valera.dashboard.inbox.reading import mark_unread
from valera.kit.db import account_scope, value


async def unread(office: Office, chat_id: int, who: str = "owner") -> str:
    """The number beside the chat; «» where all is read."""
    html = (await office.get("/chats/list", as_=who, headers=HTMX)).text
    row = re.search(rf'<a class="chat" id="chat-{chat_id}".*?</a>', html, re.DOTALL)
    assert row is not None
    mark = re.search(r'class="count"[^>]*><span class="vh">[^<]*</span>(\S+?)</span>', row[0])
    return mark[1] if mark else ""


async def counted(office: Office, who: str = "owner") -> int:
    answer = await office.get("/counts", as_=who, headers=HTMX)
    return json.loads(answer.headers["hx-trigger"])["counts"]["chats"]


async def see(office: Office, chat_id: int, upto: int, who: str = "owner") -> int:
    return (await office.post(f"/chats/{chat_id}/reads", {"upto": upto}, as_=who)).status_code


async def test_reading_is_each_members_own_and_goes_no_further_than_what_was_seen(office: Office, talk: Talk) -> None:
    before = await counted(office), await counted(office, "support")
    assert (await unread(office, talk.chat_id), await unread(office, talk.chat_id, "support")) == ("9+", "9+")

    await office.get(f"/chats/{talk.chat_id}")  # opening reads nothing
    assert await unread(office, talk.chat_id) == "9+"
    assert await see(office, talk.chat_id, talk.ids["Спасибо, жду"] - 2) == 204
    assert await unread(office, talk.chat_id) == "1"
    assert await see(office, talk.chat_id, talk.ids["Спасибо, жду"]) == 204
    assert await see(office, talk.chat_id, 1) == 204

    assert (await unread(office, talk.chat_id), await unread(office, talk.chat_id, "support")) == ("", "9+")
    assert (await counted(office), await counted(office, "support")) == (before[0] - 1, before[1])


async def test_what_is_new_begins_at_the_line(office: Office, talk: Talk) -> None:
    await see(office, talk.chat_id, talk.ids["Спрошу мастера, он ответит здесь."])
    html = (await office.get(f"/chats/{talk.chat_id}")).text
    assert re.search(r'<p class="unread" id="unread">.*?Место на карте', html, re.DOTALL)
    assert html.count('id="unread"') == 1

    again = re.search(r'hx-get="/shops/garage(/chats/\d+/messages\?since=\d+&amp;unread=\d+&amp;found=0)"', html)
    assert again is not None
    await see(office, talk.chat_id, talk.ids["Спасибо, жду"])
    assert 'id="unread"' in (await office.get(again[1].replace("&amp;", "&"), headers=HTMX)).text  # while the page is open
    assert 'id="unread"' not in (await office.get(f"/chats/{talk.chat_id}")).text


async def test_what_is_marked_counts_until_it_is_seen_again(office: Office, talk: Talk) -> None:
    await see(office, talk.chat_id, talk.ids["Спасибо, жду"])
    shop, read = office.world.garage, await counted(office)
    with account_scope(shop.account_id):
        async with office.given.db.account_tx() as tx:
            await mark_unread(tx, talk.chat_id, member_id=shop.member_id, now=office.given.clock.now())

    assert (await unread(office, talk.chat_id), await counted(office)) == ("1", read + 1)
    await see(office, talk.chat_id, talk.ids["Спасибо, жду"])
    assert (await unread(office, talk.chat_id), await counted(office)) == ("", read)


async def test_a_call_for_a_person_counts_although_its_words_were_seen(office: Office) -> None:
    shop = office.world.garage
    with account_scope(shop.account_id):
        async with office.given.db.account_tx() as tx:
            talk = await new_chat(tx, shop, "Зовёт", number=910)
            said = await talk.says("user", "Позовите человека", turn_id=await talk.turn())
    await see(office, talk.chat_id, said)
    assert await counted(office) == 0
    with account_scope(shop.account_id):
        async with office.given.db.account_tx() as tx:
            await tx.connection.execute("update chats set human_called_at = now() + interval '1 second' where id = $1", talk.chat_id)

    assert await counted(office) == 1


async def test_rival_reads_nothing_of_ours_and_nobody_further_than_there_is(office: Office, talk: Talk) -> None:
    answer = await office.post(f"/chats/{talk.chat_id}/reads", {"upto": 99999}, as_="rival", shop="rival")

    assert answer.status_code == 404
    with account_scope(office.world.rival.account_id):
        async with office.given.db.account_tx() as tx:
            assert await value(tx, "select count(*) from chat_reads where upto_id > 0") == 0

    await see(office, talk.chat_id, 2**62)
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            talk.tx = tx
            await talk.says("user", "Ещё вопрос")

    assert await unread(office, talk.chat_id) == "1"
