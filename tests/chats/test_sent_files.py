"""Photos and files of a member go out like words: in order, as albums, and once more when Telegram refused them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

from tests.cast import World
from tests.telegram.post_office import PostOffice, open_post_office
from tests.telegram.scripted_telegram import refusal
from valera.chats.chat import answer
from valera.chats.desk import send_again
from valera.kit.db import Database, account_scope
from valera.kit.storage import FolderStorage, new_key
from valera.telegram.outbox.album import SentFile, describe_file

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40


async def keep(office: PostOffice, name: str, body: bytes) -> SentFile:
    kind, media_type, name = describe_file(body, name)
    key = new_key(office.shop.account_id)

    async def whole() -> AsyncIterator[bytes]:
        yield body

    await office.storage.put(key, whole())
    return SentFile(kind, key, name, media_type, len(body), hashlib.sha256(body).digest())


async def say(office: PostOffice, text: str, *files: SentFile) -> int:
    with account_scope(office.shop.account_id):
        async with office.db.account_tx() as tx:
            return await answer(tx, office.shop.chat_id, by=office.shop.member_id, text=text, files=files)


async def test_photos_a_file_and_words_go_in_order(db: Database, world: World, tmp_path: Path) -> None:
    async with open_post_office(db, world.garage) as office:
        office.storage = FolderStorage(tmp_path)
        album = {"ok": True, "result": [{"message_id": 701}, {"message_id": 702}]}
        office.telegram.answers = [album]
        files = [await keep(office, "a.jpg", JPEG), await keep(office, "смета.pdf", b"%PDF-1.7"), await keep(office, "b.jpg", JPEG)]
        await say(office, "Вот", *files)
        await say(office, "Ждём вас")
        await say(office, "", await keep(office, "c.jpg", JPEG))

        await office.send_all()

        assert [method for method, _ in office.telegram.calls] == ["sendMediaGroup", "sendDocument", "sendMessage", "sendPhoto"]
        media = str(office.telegram.calls[0][1]["media"])
        assert media.count("attach://") == 2
        assert "Вот" in media
        assert [row["state"] for row in await office.rows()] == ["sent"] * 4
        assert (await office.rows())[0]["telegram_message_id"] == 701


async def test_a_flood_keeps_the_order_and_a_refused_file_is_sent_again(db: Database, world: World, tmp_path: Path) -> None:
    async with open_post_office(db, world.garage) as office:
        office.storage = FolderStorage(tmp_path)
        await say(office, "Фото", await keep(office, "a.jpg", JPEG))
        await say(office, "Потом слова")
        office.telegram.answers = [
            refusal(429, "Too Many Requests: retry after 1", retry_after=1),
            refusal(400, "Bad Request: IMAGE_PROCESS_FAILED"),
        ]
        await office.send_all()
        states = [row["state"] for row in await office.rows()]
        assert states == ["failed", "sent"]
        failed = (await office.rows())[0]

        with account_scope(office.shop.account_id):
            async with office.db.account_tx() as tx:
                await send_again(tx, office.shop.chat_id, failed["id"])
        await office.send_all()

        assert [row["state"] for row in await office.rows()] == ["sent", "sent"]


async def test_a_file_that_is_gone_fails_with_its_reason(db: Database, world: World, tmp_path: Path) -> None:
    async with open_post_office(db, world.garage) as office:
        office.storage = FolderStorage(tmp_path)
        lost = await keep(office, "a.jpg", JPEG)
        await say(office, "", lost)
        await office.storage.delete(lost.key)

        await office.send_all()

        row = await office.row()
        assert (row["state"], row["error"]) == ("failed", "file-not-stored")
