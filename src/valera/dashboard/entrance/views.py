"""What the entrance's pages show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.identity.membership import TeamRole
from valera.kit.db import AccountId

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_SHOPS = 6


@dataclass(frozen=True, slots=True)
class DemoMember:
    """One of an invented shop's people, as whom one press signs in."""

    account_id: AccountId
    slug: str
    shop_name: str
    id: int
    name: str
    role: TeamRole
    is_owner: bool


@dataclass(frozen=True, slots=True)
class DemoShop:
    account_id: AccountId
    name: str
    members: tuple[DemoMember, ...]


def by_shop(members: Iterable[DemoMember]) -> list[DemoShop]:
    """In the order in which the shops were opened."""
    found: dict[AccountId, list[DemoMember]] = {}
    for member in members:
        found.setdefault(member.account_id, []).append(member)
    return [DemoShop(account_id, team[0].shop_name, tuple(team)) for account_id, team in found.items()][:MOST_SHOPS]
