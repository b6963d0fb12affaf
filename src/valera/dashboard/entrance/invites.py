"""Accepting an invite: whoever holds the link sees who asks them in, as what, and joins by a press."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody

from valera.dashboard.entrance.browser import count_try
from valera.dashboard.entrance.entering import enter, led
from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.frame.page import Page
from valera.dashboard.frame.sign_in import TheSignIn
from valera.identity.permission import Permission
from valera.identity.session import Method, Session
from valera.identity.ways.invite import InviteGone, accept, find_invitation
from valera.kit.errors import Unauthenticated


class TelegramFirst(Unauthenticated):
    """Where people sign in with Telegram, whoever joins does, too."""


class Acceptance(msgspec.Struct):
    name: str = ""


@get("/invites/{token:str}", permission=Permission.PUBLIC)
async def get_invite(page: ThePage, db: TheDb, sign_in: TheSignIn, token: FromPath[str]) -> Response[bytes]:
    await count_try(db, page)
    try:
        async with db.identity_tx() as tx:
            invitation = await find_invitation(tx, token, now=page.now)
    except InviteGone:
        return _gone(page)
    me = _with_telegram(page)
    return page.html("entrance_invite.html", invitation=invitation, token=token, me=me, must_sign_in=sign_in.has_telegram and me is None)


@post("/invites/{token:str}", permission=Permission.PUBLIC)
async def post_invite(
    page: ThePage, db: TheDb, sign_in: TheSignIn, token: FromPath[str], data: URLEncodedBody[Acceptance]
) -> Response[bytes]:
    """With Telegram's word for who it is, where the installation has it; else in the name that they give."""
    await count_try(db, page)
    me = _with_telegram(page)
    if me is None and sign_in.has_telegram:
        raise TelegramFirst("Sign in with Telegram, then open the invite again.")
    telegram_user_id, name = (me.telegram_user_id, data.name or me.name) if me is not None else (None, data.name)
    try:
        async with db.identity_tx() as tx:
            joined = await accept(tx, token, telegram_user_id=telegram_user_id, name=name, now=page.now)
    except InviteGone:
        return _gone(page)
    async with db.identity_tx() as tx:
        session = await enter(tx, page, joined.person, Method.INVITE)
    return led(page, sign_in, session, f"/shops/{joined.slug}")


def _gone(page: Page) -> Response[bytes]:
    return page.html("entrance_spent.html", status=404, what="invite")


def _with_telegram(page: Page) -> Session | None:
    """Who is signed in, if Telegram vouches for them."""
    session: Session | None = page.request.scope["state"].get("who")
    return session if session is not None and session.telegram_user_id is not None else None


INVITES: list[Any] = [get_invite, post_invite]
