"""Who asks: a program with a key of one shop. What it may see and do is that shop's alone; another shop's ids are not found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from litestar import Request
from litestar.datastructures import Headers
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from valera.identity.api_key import FoundKey, Scope, find_key
from valera.identity.limit import Limit, limit
from valera.kit.db import account_scope
from valera.kit.errors import Forbidden, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar.types import ASGIApp, Receive, Send
    from litestar.types import Scope as ASGIScope

    from valera.kit.clock import Clock
    from valera.kit.db import Database

RATE = Limit("api", most=600, within=timedelta(minutes=1))
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class KeyUnknown(Unauthenticated):
    """No key, or one that does not work (any more)."""


class KeyMayNotWrite(Forbidden):
    """The key was made for reading."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The program. ``member_id`` made its key: what it writes is that member's."""

    key_id: int
    member_id: int


TheCaller = NamedDependency[SkipValidation[Caller]]


def guard(db: Database, clock: Clock) -> Callable[..., ASGIApp]:
    """A middleware: nothing of a handler runs for whom it does not let in."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def guarded(scope: ASGIScope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["method"] == "OPTIONS":
                await app(scope, receive, send)
                return
            found = await _find(db, clock, Headers.from_scope(scope).get("authorization", ""))
            await limit(db, RATE, str(found.key_id), now=clock.now())
            if found.scope is not Scope.WRITE and scope["method"] not in SAFE:
                raise KeyMayNotWrite("This key may only read. Make one that may write.")
            cast("dict[str, Any]", scope["state"])["caller"] = Caller(found.key_id, found.member_id)
            with account_scope(found.account_id):
                await app(scope, receive, send)

        return guarded

    return wrap


async def _find(db: Database, clock: Clock, authorization: str) -> FoundKey:
    """Raises KeyUnknown."""
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() == "bearer" and key.isascii():
        async with db.identity_tx() as tx:
            found = await find_key(tx, key.strip(), now=clock.now())
        if found is not None:
            return found
    raise KeyUnknown("Send a key of the shop: `Authorization: Bearer vk_…`.")


def provide_caller(request: Request[Any, Any, Any]) -> Caller:
    return request.scope["state"]["caller"]
