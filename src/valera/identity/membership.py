"""Membership: a person of the shop's team and what they may do there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.identity import queries
from valera.kit.errors import NotFound

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


class TeamRole(StrEnum):
    ADMIN = "admin"
    SUPPORT = "support"


class MemberNotFound(NotFound):
    """Nobody of that name is in the team."""


@dataclass(frozen=True, slots=True)
class Membership:
    id: int
    name: str
    role: TeamRole


@dataclass(frozen=True, slots=True)
class TeamMember:
    """``has_telegram``: they sign in by themselves, not only by links."""

    id: int
    name: str
    role: TeamRole
    is_owner: bool
    has_telegram: bool
    created_at: datetime


async def add_member(tx: AccountTx, *, name: str, role: TeamRole, telegram_user_id: int | None = None) -> Membership:
    """``telegram_user_id`` is of somebody who has signed in."""
    return await queries.insert_membership(tx, Membership, name=name, role=role, telegram_user_id=telegram_user_id)


async def list_members(tx: AccountTx) -> list[TeamMember]:
    """Who is in the team now, the owner first."""
    return await queries.select_team(tx, TeamMember)


async def get_member_by_name(tx: AccountTx, name: str) -> Membership:
    found = await queries.select_member_by_name(tx, Membership, name)
    if found is None:
        raise MemberNotFound(f"Nobody in the shop's team is called {name!r}.")
    return found


async def find_owner(tx: AccountTx) -> Membership | None:
    return await queries.select_owner(tx, Membership)


async def make_owner(tx: AccountTx, membership: Membership) -> None:
    """An admin who is marked on the account and cannot be removed by another admin."""
    await queries.update_owner(tx, membership.id)
