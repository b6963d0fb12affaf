"""Files that clients sent are fetched once, whole, whatever happens on the way, and a message shows how its file stands."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterable, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.telegram.post_office import PostOffice
from tests.telegram.scripted_telegram import CUT, Stranger, refusal
from valera.kit.db import AccountTx, account_scope
from valera.kit.portions import EVERYTHING
from valera.kit.storage import FolderStorage, StorageUnavailable
from valera.telegram.files.attachment import MAX_ATTEMPTS, MAX_BYTES, Fetcher, want_files
from valera.telegram.update import File

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 1000


@dataclass(slots=True)
class Darkroom:
    """The garage's files: what is wanted, fetched and told."""

    office: PostOffice
    storage: FolderStorage
    lost: list[str] = field(default_factory=list[str])

    async def want(self, *file_ids: str, unique: str = "") -> int:
        """A new message with these files; Telegram has each under its own name."""
        shop = self.office.shop
        shown = [{"kind": "photo", "file_id": file_id, "state": "waiting"} for file_id in file_ids]
        message_id = await self.office.owner.fetchval(
            "insert into messages (account_id, chat_id, role, bot_id, update_id, attachments)"
            " select $1, $2, 'user', $3, coalesce(max(update_id), 0) + 1, $4 from messages returning id",
            shop.account_id,
            shop.chat_id,
            shop.bot_id,
            shown,
        )
        assert isinstance(message_id, int)
        with account_scope(shop.account_id):
            async with self.office.db.account_tx() as tx:
                await want_files(tx, message_id, [("photo", File(file_id, unique or f"u-{file_id}")) for file_id in file_ids])
        return message_id

    def serve(self, path: str, content: bytes | Stranger) -> None:
        """What getFile answers next, and what lies there."""
        self.office.telegram.answers.append({"ok": True, "result": {"file_id": "f", "file_path": path}})
        self.office.telegram.files[path] = content

    def refuse(self, answer: dict[str, Any] | Stranger | str) -> None:
        self.office.telegram.answers.append(answer)

    @property
    def fetcher(self) -> Fetcher:
        return Fetcher(self.office.db, self.office.bot_api, self.office.vault, self.storage, self.tell)

    async def tell(self, _tx: AccountTx, _chat_id: int, reason: str) -> None:
        self.lost.append(reason)

    async def fetch(self) -> int:
        """Whatever waits, now; how many were claimed."""
        await self.office.owner.execute("update attachments set due_at = now() where state = 'waiting'")
        claims = await self.fetcher.claim(worker=1, limit=10, portions=EVERYTHING)
        for claim in claims:
            await self.fetcher.fetch(claim)
        return len(claims)

    async def row(self, message_id: int) -> asyncpg.Record:
        row = await self.office.owner.fetchrow(
            "select *, extract(epoch from due_at - now()) as wait from attachments where message_id = $1 order by id limit 1", message_id
        )
        assert row is not None
        return row

    async def shown(self, message_id: int) -> list[str]:
        found = await self.office.owner.fetchval("select attachments from messages where id = $1", message_id)
        assert found is not None
        return [entry["state"] for entry in found]


@pytest.fixture
def darkroom(office: PostOffice, tmp_path: Path) -> Darkroom:
    return Darkroom(office, FolderStorage(tmp_path / "files"))


async def test_file_is_stored_with_what_it_is(darkroom: Darkroom) -> None:
    message_id = await darkroom.want("f1")
    darkroom.serve("photos/file_1.exe", JPEG)

    assert await darkroom.fetch() == 1

    row = await darkroom.row(message_id)
    assert (row["state"], row["mime_type"], row["size"], row["sha256"]) == (
        "stored", "image/jpeg", len(JPEG), hashlib.sha256(JPEG).digest(),
    )  # fmt: skip
    assert await darkroom.storage.read(row["storage_key"]) == JPEG
    assert row["storage_key"].startswith(f"{darkroom.office.shop.account_id}/")
    assert await darkroom.shown(message_id) == ["stored"]
    assert await darkroom.fetch() == 0


async def test_each_file_of_a_message_has_its_own_state(darkroom: Darkroom) -> None:
    message_id = await darkroom.want("f1", "f2")
    darkroom.serve("a", JPEG)
    darkroom.refuse(refusal(400, "Bad Request: file is too big"))

    await darkroom.fetch()

    assert await darkroom.shown(message_id) == ["stored", "refused"]
    assert darkroom.lost == ["file-too-large"]


async def test_file_that_the_shop_has_is_not_fetched_again(darkroom: Darkroom) -> None:
    first = await darkroom.want("f1", unique="same")
    darkroom.serve("a", JPEG)
    await darkroom.fetch()

    second = await darkroom.want("f2", unique="same")
    await darkroom.fetch()

    assert darkroom.office.telegram.fetched == ["a"]
    keys = {(await darkroom.row(message_id))["storage_key"] for message_id in (first, second)}
    assert len(keys) == 1
    assert await darkroom.shown(second) == ["stored"]


async def test_rivals_file_is_not_ours(darkroom: Darkroom) -> None:
    await darkroom.office.owner.execute(
        "update attachments set file_unique_id = 'same' where account_id <> $1", darkroom.office.shop.account_id
    )
    message_id = await darkroom.want("f1", unique="same")
    darkroom.serve("a", JPEG)

    await darkroom.fetch()

    assert darkroom.office.telegram.fetched == ["a"]
    assert (await darkroom.row(message_id))["size"] == len(JPEG)


