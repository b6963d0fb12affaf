"""Session: a browser that is signed in, as a person of Telegram in all their shops, or as one member who came by a link.

Only the hash of what the cookie holds is stored. A session ends 14 days after it was seen last and 60 days after it began, when its
person signs out or is taken from the team, and when their role changes: then they sign in anew, with a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.identity import session_queries as queries
from valera.identity.entry import Entry
from valera.identity.membership import TeamRole
from valera.identity.token import hash_token, new_token
from valera.kit.db import AccountId
from valera.kit.errors import NotFound

if TYPE_CHECKING:
    from valera.kit.db import IdentityTx

IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=60)
FRESH = timedelta(minutes=1)
"""How old the time at which a session was seen may be: pages are read far more often."""


class SessionNotFound(NotFound):
    """None of yours."""


class Method(StrEnum):
    """How somebody came in."""

    TELEGRAM = "telegram"
    WIDGET = "widget"
    LINK = "link"
    INVITE = "invite"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Person:
    """Who signs in: somebody whom Telegram vouches for, or one member of one shop."""

    telegram_user_id: int | None = None
    account_id: AccountId | None = None
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class ShopOfMine:
    account_id: AccountId
    slug: str
    name: str
    member_id: int
    role: TeamRole
    is_owner: bool


@dataclass(frozen=True, slots=True)
class Device:
    """One of somebody's sessions, as they tell them apart."""

    id: int
    method: Method
    device: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """``name`` is what Telegram or the team calls the person; ``language`` the one they chose, or None."""

    id: int
    telegram_user_id: int | None
    account_id: AccountId | None
    member_id: int | None
    name: str
    method: Method
    language: str | None
    created_at: datetime

    @property
    def person(self) -> Person:
        return Person(self.telegram_user_id, self.account_id, self.member_id)

    async def shops(self, tx: IdentityTx) -> list[ShopOfMine]:
        return await queries.select_shops(tx, ShopOfMine, self.telegram_user_id, self.account_id, self.member_id)

    async def devices(self, tx: IdentityTx, *, now: datetime) -> list[Device]:
        """Of the same person, this one among them, the one seen last first."""
        return await queries.select_devices(tx, Device, self.telegram_user_id, self.account_id, self.member_id, now=now)


async def begin_session(
    tx: IdentityTx,
    person: Person,
    *,
    method: Method,
    now: datetime,
    device: str = "",
    replaces: str | None = None,
) -> str:
    """What the cookie will hold: always new, so that nobody can hand a browser a session that they know. ``replaces`` ends another one."""
    token = new_token()
    await queries.insert_session(
        tx,
        hash_token(token),
        telegram_user_id=person.telegram_user_id,
        account_id=person.account_id,
        member_id=person.member_id,
        method=method.value,
        device=device,
        now=now,
        ends_at=now + IDLE,
    )
    if replaces is not None:
        await end_session(tx, replaces, now=now)
    return token


async def find_session(tx: IdentityTx, token: str, *, now: datetime) -> Session | None:
    """None: it is over, or never was."""
    return await queries.select_session(tx, Session, hash_token(token), now=now, fresh=FRESH, idle=IDLE, absolute=ABSOLUTE)


async def find_entry(tx: IdentityTx, token: str, slug: str, *, now: datetime) -> Entry | None:
    """Whoever is signed in, in that shop. None: nobody, or nobody of that shop's team; `find_session` tells which."""
    if not slug.isascii() or "\0" in slug:  # no shop's, and nothing that a text of the database could be compared with
        return None
    return await queries.select_entry(tx, Entry, hash_token(token), slug, now=now, fresh=FRESH, idle=IDLE, absolute=ABSOLUTE)


async def choose_language(tx: IdentityTx, session: Session, language: str) -> None:
    """For all of the person's sessions, and those that will follow."""
    await queries.update_language(tx, session.telegram_user_id, session.account_id, session.member_id, language=language)


async def end_session(tx: IdentityTx, token: str, *, now: datetime) -> None:
    await queries.end_by_token(tx, hash_token(token), now=now)


async def revoke(tx: IdentityTx, session: Session, session_id: int, *, now: datetime) -> None:
    """One of the person's own. Raises SessionNotFound."""
    if not await queries.end_one(tx, session.telegram_user_id, session.account_id, session.member_id, session_id=session_id, now=now):
        raise SessionNotFound("There is no such session.")


async def revoke_others(tx: IdentityTx, session: Session, *, now: datetime) -> int:
    """All of the person's but this one. How many."""
    return await queries.end_others(tx, session.telegram_user_id, session.account_id, session.member_id, but=session.id, now=now)


async def end_sessions_of(tx: IdentityTx, account_id: AccountId, member_id: int, *, now: datetime) -> int:
    """Of a member, however they came in, and the links that wait for them: they will have to sign in anew."""
    await queries.use_up_links(tx, account_id, member_id, now=now)
    return await queries.end_of_member(tx, account_id, member_id, now=now)
