"""Acting in a chat through its pages: who answers, notes, drafts, files, canned replies; the rival sees nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.dashboard.office import Office
from valera.chats.drafting import DraftKind, Proposed, propose
from valera.kit.db import account_scope, execute, value

JSON = {"accept": "application/json"}
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 64


async def look(office: Office, sql: Any, *values: object) -> Any:
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            return await value(tx, sql, *values)


async def send(office: Office, text: str = "", *, as_: str = "support", files: list[Any] | None = None, **fields: str) -> Any:
    path = f"/chats/{office.world.garage.chat_id}/messages"
    more: dict[str, Any] = {"files": files} if files else {}
    return await office.post(path, {"text": text, **fields}, as_=as_, headers=JSON, **more)


async def status(office: Office) -> str:
    return await look(office, "select status from chats where id = $1", office.world.garage.chat_id)


async def test_first_word_takes_the_chat_over_and_is_sent_once(office: Office) -> None:
    first = await send(office, "Добрый день!", key="k-12345678")
    again = await send(office, "Добрый день!", key="k-12345678")
    assert (first.status_code, again.json()) == (200, first.json())
    assert await status(office) == "human"
    assert await look(office, "select count(*) from deliveries where message_id = $1 and author_id is not null", first.json()["id"]) == 1


async def test_two_members_at_once_one_has_it_and_the_other_sees_who(office: Office) -> None:
    path = f"/chats/{office.world.garage.chat_id}"
    await office.post(f"{path}/takeover", {}, as_="admin")
    refused = await send(office, "И я отвечу", as_="support")
    assert (refused.status_code, refused.json()["slug"]) == (409, "chat-held")
    shown = await office.get(f"{path}/acting", as_="support", headers={"accept": "text/html", "hx-request": "true"})
    assert "Отвечает Игорь" in shown.text
    assert "Забрать себе" in shown.text
    plain = await office.post(f"{path}/takeover", {}, as_="support")
    assert plain.status_code == 409
    taken = await office.post(f"{path}/takeover", {"from_colleague": "on"}, as_="support")
    assert "Отвечаете вы" in taken.text
    assert (await send(office, "Теперь отвечаю я", as_="support")).status_code == 200


async def test_words_that_did_not_see_the_clients_last_message_wait(office: Office) -> None:
    garage = office.world.garage
    stale = await send(office, "Ответ", seen=str(garage.message_id - 1))
    assert (stale.status_code, stale.json()["slug"]) == (409, "new-messages")
    assert await look(office, "select count(*) from messages where role = 'manager' and chat_id = $1", garage.chat_id) == 0
    assert (await send(office, "Ответ", seen=str(garage.message_id))).status_code == 200


async def test_a_note_is_never_delivered(office: Office) -> None:
    garage = office.world.garage
    before = await look(office, "select last_message_at from chats where id = $1", garage.chat_id)
    noted = await send(office, "Скидку не давать", note="1")
    assert await look(office, "select role from messages where id = $1", noted.json()["id"]) == "note"
    assert await status(office) == "assistant"
    assert await look(office, "select last_message_at from chats where id = $1", garage.chat_id) == before
    with pytest.raises(Exception, match="a note is never delivered"):
        await look(
            office,
            "insert into deliveries (chat_id, bot_id, telegram_chat_id, message_id, author_id, text)"
            " values ($1, $2, 1, $3, $4, 'x') returning id",
            garage.chat_id, garage.bot_id, noted.json()["id"], garage.member_id,
        )  # fmt: skip


async def test_photos_go_as_an_album_and_a_file_as_a_document(office: Office) -> None:
    garage = office.world.garage
    files = [
        ("files", ("a.jpg", JPEG, "image/jpeg")),
        ("files", ("../b.jpg", JPEG, "image/jpeg")),
        ("files", ("смета.pdf", b"%PDF-1", "x/y")),
    ]
    sent = await send(office, "Вот фото", files=files)
    assert sent.status_code == 200
    with account_scope(garage.account_id):
        async with office.given.db.account_tx() as tx:
            rows = await tx.connection.fetch("select text, files from deliveries where message_id = $1 order by id", sent.json()["id"])
    assert [(row["text"], [file["name"] for file in row["files"]]) for row in rows] == [
        ("Вот фото", ["a.jpg", "b.jpg"]),
        ("", ["смета.pdf"]),
    ]
    assert await office.given.storage.read(rows[0]["files"][0]["key"]) == JPEG
    shown = await office.get(f"/chats/{garage.chat_id}", as_="support")
    assert shown.text.count("data-lightbox=") == 2


async def test_too_many_files_are_refused_with_a_sentence(office: Office) -> None:
    files = [("files", (f"{number}.jpg", JPEG, "image/jpeg")) for number in range(11)]
    refused = await send(office, "Вот", files=files)
    assert (refused.status_code, refused.json()["slug"]) == (422, "files-too-large")


async def test_close_gives_an_outcome_and_is_undone(office: Office) -> None:
    chat_id = office.world.garage.chat_id
    await send(office, "Сделаем за час")
    await office.post(f"/chats/{chat_id}/closure", {"outcome": "price_too_high"})
    assert await status(office) == "closed"
    outcome = "select outcome from dialogue_outcomes where chat_id = $1 order by id desc limit 1"
    assert await look(office, outcome, chat_id) == "price_too_high"
    undone = await office.post(f"/chats/{chat_id}/reopening", {})
    assert undone.status_code == 200
    assert await status(office) == "human"
    assert await look(office, outcome, chat_id) == "silent"  # the cast's own, of another stretch


async def test_hand_over_to_a_colleague_and_back_to_the_assistant(office: Office) -> None:
    chat_id = office.world.garage.chat_id
    handed = await office.post(f"/chats/{chat_id}/assignee", {"member": str(office.members["admin"].id)}, as_="support")
    assert "Отвечает Игорь" in handed.text
    back = await office.request("DELETE", f"/chats/{chat_id}/takeover", as_="admin")
    assert "Отвечает Валера" in back.text
    shown = await office.get(f"/chats/{chat_id}")
    assert shown.status_code == 200


async def test_colleagues_see_who_types_for_six_seconds(office: Office, clock: Any) -> None:
    path = f"/chats/{office.world.garage.chat_id}"
    await office.post(f"{path}/typing", as_="admin")
    seen = await office.post(f"{path}/presence", as_="support")
    assert "Игорь печатает" in seen.text
    clock.at += timedelta(seconds=7)
    later = await office.post(f"{path}/presence", as_="support")
    assert "печатает" not in later.text
    assert "Игорь" in later.text


async def test_canned_replies_are_kept_and_filled_in(office: Office) -> None:
    made = await office.post("/replies", {"title": "Ждём", "text": "{name}, ждём вас {slot}. {other}"}, as_="support")
    taken = await office.post("/replies", {"title": "ждём", "text": "x"}, as_="support")
    empty = await office.post("/replies", {"title": "", "text": ""}, as_="support")
    assert (made.status_code, taken.status_code, empty.status_code) == (204, 422, 422)
    shown = await office.get(f"/chats/{office.world.garage.chat_id}/replies", as_="support")
    assert "{name}" not in shown.text
    assert "{other}" in shown.text
    reply_id = await look(office, "select id from canned_replies where title = 'Ждём'")
    assert (await office.request("DELETE", f"/replies/{reply_id}", as_="support")).status_code == 204
    assert (await office.get(f"/replies/{reply_id}")).status_code == 404


async def draft(office: Office, kind: DraftKind, text: str = "Двенадцать тысяч.") -> int:
    garage = office.world.garage
    with account_scope(garage.account_id):
        async with office.given.db.account_tx() as tx:
            await execute(tx, "update messages set turn_id = null where chat_id = $1 and role = 'user'", garage.chat_id)
            turn_id = await value(tx, "insert into turns (chat_id, state) values ($1, 'withdrawn') returning id", garage.chat_id)
            await propose(tx, garage.chat_id, Proposed(turn_id, garage.message_id, kind, text, "Проверьте цену", None, {"model": "m"}))
            return await value(tx, "select id from drafts where state = 'open' and chat_id = $1", garage.chat_id)


async def test_an_approved_draft_is_the_assistants_word(office: Office) -> None:
    chat_id, draft_id = office.world.garage.chat_id, await draft(office, DraftKind.APPROVAL)
    shown = await office.get(f"/chats/{chat_id}")
    assert "Двенадцать тысяч." in shown.text
    await office.post(f"/chats/{chat_id}/drafts/{draft_id}/approval", {"seen": "0"})
    assert await status(office) == "assistant"
    assert (
        await look(
            office,
            "select count(*) from messages where chat_id = $1 and role = 'assistant' and content like '%Двенадцать тысяч.%'",
            chat_id,
        )
        == 1
    )
    gone = await office.post(f"/chats/{chat_id}/drafts/{draft_id}/approval", {"seen": "0"})
    assert gone.status_code == 409


async def test_a_refused_draft_becomes_the_members_word(office: Office) -> None:
    chat_id, draft_id = office.world.garage.chat_id, await draft(office, DraftKind.REFUSED)
    await office.post(f"/chats/{chat_id}/drafts/{draft_id}/approval", {"seen": "0"}, as_="support")
    assert await status(office) == "human"
    assert await look(office, "select count(*) from messages where chat_id = $1 and role = 'manager'", chat_id) == 1


async def test_an_edited_draft_is_the_members_word_and_takes_nothing_over(office: Office) -> None:
    draft_id = await draft(office, DraftKind.APPROVAL)
    sent = await send(office, "Одиннадцать тысяч.", draft=str(draft_id))
    assert sent.status_code == 200
    assert await status(office) == "assistant"
    assert await look(office, "select state from drafts where id = $1", draft_id) == "edited"


async def test_a_hint_begins_a_turn(office: Office) -> None:
    chat_id, draft_id = office.world.garage.chat_id, await draft(office, DraftKind.APPROVAL)
    shown = await office.post(f"/chats/{chat_id}/drafts/{draft_id}/hint", {"hint": "предложи пятницу"})
    assert "Валера пишет заново" in shown.text
    assert await look(office, "select trigger from turns where chat_id = $1 and state = 'waiting'", chat_id) == "hint"


OURS = (
    ("GET", "/acting"), ("POST", "/takeover"), ("DELETE", "/takeover"), ("POST", "/assignee"), ("POST", "/closure"), ("POST", "/reopening"),
    ("POST", "/unread"), ("POST", "/messages"), ("POST", "/deliveries/1"), ("POST", "/typing"), ("POST", "/presence"), ("GET", "/replies"),
    ("POST", "/drafts/1/approval"), ("POST", "/drafts/1/hint"), ("DELETE", "/drafts/1"),
)  # fmt: skip


async def test_rival_sees_nothing(office: Office) -> None:
    data = {"text": "чужое", "member": "1", "hint": "x", "seen": "0"}
    for method, path in OURS:
        told = [
            await office.request(method, f"/chats/{number}{path}", as_="rival", shop="rival", data=data if method == "POST" else None)
            for number in (office.world.garage.chat_id, 987654321)
        ]
        assert [one.status_code for one in told] == [404, 404], (method, path)
        assert told[0].content == told[1].content, (method, path)
