"""Invite: a link that takes one person into the team, in a role that was decided when it was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from valera.analytics.event import EventType, track
from valera.identity.membership import TeamRole, add_member
from valera.identity.session import Person
from valera.identity.token import hash_token, new_token
from valera.identity.ways import queries
from valera.kit.db import AccountId, enter_account
from valera.kit.errors import Conflict, Invalid, LimitReached, NotFound

if TYPE_CHECKING:
    from valera.kit.db import AccountTx, IdentityTx

LIVES = timedelta(hours=72)
MAX_NAME = 60
MOST_OPEN = 20


class InviteGone(NotFound):
    """The invite was used, taken back or is too old, or never was one."""


class InviteNotFound(NotFound):
    """The shop has no such open invite."""


class AlreadyMember(Conflict):
    """Whoever accepts is in the team already: the invite stays for somebody else."""


class TooManyInvites(LimitReached):
    """Open ones are taken back or run out first."""


@dataclass(frozen=True, slots=True)
class Invite:
    """One that can still be accepted."""

    id: int
    name: str
    role: TeamRole
    created_by: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """The same, as whoever holds the link sees it."""

    account_id: AccountId
    id: int
    slug: str
    shop_name: str
    name: str
    role: TeamRole


@dataclass(frozen=True, slots=True)
class Joined:
    """``person`` may begin a session with what they have just become."""

    person: Person
    slug: str


async def invite(tx: AccountTx, *, role: TeamRole, name: str, by: int, now: datetime) -> str:
    """What the address ends in; nobody can be shown it again. Raises Invalid, TooManyInvites."""
    name = " ".join(name.split())
    if len(name) > MAX_NAME:
        raise Invalid(f"A name has at most {MAX_NAME} characters.", fields={"name": "length"})
    if len(await queries.select_invites(tx, Invite, now=now)) >= MOST_OPEN:
        raise TooManyInvites(f"{MOST_OPEN} invites are open. Take one back first.")
    token = new_token()
    invite_id = await queries.insert_invite(tx, hash_token(token), role=role.value, name=name, by=by, now=now, expires_at=now + LIVES)
    await track(tx, EventType.MEMBER_INVITED, {"invite": invite_id, "role": role.value, "by": by})
    return token


async def list_invites(tx: AccountTx, *, now: datetime) -> list[Invite]:
    """Open ones, the newest first."""
    return await queries.select_invites(tx, Invite, now=now)


async def revoke_invite(tx: AccountTx, invite_id: int, *, by: int, now: datetime) -> None:
    """Raises InviteNotFound, also for one that somebody has just accepted."""
    if not await queries.revoke_invite(tx, invite_id, now=now):
        raise InviteNotFound("There is no such open invite.")
    await track(tx, EventType.INVITE_REVOKED, {"invite": invite_id, "by": by})


async def find_invitation(tx: IdentityTx, token: str, *, now: datetime) -> Invitation:
    """Looking uses nothing up. Raises InviteGone."""
    return _there(await queries.select_invitation(tx, Invitation, hash_token(token), now=now))


async def accept(tx: IdentityTx, token: str, *, telegram_user_id: int | None, name: str, now: datetime) -> Joined:
    """``telegram_user_id`` of whoever is signed in with Telegram; None: nobody vouches for them, the link alone lets them in.

    Raises InviteGone, AlreadyMember, Invalid. Of several at the same time one joins.
    """
    found = _there(await queries.use_invite(tx, Invitation, hash_token(token), now=now))
    name = " ".join((name.strip() or found.name).split())
    if not name or len(name) > MAX_NAME:
        raise Invalid(f"A name has 1 to {MAX_NAME} characters.", fields={"name": "length"})
    if telegram_user_id is not None and await queries.is_member(tx, found.account_id, telegram_user_id):
        raise AlreadyMember("You are in this shop's team already.")
    shop = await enter_account(tx, found.account_id)
    member = await add_member(shop, name=name, role=found.role, telegram_user_id=telegram_user_id)
    await track(shop, EventType.MEMBER_JOINED, {"member": member.id, "role": found.role.value, "invite": found.id})
    person = Person(account_id=found.account_id, member_id=member.id) if telegram_user_id is None else Person(telegram_user_id)
    return Joined(person, found.slug)


def _there(invitation: Invitation | None) -> Invitation:
    if invitation is None:
        raise InviteGone("This invite was used already, was taken back or is too old. Ask for a new one.")
    return invitation
