"""What a browser is given and asked for when somebody comes in: cookies, its name for a person, how often it may try."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from valera.identity.limit import Limit, limit
from valera.identity.session import ABSOLUTE
from valera.identity.ways.sign_in import LIVES

if TYPE_CHECKING:
    from litestar import Response

    from valera.dashboard.frame.page import Page
    from valera.dashboard.frame.sign_in import SignIn
    from valera.kit.db import Database

TRIES = Limit("sign_in", most=30, within=timedelta(minutes=10))
"""Of one address: a whole team may sit behind it."""
LANGUAGE, THEME = "lang", "theme"
YEAR = 365 * 24 * 3600

# The first that is found counts: Edge and Opera call themselves Chrome, Chrome calls itself Safari.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("YaBrowser", "Yandex"), ("SamsungBrowser", "Samsung"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


async def count_try(db: Database, page: Page) -> None:
    """Raises TooOften."""
    client = page.request.client
    await limit(db, TRIES, client.host if client is not None else "", now=page.now)


def device_of(page: Page) -> str:
    """Browser and system, as "Chrome, Windows": enough to know one's own again, and nothing that follows anybody."""
    words = page.request.headers.get("user-agent", "")[:400]
    found = [next((name for sign, name in signs if re.search(re.escape(sign), words)), "") for signs in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in found if name)


def give_session(response: Response[Any], sign_in: SignIn, token: str) -> None:
    _give(response, sign_in, sign_in.session_cookie, token, seconds=int(ABSOLUTE.total_seconds()))


def take_session(response: Response[Any], sign_in: SignIn) -> None:
    _give(response, sign_in, sign_in.session_cookie, "", seconds=0)


def give_attempt(response: Response[Any], sign_in: SignIn, browser: str) -> None:
    """As long as a sign-in may take. Telegram leads back with a plain link, which brings lax cookies along."""
    _give(response, sign_in, sign_in.attempt_cookie, browser, seconds=int(LIVES.total_seconds()))


def take_attempt(response: Response[Any], sign_in: SignIn) -> None:
    _give(response, sign_in, sign_in.attempt_cookie, "", seconds=0)


def keep_choice(response: Response[Any], sign_in: SignIn, name: str, chosen: str) -> None:
    """Language and theme; an empty one is forgotten."""
    _give(response, sign_in, name, chosen, seconds=YEAR if chosen else 0)


def _give(response: Response[Any], sign_in: SignIn, name: str, value: str, *, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=sign_in.is_secure, httponly=True, samesite="lax")
