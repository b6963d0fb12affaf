"""Who signs in, in these tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.identity.entry import Entry
from valera.identity.membership import TeamRole, add_member
from valera.identity.session import Method, Person, begin_session, find_entry
from valera.identity.ways.sign_in import know
from valera.kit.db import account_scope

if TYPE_CHECKING:
    from datetime import datetime

    from tests.cast import Shop, World
    from valera.kit.db import Database

TELEGRAM_ID = 70_000_123


@dataclass(frozen=True, slots=True)
class House:
    """``now`` is a moment of the test's own."""

    db: Database
    world: World
    now: datetime

    async def join(self, shop: Shop, *, role: TeamRole = TeamRole.SUPPORT, name: str = "Игорь", telegram: int | None = None) -> int:
        if telegram is not None:
            async with self.db.identity_tx() as tx:
                await know(tx, telegram, first_name=name, last_name=None, username=None)
        with account_scope(shop.account_id):
            async with self.db.account_tx() as tx:
                return (await add_member(tx, name=name, role=role, telegram_user_id=telegram)).id

    async def begin(self, person: Person, *, now: datetime | None = None, method: Method = Method.LINK, replaces: str | None = None) -> str:
        async with self.db.identity_tx() as tx:
            return await begin_session(tx, person, method=method, now=now or self.now, device="Chrome, Windows", replaces=replaces)

    async def entry(self, token: str, slug: str = "garage", *, now: datetime | None = None) -> Entry | None:
        async with self.db.identity_tx() as tx:
            return await find_entry(tx, token, slug, now=now or self.now)

    async def owner(self) -> Entry:
        """Of garage, as the guard hands it to a page."""
        token = await self.begin(Person(account_id=self.world.garage.account_id, member_id=self.world.garage.member_id))
        entry = await self.entry(token)
        assert entry is not None
        return entry
