"""What an admin does with the shop's team: other roles, goodbyes. Both end the member's sessions in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.analytics.event import EventType, track
from valera.identity import queries
from valera.identity.api_key import revoke_keys_of
from valera.identity.membership import MemberNotFound, TeamRole
from valera.identity.session import end_sessions_of
from valera.kit.db import enter_account
from valera.kit.errors import Conflict

if TYPE_CHECKING:
    from datetime import datetime

    from valera.identity.entry import Entry
    from valera.kit.db import AccountTx, IdentityTx


class OwnerStays(Conflict):
    """The owner keeps their role and their place."""


class NotYourself(Conflict):
    """Whoever decides about the team does not decide about themselves."""


@dataclass(frozen=True, slots=True)
class Colleague:
    id: int
    name: str
    role: TeamRole
    is_owner: bool


async def change_role(tx: IdentityTx, member_id: int, role: TeamRole, *, by: Entry, now: datetime) -> Colleague:
    """Returns who it was before. Raises MemberNotFound, OwnerStays, NotYourself."""
    colleague = await _lock(tx, member_id, by=by)
    if colleague.role is role:
        return colleague
    await end_sessions_of(tx, by.account_id, member_id, now=now)
    shop = await enter_account(tx, by.account_id)
    await queries.update_role(shop, member_id, role=role.value)
    if role is not TeamRole.ADMIN:
        await revoke_keys_of(shop, member_id, now=now)
    await track(shop, EventType.ROLE_CHANGED, {"member": member_id, "role": role.value, "by": by.member_id})
    return colleague


async def remove_member(tx: IdentityTx, member_id: int, *, by: Entry, now: datetime) -> AccountTx:
    """They stay a name in the shop's books. The rest of the transaction is the shop's. Raises MemberNotFound, OwnerStays, NotYourself."""
    await _lock(tx, member_id, by=by)
    await end_sessions_of(tx, by.account_id, member_id, now=now)
    shop = await enter_account(tx, by.account_id)
    await queries.update_removed(shop, member_id, now=now)
    await revoke_keys_of(shop, member_id, now=now)
    await track(shop, EventType.MEMBER_REMOVED, {"member": member_id, "by": by.member_id})
    return shop


async def _lock(tx: IdentityTx, member_id: int, *, by: Entry) -> Colleague:
    colleague = await queries.lock_member(tx, Colleague, by.account_id, member_id)
    if colleague is None:
        raise MemberNotFound("There is no such member.")
    if colleague.is_owner:
        raise OwnerStays("The owner of the shop keeps their role and cannot be removed.")
    if member_id == by.member_id:
        raise NotYourself("Another admin has to do this: nobody decides about themselves.")
    return colleague