WAITS: dict[str, tuple[dict[str, Any] | Stranger | str, tuple[float, float], int]] = {
    "flood": (refusal(429, "Too Many Requests: retry after 37", retry_after=37), (35, 38), 0),
    "unauthorized": (refusal(401, "Unauthorized"), (500, 601), 0),
    "wrong file_id": (refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable"), (-5, 2), 1),
    "not found": (refusal(404, "Not Found"), (-5, 2), 1),
    "down": (refusal(500, "Internal Server Error"), (-5, 2), 1),
    "gateway": (Stranger(502), (-5, 2), 1),
    "dropped": ("drop", (-5, 2), 1),
}


async def test_what_telegram_does_not_give_now_is_asked_for_later(darkroom: Darkroom) -> None:
    for case, (answer, (least, most), attempts) in WAITS.items():
        message_id = await darkroom.want(case)
        darkroom.refuse(answer)

        await darkroom.fetch()

        row = await darkroom.row(message_id)
        assert (row["state"], row["attempts"], row["leased_until"]) == ("waiting", attempts, None), case
        assert least < row["wait"] < most, case
        await darkroom.office.owner.execute("update bots set state = 'active'")
        darkroom.serve("a", JPEG)
        await darkroom.fetch()
        assert await darkroom.shown(message_id) == ["stored"], case


async def test_bot_that_was_removed_fetches_nothing(darkroom: Darkroom) -> None:
    message_id = await darkroom.want("f1")
    await darkroom.office.owner.execute("update bots set state = 'removed', token = '' where id = $1", darkroom.office.shop.bot_id)

    await darkroom.fetch()

    assert await darkroom.shown(message_id) == ["failed"]
    assert darkroom.lost == ["bot-removed"]
    assert darkroom.office.telegram.calls == []


async def test_download_that_fails_is_begun_again_and_leaves_nothing(darkroom: Darkroom) -> None:
    for number, content in enumerate([JPEG + CUT, Stranger(404), Stranger(500)]):
        message_id = await darkroom.want(f"f{number}")
        darkroom.serve("a", content)

        await darkroom.fetch()
        stored = len(darkroom.storage.sizes())
        darkroom.serve("b", JPEG)
        await darkroom.fetch()

        assert stored == number
        assert list((darkroom.storage.root / ".incoming").glob("*")) == []
        assert await darkroom.shown(message_id) == ["stored"]


async def test_more_than_telegram_promises_is_not_taken(darkroom: Darkroom) -> None:
    message_id = await darkroom.want("f1")
    darkroom.serve("a", bytes(MAX_BYTES + 1))

    await darkroom.fetch()

    assert await darkroom.shown(message_id) == ["refused"]
    assert darkroom.storage.sizes() == {}


@pytest.mark.parametrize(("answer", "tries"), [(refusal(400, "Bad Request: wrong file_id"), 5), (refusal(500, "x"), MAX_ATTEMPTS)])
async def test_what_never_comes_is_given_up_and_told(darkroom: Darkroom, answer: dict[str, Any], tries: int) -> None:
    message_id = await darkroom.want("f1")
    await darkroom.office.owner.execute("update attachments set attempts = $1 where state = 'waiting'", tries - 2)
    for _ in range(4):
        darkroom.refuse(answer)
        await darkroom.fetch()

    row = await darkroom.row(message_id)
    assert (row["state"], row["attempts"]) == ("failed", tries)
    assert len(darkroom.lost) == 1
    assert await darkroom.shown(message_id) == ["failed"]


@dataclass(frozen=True, slots=True)
class ErasedMeanwhile(FolderStorage):
    """While a file comes in, its row goes."""

    erase: Callable[[], Awaitable[None]]

    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> int:
        size = await FolderStorage.put(self, key, chunks)
        await self.erase()
        return size


class FullDisk(FolderStorage):
    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> int:
        raise StorageUnavailable("A file could not be stored (OSError, error 28).")


async def test_full_disk_uses_up_no_attempt(darkroom: Darkroom) -> None:
    message_id = await darkroom.want("f1")
    darkroom.serve("a", JPEG)
    darkroom.storage = FullDisk(darkroom.storage.root)

    await darkroom.fetch()

    row = await darkroom.row(message_id)
    assert (row["state"], row["attempts"], row["error"]) == ("waiting", 0, "storage-unavailable")


async def test_dead_workers_file_is_fetched_by_the_next_to_the_same_place(darkroom: Darkroom) -> None:
    message_id = await darkroom.want("f1")
    [dead] = await darkroom.fetcher.claim(worker=1, limit=10, portions=EVERYTHING)
    assert await darkroom.fetch() == 0  # leased
    await darkroom.office.owner.execute("update attachments set leased_until = now() - interval '1 second' where state = 'waiting'")
    darkroom.serve("a", JPEG)
    await darkroom.fetch()

    darkroom.serve("b", b"too late")
    await darkroom.fetcher.fetch(dead)

    row = await darkroom.row(message_id)
    assert await darkroom.storage.read(row["storage_key"]) == JPEG
    assert darkroom.office.telegram.fetched == ["a"]


async def test_file_of_somebody_who_was_erased_meanwhile_leaves_nothing(darkroom: Darkroom) -> None:
    message_id = await darkroom.want("f1")
    [claim] = await darkroom.fetcher.claim(worker=1, limit=10, portions=EVERYTHING)

    async def erase() -> None:
        await darkroom.office.owner.execute("delete from attachments where message_id = $1", message_id)

    darkroom.serve("a", JPEG)
    darkroom.storage = ErasedMeanwhile(darkroom.storage.root, erase)
    await darkroom.fetcher.fetch(claim)

    assert darkroom.office.telegram.fetched == ["a"]
    assert darkroom.storage.sizes() == {}
