"""What is one's own: devices that are signed in, language, theme."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, URLEncodedBody

from valera.dashboard.entrance.browser import LANGUAGE, THEME, keep_choice, take_session
from valera.dashboard.entrance.entering import who
from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.frame.page import THEMES, Page
from valera.dashboard.frame.sign_in import SignIn, TheSignIn
from valera.dashboard.frame.words import LOCALES
from valera.identity.permission import Permission
from valera.identity.session import choose_language, revoke, revoke_others
from valera.kit.db import Database


class Choice(msgspec.Struct):
    """An empty one follows the browser."""

    language: str = ""
    theme: str = ""


@get("/me", permission=Permission.SIGNED_IN)
async def get_me(page: ThePage, db: TheDb, sign_in: TheSignIn) -> Response[bytes]:
    return await _me(page, db, sign_in, "entrance_me.html")


@post("/me", permission=Permission.SIGNED_IN)
async def post_me(page: ThePage, db: TheDb, sign_in: TheSignIn, data: URLEncodedBody[Choice]) -> Response[bytes]:
    language = data.language if data.language in LOCALES else ""
    if language:
        async with db.identity_tx() as tx:
            await choose_language(tx, who(page), language)
    response = page.lead("/me")
    keep_choice(response, sign_in, LANGUAGE, language)
    keep_choice(response, sign_in, THEME, data.theme if data.theme in THEMES else "")
    return response


@delete("/me/sessions/{session_id:int}", permission=Permission.SIGNED_IN, status_code=200)
async def delete_session(page: ThePage, db: TheDb, sign_in: TheSignIn, session_id: FromPath[int]) -> Response[bytes]:
    async with db.identity_tx() as tx:
        await revoke(tx, who(page), session_id, now=page.now)
    if session_id == who(page).id:
        response = page.lead("/sign-in")
        take_session(response, sign_in)
        return response
    return page.toast(await _me(page, db, sign_in, "_entrance_devices.html"), page.t("entrance.device_ended"))


@delete("/me/sessions", permission=Permission.SIGNED_IN, status_code=200)
async def delete_other_sessions(page: ThePage, db: TheDb, sign_in: TheSignIn) -> Response[bytes]:
    async with db.identity_tx() as tx:
        await revoke_others(tx, who(page), now=page.now)
    return page.toast(await _me(page, db, sign_in, "_entrance_devices.html"), page.t("entrance.others_ended"))


async def _me(page: Page, db: Database, sign_in: SignIn, template: str) -> Response[bytes]:
    async with db.identity_tx() as tx:
        devices, shops = await who(page).devices(tx, now=page.now), await who(page).shops(tx)
    return page.html(template, me=who(page), devices=devices, shops=shops, sign_in=sign_in)


MINE: list[Any] = [get_me, post_me, delete_session, delete_other_sessions]
