"""Ways into the dashboard that an operator gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.accounts.account import get_account_by_slug
from valera.home import find_instance
from valera.identity.membership import TeamRole, add_member, find_owner, get_member_by_name, make_owner
from valera.identity.ways.login_link import LIVES, make_link
from valera.instance.database import open_database
from valera.kit.clock import SystemClock
from valera.kit.db import account_scope
from valera.kit.ports import local_url

if TYPE_CHECKING:
    from valera.identity.membership import Membership
    from valera.kit.db import AccountTx
    from valera.settings import Settings

OWNER = "Owner"
"""What the first owner of a shop is called until they say otherwise."""


async def make_login_link(settings: Settings, *, slug: str, name: str | None) -> str:
    """Raises AccountNotFound, MemberNotFound."""
    async with open_database(settings) as db:
        async with db.identity_tx() as tx:
            account = await get_account_by_slug(tx, slug)
        with account_scope(account.id):
            async with db.account_tx() as tx:
                member = await get_member_by_name(tx, name) if name else await _owner(tx)
                token = await make_link(tx, member, now=SystemClock().now())
    address = f"{_base(settings)}/sign-in/link/{token}"
    return f"{address}\nSigns {member.name} in at {account.name}, once, within {int(LIVES.total_seconds() // 60)} minutes."


async def _owner(tx: AccountTx) -> Membership:
    """A shop that was opened at the command line has nobody yet: whoever may make this link may make its owner."""
    owner = await find_owner(tx)
    if owner is None:
        owner = await add_member(tx, name=OWNER, role=TeamRole.ADMIN)
        await make_owner(tx, owner)
    return owner


def _base(settings: Settings) -> str:
    if settings.public_url:
        return settings.public_url.rstrip("/")
    running = find_instance(settings.home.absolute())
    return running.web_url if running is not None else local_url(settings.host, settings.web_port)
