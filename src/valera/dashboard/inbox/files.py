"""Files of the shop's chats, as browsers may open them: what they are by content, and never as part of our pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from valera.dashboard.frame.given import TheDb, ThePage, TheStorage
from valera.dashboard.inbox import file_queries as queries
from valera.dashboard.inbox.thread.lines import SHOWN
from valera.identity.permission import Permission
from valera.kit.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_ID = 2**63 - 1
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=3600",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Accept-Ranges": "bytes",
}
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "audio/ogg": "ogg",
    "video/mp4": "mp4",
    "application/pdf": "pdf",
}
_RANGE = re.compile(r"bytes=([0-9]{0,12})-([0-9]{0,12})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f/\\]")


class AttachmentNotFound(NotFound):
    """The shop has no such file, or it has not come yet."""


@dataclass(frozen=True, slots=True)
class Stored:
    id: int
    storage_key: str
    mime_type: str
    kind: str
    name: str | None

    @property
    def file_name(self) -> str:
        """What its sender calls it, or what it is."""
        named = _CONTROL.sub("_", self.name or "").strip(". ")
        return named or f"{self.kind}-{self.id}.{EXTENSIONS.get(self.mime_type, 'bin')}"


@get("/files/{attachment_id:int}", permission=Permission.CHATS)
async def get_attachment(
    page: ThePage, db: TheDb, storage: TheStorage, attachment_id: FromPath[int], *, download: FromQuery[bool] = False
) -> Response[bytes]:
    """``download``: to be kept, not to be looked at. What browsers do not open safely is always that."""
    async with db.account_tx() as tx:
        found = await queries.select_stored(tx, Stored, attachment_id) if 0 < attachment_id <= LARGEST_ID else None
    if found is None:
        raise AttachmentNotFound("There is no such file.")
    body = await storage.read(found.storage_key)
    is_shown = found.mime_type in SHOWN and not download
    headers = HEADERS | {
        "Content-Disposition": f"{'inline' if is_shown else 'attachment'}; filename*=UTF-8''{quote(found.file_name, safe='')}"
    }
    return _part(body, page.request.headers, headers, found.mime_type if found.mime_type in SHOWN else "application/octet-stream")


def _part(body: bytes, asked: Mapping[str, str], headers: dict[str, str], media_type: str) -> Response[bytes]:
    """All of it, or the one range that a player asks for."""
    wanted = _RANGE.fullmatch(asked.get("range", ""))
    if wanted is None or not any(wanted.groups()):
        return Response(body, media_type=media_type, headers=headers)
    first, last = wanted.groups()
    begin = int(first) if first else max(0, len(body) - int(last))
    end = min(int(last), len(body) - 1) if first and last else len(body) - 1
    if begin > end:
        return Response(b"", status_code=416, headers=headers | {"Content-Range": f"bytes */{len(body)}"}, media_type=media_type)
    headers |= {"Content-Range": f"bytes {begin}-{end}/{len(body)}"}
    return Response(body[begin : end + 1], status_code=206, media_type=media_type, headers=headers)
