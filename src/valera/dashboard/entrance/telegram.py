"""Signing in with Telegram: there by a plain link, back to one of two addresses. Nothing of Telegram's runs in our pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from litestar import Response, get
from litestar.params import FromQuery

from valera.dashboard.entrance.browser import count_try, give_attempt, take_attempt
from valera.dashboard.entrance.entering import enter, led, who
from valera.dashboard.frame.csrf import refuse_foreign_origin
from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.frame.guard import PageNotFound
from valera.dashboard.frame.page import Page
from valera.dashboard.frame.sign_in import SignIn, TheSignIn
from valera.identity.permission import Permission
from valera.identity.session import Method, Person, Session, end_sessions_of, find_session
from valera.identity.telegram.person import ProofRefused, TelegramPerson
from valera.identity.ways import sign_in as ways
from valera.identity.ways.sign_in import HOME, LIVES, SignInLost
from valera.kit.db import Database

if TYPE_CHECKING:
    from valera.identity.ways.sign_in import Begun

log = structlog.get_logger(__name__)

OPENID_BACK, WIDGET_BACK = "/sign-in/telegram/back", "/sign-in/widget/back"


@get("/sign-in/telegram", permission=Permission.PUBLIC)
async def get_telegram(page: ThePage, db: TheDb, sign_in: TheSignIn, next: FromQuery[str] = HOME) -> Response[bytes]:  # noqa: A002
    return await _there(page, db, sign_in, return_to=next)


@get("/me/telegram", permission=Permission.SIGNED_IN)
async def get_my_telegram(page: ThePage, db: TheDb, sign_in: TheSignIn) -> Response[bytes]:
    """A member who came by a link adds their Telegram account, and signs in by themselves from then on. Only our own page leads here."""
    refuse_foreign_origin(page.request.headers, page.request.headers.get("host", ""))
    session = who(page)
    if session.member_id is None:
        raise PageNotFound("There is no such page.")
    return await _there(page, db, sign_in, return_to="/me", session=session)


async def _there(page: Page, db: Database, sign_in: SignIn, *, return_to: str, session: Session | None = None) -> Response[bytes]:
    """To Telegram: by OpenID Connect where the installation has it, else to the page behind the widget."""
    if not sign_in.has_telegram:
        raise PageNotFound("There is no such page.")
    await count_try(db, page)
    async with db.identity_tx() as tx:
        attempt = await ways.begin(tx, return_to=return_to, session_id=session.id if session else None, now=page.now)
    if sign_in.openid is not None:
        address = sign_in.openid.address(attempt, redirect_uri=sign_in.address + OPENID_BACK, language=page.t.locale)
    else:
        assert sign_in.widget is not None, "one of the two"
        back = f"{sign_in.address}{WIDGET_BACK}?state={attempt.state}"
        address = sign_in.widget.address(return_to=back, language=page.t.locale)
    response = page.lead(address)
    give_attempt(response, sign_in, attempt.browser)
    return response


@get(OPENID_BACK, permission=Permission.PUBLIC)
async def get_telegram_back(page: ThePage, db: TheDb, sign_in: TheSignIn, code: FromQuery[str] = "") -> Response[bytes]:
    """Without a code the person has changed their mind, or Telegram has."""
    if sign_in.openid is None:
        raise PageNotFound("There is no such page.")
    await count_try(db, page)
    async with db.identity_tx() as tx:
        attempt, begun = await ways.finish(tx, page.request.cookies.get(sign_in.attempt_cookie, ""), _state(page), now=page.now)
    if not code:
        return _refused(page, sign_in)
    try:
        person, proof = await sign_in.openid.identify(code, attempt, redirect_uri=sign_in.address + OPENID_BACK, now=page.now)
    except ProofRefused as refused:
        log.warning("sign_in_refused", reason=refused.reason)
        raise
    return await _in(page, db, sign_in, begun, Proven(person, proof, Method.TELEGRAM))


@get(WIDGET_BACK, permission=Permission.PUBLIC)
async def get_widget_back(page: ThePage, db: TheDb, sign_in: TheSignIn) -> Response[bytes]:
    """Telegram puts its answer behind the address's #, which only the browser sees: a script of ours asks once more with it."""
    if sign_in.widget is None:
        raise PageNotFound("There is no such page.")
    fields = [(name, text) for name, text in page.request.query_params.multi_items() if name != "state"]
    if not fields:
        return page.html("entrance_back.html")
    await count_try(db, page)
    async with db.identity_tx() as tx:
        _, begun = await ways.finish(tx, page.request.cookies.get(sign_in.attempt_cookie, ""), _state(page), now=page.now)
    try:
        person, proof = sign_in.widget.identify(fields, now=page.now)
    except ProofRefused as refused:
        log.warning("sign_in_refused", reason=refused.reason)
        raise
    return await _in(page, db, sign_in, begun, Proven(person, proof, Method.WIDGET))


@dataclass(frozen=True, slots=True)
class Proven:
    """Whom Telegram vouches for; the proof is good once."""

    person: TelegramPerson
    proof: bytes
    method: Method


async def _in(page: Page, db: Database, sign_in: SignIn, begun: Begun, proven: Proven) -> Response[bytes]:
    person = proven.person
    async with db.identity_tx() as tx:
        await ways.use_once(tx, proven.proof, until=page.now + 2 * LIVES)
        await ways.know(tx, person.id, first_name=person.first_name, last_name=person.last_name, username=person.username)
        if begun.session_id is not None:
            session = await find_session(tx, page.session or "", now=page.now)
            if session is None or session.id != begun.session_id or session.account_id is None or session.member_id is None:
                raise SignInLost("This sign-in did not begin in this browser, or too long ago. Begin again.")
            await ways.add_telegram(tx, session.person, person.id)
            await end_sessions_of(tx, session.account_id, session.member_id, now=page.now)
        token = await enter(tx, page, Person(person.id), proven.method)
    response = led(page, sign_in, token, begun.return_to)
    take_attempt(response, sign_in)
    return response


def _refused(page: Page, sign_in: SignIn) -> Response[bytes]:
    response = page.lead("/sign-in", page.t("entrance.not_confirmed"))
    take_attempt(response, sign_in)
    return response


TELEGRAM: list[Any] = [get_telegram, get_my_telegram, get_telegram_back, get_widget_back]


def _state(page: Page) -> str:
    """By hand: a parameter that is called so is the application's own state to the web framework."""
    return page.request.query_params.get("state", "")
