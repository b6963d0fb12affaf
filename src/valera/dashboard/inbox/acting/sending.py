"""Sending: a member's words, photos, files and notes. Browsers send by script and read JSON; a plain form works as well."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from litestar import Response, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from valera.chats.chat import answer, take_over
from valera.chats.desk import note, send_again
from valera.chats.drafting import send_edited
from valera.chats.presence import show_presence
from valera.dashboard.frame.given import TheDb, ThePage, TheStorage
from valera.dashboard.inbox.acting.answering import bounded
from valera.identity.permission import Permission
from valera.kit.db import current_account_id
from valera.kit.errors import Conflict, Invalid
from valera.kit.storage import new_key
from valera.kit.web import PAGE_HEADERS
from valera.telegram.outbox.album import LARGEST_TOGETHER, MOST_FILES, SentFile, describe_file, refuse_too_much

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from litestar.datastructures import FormMultiDict

    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountTx
    from valera.kit.storage import Storage

LONGEST_TEXT = 20_000
"""Goes out in pieces of Telegram's size."""
LARGEST_FORM = LARGEST_TOGETHER + (1 << 20)


@post("/chats/{chat_id:int}/messages", permission=Permission.CHATS, request_max_body_size=LARGEST_FORM)
async def post_message(page: ThePage, db: TheDb, storage: TheStorage, chat_id: FromPath[int]) -> Response[Any]:
    """A form of ``text``, ``files``, ``key``, ``seen``; ``note``: for the team; ``draft``: in place of that draft of the assistant;
    ``take``: also if a colleague has the chat. The answer to a program: {"id"}, or {"slug", "text"}.
    """
    form = await page.request.form()
    bodies = [(file.filename, await file.read()) for file in form.getall("files", []) if isinstance(file, UploadFile) and file.filename]
    files: Sequence[SentFile] = ()
    try:
        if bodies:
            refuse_too_much([len(body) for _, body in bodies[: MOST_FILES + 1]])
            files = [await _keep(storage, name, body) for name, body in bodies]
        async with db.account_tx() as tx:
            message_id = await _send(tx, page, bounded(chat_id), form, files)
    except (Conflict, Invalid) as error:
        for file in files:
            await storage.delete(file.key)
        if not _is_program(page):
            raise
        return _json({"slug": error.slug, "text": _sentence(page, error.slug, error.detail)}, status=error.status)
    return _json({"id": message_id}) if _is_program(page) else page.go(f"/chats/{chat_id}")


@post("/chats/{chat_id:int}/deliveries/{delivery_id:int}", permission=Permission.CHATS)
async def post_delivery_again(page: ThePage, db: TheDb, chat_id: FromPath[int], delivery_id: FromPath[int]) -> Response[bytes]:
    async with db.account_tx() as tx:
        await send_again(tx, bounded(chat_id), bounded(delivery_id))
    return page.nothing()


@post("/chats/{chat_id:int}/typing", permission=Permission.CHATS)
async def post_typing(page: ThePage, db: TheDb, chat_id: FromPath[int]) -> Response[bytes]:
    async with db.account_tx() as tx:
        await show_presence(tx, bounded(chat_id), member_id=page.entry.member_id, now=page.now, is_typing=True)
    return page.nothing()


HANDLERS: list[Any] = [post_message, post_delivery_again, post_typing]


async def _send(tx: AccountTx, page: Page, chat_id: int, form: FormMultiDict, files: Sequence[SentFile]) -> int:
    me, text, key = page.entry.member_id, str(form.get("text", ""))[:LONGEST_TEXT], _key(form)
    seen = _number(form, "seen")
    if form.get("note"):
        return await note(tx, chat_id, by=me, text=text, key=key)
    draft_id = _number(form, "draft")
    if draft_id and not files:
        return await send_edited(tx, chat_id, draft_id, by=me, text=text, key=key, seen=seen)
    if form.get("take"):
        await take_over(tx, chat_id, by=me, from_colleague=True)
    return await answer(tx, chat_id, by=me, text=text, files=files, key=key, seen=seen)


async def _keep(storage: Storage, name: str, body: bytes) -> SentFile:
    kind, media_type, name = describe_file(body, name)
    key = new_key(current_account_id())

    async def whole() -> AsyncIterator[bytes]:
        yield body

    await storage.put(key, whole())
    return SentFile(kind, key, name, media_type, len(body), hashlib.sha256(body).digest())


def _key(form: FormMultiDict) -> str | None:
    """Given by the browser; one of another shape than ours is none."""
    given = str(form.get("key", ""))
    return given if 8 <= len(given) <= 64 and given.isascii() and given.isprintable() else None  # noqa: PLR2004


def _number(form: FormMultiDict, name: str) -> int | None:
    given = str(form.get(name, ""))
    return bounded(int(given)) if given.isascii() and given.isdecimal() and len(given) < 20 else None  # noqa: PLR2004


def _is_program(page: Page) -> bool:
    return "application/json" in page.request.headers.get("accept", "")


def _sentence(page: Page, slug: str, detail: str) -> str:
    return page.t(f"inbox.acting.error.{slug}") if page.t.has(f"inbox.acting.error.{slug}") else detail


def _json(body: dict[str, object], *, status: int = 200) -> Response[Any]:
    return Response(body, status_code=status, media_type="application/json", headers=PAGE_HEADERS)
