"""Files of the shop's chats: what they are, never run on our address, never another shop's."""

from __future__ import annotations

import re

from tests.dashboard.inbox.talk import Talk, new_chat
from tests.dashboard.office import Office
from valera.kit.db import account_scope


async def stored(office: Office, mime_type: str, body: bytes, name: str = "", *, number: int = 9) -> int:
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            talk = await new_chat(tx, office.world.garage, "Файл", number=920 + number)
            message_id = await talk.says("user", "", attachments=[{"kind": "document", "file_id": "f", "text": name}])
            return await talk.file(message_id, "document", mime_type, storage=office.given.storage, body=body)


async def test_a_photo_is_shown_and_can_be_saved(office: Office, talk: Talk) -> None:
    html = (await office.get(f"/chats/{talk.chat_id}")).text
    path = re.search(r'<img src="/shops/garage(/files/\d+)"', html)
    assert path is not None
    shown, saved = await office.get(path[1]), await office.get(f"{path[1]}?download=true")

    assert shown.status_code == 200
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.content.startswith(b"\xff\xd8\xff")
    assert saved.headers["content-disposition"].startswith("attachment")
    for answer in (shown, saved):
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_could_act_is_only_saved_and_a_player_gets_parts(office: Office) -> None:
    for number, mime_type in enumerate(("text/html", "image/svg+xml", "application/pdf", "application/octet-stream", "text/javascript")):
        attachment_id = await stored(office, mime_type, b"<script>alert(1)</script>", '../"x"\r\nSet-Cookie: a=b.html', number=number)
        answer = await office.get(f"/files/{attachment_id}")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert "set-cookie" not in answer.headers
        assert "/" not in answer.headers["content-disposition"].split("''")[1]
    attachment_id = await stored(office, "audio/ogg", bytes(range(100)))
    part = await office.get(f"/files/{attachment_id}", headers={"range": "bytes=10-19"})
    rest = await office.get(f"/files/{attachment_id}", headers={"range": "bytes=95-"})
    end = await office.get(f"/files/{attachment_id}", headers={"range": "bytes=-3"})
    beyond = await office.get(f"/files/{attachment_id}", headers={"range": "bytes=500-"})

    assert (part.status_code, part.content, part.headers["content-range"]) == (206, bytes(range(10, 20)), "bytes 10-19/100")
    assert (rest.content, end.content) == (bytes(range(95, 100)), bytes(range(97, 100)))
    assert beyond.status_code == 416

    foreign = await office.get(f"/files/{attachment_id}", as_="rival", shop="rival")
    unknown = await office.get("/files/987654", as_="rival", shop="rival")

    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    assert (await office.get(f"/files/{attachment_id}", as_="rival")).status_code == 404
