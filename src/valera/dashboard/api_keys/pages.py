"""Keys of the shop's own programs: made here and shown once, listed, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody

from valera.dashboard.frame.given import TheDb, ThePage
from valera.identity.api_key import KeyNotFound, Scope, list_keys, make_key, revoke_key
from valera.identity.permission import Permission
from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page
    from valera.kit.db import Database

KNOWN = range(1, 1 << 63)


class KeyForm(msgspec.Struct):
    name: str = ""
    scope: Scope = Scope.READ


@get("/keys", permission=Permission.KEYS)
async def get_keys(page: ThePage, db: TheDb) -> Response[bytes]:
    return await _keys(page, db)


@post("/keys", permission=Permission.KEYS)
async def post_key(page: ThePage, db: TheDb, data: URLEncodedBody[KeyForm]) -> Response[bytes]:
    """The only answer that ever holds the key. Raises TooManyKeys."""
    try:
        async with db.account_tx() as tx:
            key = await make_key(tx, name=data.name.replace("\x00", ""), scope=data.scope, by=page.entry.member_id)
    except Invalid:
        return await _keys(page, db, status=422, written=data, wrong=page.t("api_keys.wrong_name"))
    return await _keys(page, db, made=key)


@post("/keys/{key_id:int}/revocation", permission=Permission.KEYS)
async def post_revocation(page: ThePage, db: TheDb, key_id: FromPath[int]) -> Response[bytes]:
    """Raises KeyNotFound."""
    if key_id not in KNOWN:
        raise KeyNotFound("There is no such key.")
    async with db.account_tx() as tx:
        await revoke_key(tx, key_id, now=page.now)
    if "hx-request" not in page.request.headers:
        return page.go("/keys", page.t("api_keys.revoked"))
    return page.toast(await _keys(page, db), page.t("api_keys.revoked"))


HANDLERS: list[Any] = [get_keys, post_key, post_revocation]


async def _keys(
    page: Page, db: Database, *, status: int = 200, made: str = "", written: KeyForm | None = None, wrong: str = ""
) -> Response[bytes]:
    async with db.account_tx() as tx:
        keys = await list_keys(tx)
    template = "_api_keys.html" if "hx-request" in page.request.headers and page.is_fragment else "api_keys.html"
    return page.html(template, status=status, keys=keys, made=made, written=written or KeyForm(), wrong=wrong, scopes=tuple(Scope))
