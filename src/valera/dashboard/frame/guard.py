"""Before any handler of the dashboard runs: who asks, from which shop, whether they may, and whether one of our pages sent it.

A shop that is not one's own is not found, like one that there is not: the answers are the same byte for byte.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import FormMultiDict

from valera.dashboard.frame import csrf
from valera.identity.permission import Permission
from valera.identity.session import find_entry, find_session
from valera.kit.db import account_scope
from valera.kit.errors import Forbidden, NotFound, Unauthenticated, ValeraError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from litestar.handlers import BaseRouteHandler
    from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

    from valera.dashboard.frame.given import Given
    from valera.identity.entry import Entry

LARGEST_NUMBER = (1 << 63) - 1
"""Of PostgreSQL's bigint, which ids are."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class PageNotFound(NotFound):
    """There is no such page, or it is another shop's."""


class NotSignedIn(Unauthenticated):
    """Somebody who has not signed in, or not for a long time. ``come_back`` is where they wanted to go."""

    def __init__(self, come_back: str) -> None:
        super().__init__("Sign in first.")
        self.come_back = come_back

    @property
    def address(self) -> str:
        return f"/sign-in?next={quote(self.come_back, safe='/?=&')}" if self.come_back else "/sign-in"


class RoleMayNot(Forbidden):
    """The member's role does not allow it."""


class RouteWithoutPermission(ValeraError):
    """A handler that does not say who may use it: the application does not start."""


def permission_of(handler: BaseRouteHandler) -> Permission:
    """Raises RouteWithoutPermission."""
    declared = handler.opt.get("permission")
    if not isinstance(declared, Permission):
        raise RouteWithoutPermission(f"{handler} declares no permission.")
    return declared


def refuse_undeclared(handlers: Iterable[BaseRouteHandler]) -> None:
    """Raises RouteWithoutPermission."""
    for handler in handlers:
        permission_of(handler)


def guard(given: Given) -> Callable[..., ASGIApp]:
    """A middleware. Below /shops/{slug} it sets the account for everything that the handler does."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                _bound_numbers(scope)
            entry = await _let_in(given, scope) if scope["type"] == "http" else None
            with account_scope(entry.account_id) if entry else nullcontext():
                await app(scope, receive, send)

        return guarded

    return wrap


def _bound_numbers(scope: HTTPScope) -> None:
    """A number in the address that no column holds is one that no row has: it is not found like any other."""
    found: dict[str, Any] = scope["path_params"]
    found.update({name: 0 for name, given in found.items() if isinstance(given, int) and not 0 <= given <= LARGEST_NUMBER})


async def _let_in(given: Given, scope: HTTPScope) -> Entry | None:
    """None outside of a shop. Raises ForeignForm, NotSignedIn, PageNotFound, RoleMayNot."""
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    permission = permission_of(scope["route_handler"])
    if scope["method"] not in csrf.SAFE:
        csrf.refuse_foreign_origin(connection.headers, connection.headers.get("host", ""))
    token, slug, now = connection.cookies.get(given.cookie), scope["path_params"].get("slug"), given.clock.now()
    async with given.db.identity_tx() as tx:
        entry = await find_entry(tx, token, slug, now=now) if token and slug is not None else None
        session = await find_session(tx, token, now=now) if token and entry is None else None
    if session is None and entry is None:
        if permission is Permission.PUBLIC:
            return None
        raise NotSignedIn(_come_back(connection))
    scope["state"] |= {"session": token, "who": session, "entry": entry}
    if slug is None:
        return None
    if entry is None:
        raise PageNotFound("There is no such page.")
    if not entry.may(permission):
        raise RoleMayNot("Your role in this shop does not allow this. Ask an admin of the shop.")
    return entry


async def refuse_unsigned_forms(request: Request[Any, Any, Any]) -> None:
    """Before a handler that changes something: the token of the page that was shown, in a header or in the form."""
    session = request.scope["state"].get("session")
    if session is None or request.method in csrf.SAFE:
        return
    given = request.headers.get(csrf.HEADER)
    if given is None and request.content_type[0] in FORMS:
        form: FormMultiDict = await request.form()
        given = str(form.get(csrf.FIELD, ""))
    csrf.refuse_wrong_token(session, given or "")


def _come_back(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The page that was asked for; a part of one is shown on the page that htmx names."""
    scope = connection.scope
    if scope.get("method") != "GET":
        return ""
    if "hx-request" in connection.headers:
        return ""
    query = scope["query_string"].decode("latin-1")
    return scope["path"] + (f"?{query}" if query else "")
