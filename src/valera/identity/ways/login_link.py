"""A one-time way in for a member, made at the command line: for the first owner, and for whoever has no Telegram at hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from valera.analytics.event import EventType, track
from valera.identity.session import Person
from valera.identity.token import hash_token, new_token
from valera.identity.ways import queries
from valera.kit.db import AccountId
from valera.kit.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from valera.identity.membership import Membership
    from valera.kit.db import AccountTx, IdentityTx

LIVES = timedelta(minutes=30)


class LinkSpent(NotFound):
    """The link was used, is too old, or never was one."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom a link lets in, and where."""

    account_id: AccountId
    member_id: int
    slug: str
    shop_name: str
    name: str

    @property
    def person(self) -> Person:
        return Person(account_id=self.account_id, member_id=self.member_id)


async def make_link(tx: AccountTx, member: Membership, *, now: datetime) -> str:
    """What the address ends in. Earlier links of the member stay as long as they live: each opens once."""
    token = new_token()
    await queries.insert_link(tx, member.id, hash_token(token), expires_at=now + LIVES)
    await track(tx, EventType.LOGIN_LINK_MADE, {"member": member.id})
    return token


async def find_guest(tx: IdentityTx, token: str, *, now: datetime) -> Guest:
    """Looking uses nothing up: messengers open links to show what is behind them. Raises LinkSpent."""
    return _there(await queries.select_guest(tx, Guest, hash_token(token), now=now))


async def use_link(tx: IdentityTx, token: str, *, now: datetime) -> Guest:
    """Raises LinkSpent; of several at the same time one gets in."""
    return _there(await queries.use_link(tx, Guest, hash_token(token), now=now))


def _there(guest: Guest | None) -> Guest:
    if guest is None:
        raise LinkSpent("This link was used already or is too old. Whoever runs the installation makes a new one: valera login-link.")
    return guest
