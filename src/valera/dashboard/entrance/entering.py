"""The moment in which somebody is in: a new session for this browser, and the way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from valera.dashboard.entrance.browser import device_of, give_session
from valera.identity.session import Method, Person, Session, begin_session

if TYPE_CHECKING:
    from litestar import Response

    from valera.dashboard.frame.page import Page
    from valera.dashboard.frame.sign_in import SignIn
    from valera.kit.db import IdentityTx

log = structlog.get_logger(__name__)


async def enter(tx: IdentityTx, page: Page, person: Person, method: Method) -> str:
    """The session that this browser had is over: whoever was in it is not the one who comes in."""
    token = await begin_session(tx, person, method=method, now=page.now, device=device_of(page), replaces=page.session)
    log.info("signed_in", method=method.value)
    return token


def led(page: Page, sign_in: SignIn, token: str, address: str) -> Response[bytes]:
    response = page.lead(address)
    give_session(response, sign_in, token)
    return response


def who(page: Page) -> Session:
    """Of a page for whoever is signed in, outside of shops."""
    found: Session = page.request.scope["state"]["who"]
    return found
