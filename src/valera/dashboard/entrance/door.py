"""The door: which ways in there are, the demo's people, the list of one's shops, and out again."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody

from valera.dashboard.entrance import queries
from valera.dashboard.entrance.browser import LANGUAGE, count_try, keep_choice, take_session
from valera.dashboard.entrance.entering import enter, led, who
from valera.dashboard.entrance.views import DemoMember, by_shop
from valera.dashboard.frame.given import TheDb, ThePage, TheSimulator
from valera.dashboard.frame.guard import PageNotFound
from valera.dashboard.frame.page import Page
from valera.dashboard.frame.sign_in import SignIn, TheSignIn
from valera.dashboard.frame.words import LOCALES
from valera.identity.permission import Permission
from valera.identity.session import Method, Person, end_session
from valera.identity.ways.login_link import LinkSpent, find_guest, use_link
from valera.identity.ways.sign_in import HOME, local_path
from valera.kit.db import AccountId, Database


class Chosen(msgspec.Struct):
    """Whom a press on one of the demo's people means."""

    shop: int
    member: int
    next: str = HOME


class Language(msgspec.Struct):
    language: str
    next: str = HOME


@get("/sign-in", permission=Permission.PUBLIC)
async def get_sign_in(
    page: ThePage,
    db: TheDb,
    sign_in: TheSignIn,
    simulator: TheSimulator,
    next: FromQuery[str] = HOME,  # noqa: A002
) -> Response[bytes]:
    if page.session is not None:
        return page.lead(local_path(next))
    return await _door(page, db, sign_in, simulator, local_path(next))


async def _door(page: Page, db: Database, sign_in: SignIn, simulator: str | None, next_path: str) -> Response[bytes]:
    is_open = sign_in.is_open_to(page.request)
    members: list[DemoMember] = []
    if is_open:
        async with db.identity_tx() as tx:
            members = await queries.select_demo_members(tx, DemoMember)
    return page.html(
        "entrance_door.html",
        sign_in=sign_in,
        shops=by_shop(members),
        is_open=is_open,
        simulator=simulator if is_open else None,
        next=next_path,
    )


@post("/sign-in/demo", permission=Permission.PUBLIC)
async def post_demo(page: ThePage, db: TheDb, sign_in: TheSignIn, data: URLEncodedBody[Chosen]) -> Response[bytes]:
    """As whoever is chosen, while everything is invented. Anywhere else there is no such page."""
    if not sign_in.is_open_to(page.request):
        raise PageNotFound("There is no such page.")
    async with db.identity_tx() as tx:
        members = await queries.select_demo_members(tx, DemoMember)
        found = next((member for member in members if (member.account_id, member.id) == (data.shop, data.member)), None)
        if found is None:
            raise PageNotFound("There is no such page.")
        token = await enter(tx, page, Person(account_id=AccountId(data.shop), member_id=data.member), Method.DEMO)
    path = local_path(data.next)
    return led(page, sign_in, token, path if path.startswith(f"/shops/{found.slug}/") else f"/shops/{found.slug}")


@get("/sign-in/link/{token:str}", permission=Permission.PUBLIC)
async def get_link(page: ThePage, db: TheDb, token: FromPath[str]) -> Response[bytes]:
    """Whom the link is for. Only the press on the button uses it up: messengers look at links before people do."""
    await count_try(db, page)
    try:
        async with db.identity_tx() as tx:
            guest = await find_guest(tx, token, now=page.now)
    except LinkSpent:
        return _spent(page)
    return page.html("entrance_link.html", guest=guest, token=token)


@post("/sign-in/link/{token:str}", permission=Permission.PUBLIC)
async def post_link(page: ThePage, db: TheDb, sign_in: TheSignIn, token: FromPath[str]) -> Response[bytes]:
    await count_try(db, page)
    try:
        async with db.identity_tx() as tx:
            guest = await use_link(tx, token, now=page.now)
            session = await enter(tx, page, guest.person, Method.LINK)
    except LinkSpent:
        return _spent(page)
    return led(page, sign_in, session, f"/shops/{guest.slug}")


def _spent(page: Page) -> Response[bytes]:
    return page.html("entrance_spent.html", status=404, what="link")


@get("/", permission=Permission.SIGNED_IN)
async def get_home(page: ThePage, db: TheDb) -> Response[bytes]:
    """Whoever has one shop is there at once."""
    async with db.identity_tx() as tx:
        shops = await who(page).shops(tx)
    return page.lead(f"/shops/{shops[0].slug}" if len(shops) == 1 else "/shops")


@get("/shops", permission=Permission.SIGNED_IN)
async def get_shops(page: ThePage, db: TheDb) -> Response[bytes]:
    async with db.identity_tx() as tx:
        shops = await who(page).shops(tx)
    return page.html("entrance_shops.html", shops=shops, me=who(page))


@post("/sign-out", permission=Permission.SIGNED_IN)
async def post_sign_out(page: ThePage, db: TheDb, sign_in: TheSignIn) -> Response[bytes]:
    async with db.identity_tx() as tx:
        await end_session(tx, page.session or "", now=page.now)
    response = page.lead("/sign-in")
    take_session(response, sign_in)
    return response


@post("/language", permission=Permission.PUBLIC, sync_to_thread=False)
def post_language(page: ThePage, sign_in: TheSignIn, data: URLEncodedBody[Language]) -> Response[bytes]:
    """Of this browser, before anybody is signed in."""
    response = page.lead(local_path(data.next))
    keep_choice(response, sign_in, LANGUAGE, data.language if data.language in LOCALES else "")
    return response


DOOR: list[Any] = [get_sign_in, post_demo, get_link, post_link, get_home, get_shops, post_sign_out, post_language]
