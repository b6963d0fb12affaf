"""Entry: somebody who is signed in, in one shop of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.identity.membership import TeamRole
from valera.identity.permission import allows
from valera.kit.db import AccountId

if TYPE_CHECKING:
    from valera.identity.permission import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """``time_zone`` and ``currency`` are the shop's; ``language`` is the one the member reads, or None: the browser says."""

    account_id: AccountId
    slug: str
    shop_name: str
    time_zone: str
    currency: str
    member_id: int
    name: str
    role: TeamRole
    is_owner: bool
    language: str | None = None

    def may(self, permission: Permission) -> bool:
        return allows(self.role, permission)
