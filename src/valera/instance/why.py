"""Where the sums of a message came from, in one shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.accounts.account import get_account, get_account_by_slug
from valera.instance.database import open_database
from valera.kit.db import account_scope
from valera.reception.sources.why import explain, explain_chat

if TYPE_CHECKING:
    from valera.settings import Settings


async def explain_sums(settings: Settings, *, slug: str, number: int, is_chat: bool) -> list[str]:
    """Raises NotFound: another shop's message is none of this one's."""
    async with open_database(settings) as db:
        async with db.identity_tx() as tx:
            found = await get_account_by_slug(tx, slug)
        with account_scope(found.id):
            async with db.account_tx() as own:
                account = await get_account(own)
                tell = explain_chat if is_chat else explain
                return await tell(own, number, zone=account.zone, locale=account.locale)
