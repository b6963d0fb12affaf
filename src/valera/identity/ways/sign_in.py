"""A sign-in with Telegram, from the press on the button to the way back: bound to one browser, once.

The browser holds one random value in a short-lived cookie. What Telegram is sent (state, nonce, the PKCE challenge) is derived from it, so
nothing that a database could give away opens anything; the database holds its hash, and with it what may happen once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from valera.identity.token import hash_token, new_token
from valera.identity.ways import queries
from valera.kit.errors import Unauthenticated

if TYPE_CHECKING:
    from datetime import datetime

    from valera.identity.session import Person
    from valera.kit.db import AccountId, IdentityTx

LIVES = timedelta(minutes=10)
HOME = "/"
LONGEST_PATH = 500


class SignInLost(Unauthenticated):
    """Telegram led back a browser that had not begun here, or had done so too long ago, or has been here already."""


class AlreadyUsed(Unauthenticated):
    """What Telegram vouched for has been used to sign in before."""


class TelegramTaken(Unauthenticated):
    """This Telegram account belongs to another member of the shop already."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """``browser`` is what the cookie holds; everything else follows from it."""

    browser: str

    @property
    def state(self) -> str:
        return self._derive("state")

    @property
    def nonce(self) -> str:
        return self._derive("nonce")

    @property
    def verifier(self) -> str:
        """Of PKCE: 43 characters."""
        return self._derive("verifier")

    @property
    def challenge(self) -> str:
        return _text(hashlib.sha256(self.verifier.encode()).digest())

    def is_state(self, given: str) -> bool:
        return hmac.compare_digest(self.state.encode(), given.encode("utf-8", "surrogatepass"))

    def _derive(self, purpose: str) -> str:
        return _text(hmac.digest(self.browser.encode("utf-8", "surrogatepass"), purpose.encode(), "sha256"))


@dataclass(frozen=True, slots=True)
class Begun:
    """``session_id``: the session of a member for whom Telegram is being added; None: somebody signs in."""

    return_to: str
    session_id: int | None


async def begin(tx: IdentityTx, *, return_to: str, session_id: int | None = None, now: datetime) -> Attempt:
    attempt = Attempt(new_token())
    await queries.insert_sign_in(tx, hash_token(attempt.browser), return_to=local_path(return_to), session_id=session_id, ends=now + LIVES)
    return attempt


async def finish(tx: IdentityTx, browser: str, state: str, *, now: datetime) -> tuple[Attempt, Begun]:
    """Uses it up, whatever comes of it. Raises SignInLost."""
    attempt = Attempt(browser)
    if browser and state and attempt.is_state(state):
        begun = await queries.use_sign_in(tx, Begun, hash_token(browser), now=now)
        if begun is not None:
            return attempt, begun
    raise SignInLost("This sign-in did not begin in this browser, or too long ago. Begin again.")


async def use_once(tx: IdentityTx, proof: bytes, *, until: datetime) -> None:
    """Remembers what Telegram vouched for. Raises AlreadyUsed."""
    if not await queries.insert_used(tx, hashlib.sha256(proof).digest(), until=until):
        raise AlreadyUsed("This sign-in was used already. Begin again.")


async def know(tx: IdentityTx, telegram_user_id: int, *, first_name: str, last_name: str | None, username: str | None) -> None:
    """What Telegram says of a person who signs in."""
    await queries.upsert_person(tx, telegram_user_id, first_name=first_name, last_name=last_name, username=username)


async def add_telegram(tx: IdentityTx, member: Person, telegram_user_id: int) -> None:
    """From now on the member signs in by themselves. Raises TelegramTaken."""
    if not await queries.update_telegram(tx, _account(member), member.member_id, telegram_user_id):
        raise TelegramTaken("Another member of this shop signs in with this Telegram account.")


def local_path(path: str) -> str:
    """A place in this installation; anything else, and what could be read as another site's, is the front page."""
    parts = urlsplit(path) if len(path) <= LONGEST_PATH and path.isprintable() and "\\" not in path else None
    is_ours = parts is not None and not parts.scheme and not parts.netloc and path.startswith("/") and not path.startswith("//")
    return path if is_ours else HOME


def _account(member: Person) -> AccountId:
    assert member.account_id is not None, "a member of one shop"
    return member.account_id


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
