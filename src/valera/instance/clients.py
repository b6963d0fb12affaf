"""What an operator asks about one person of one shop."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from valera.accounts.account import get_account_by_slug
from valera.backoffice.personal.erasure import erase
from valera.backoffice.personal.erasure_queries import select_receipts
from valera.backoffice.personal.export import export
from valera.backoffice.personal.person import find_people, get_person
from valera.chats.disclosure import Policy, find_policy, set_policy
from valera.instance.database import open_database
from valera.kit.db import account_scope
from valera.services import open_storage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from valera.kit.db import Database
    from valera.settings import Settings


@asynccontextmanager
async def _shop(settings: Settings, slug: str) -> AsyncIterator[Database]:
    """The database, with everything inside belonging to this shop. Raises AccountNotFound."""
    async with open_database(settings) as db:
        async with db.identity_tx() as identity:
            account = await get_account_by_slug(identity, slug)
        with account_scope(account.id):
            yield db


async def list_clients(settings: Settings, *, slug: str, wanted: str) -> list[str]:
    async with _shop(settings, slug) as db, db.account_tx() as tx:
        found = await find_people(tx, db, wanted)
    return [person.tell() for person in found] or ["Nobody is found."]


async def describe_client(settings: Settings, *, slug: str, client_id: int) -> str:
    async with _shop(settings, slug) as db, db.account_tx() as tx:
        return (await get_person(tx, client_id)).tell()


async def export_client(settings: Settings, *, slug: str, client_id: int, target: Path) -> list[str]:
    async with _shop(settings, slug) as db:
        exported = await export(db, open_storage(settings), client_id, target)
    said = [f"{target} holds what is kept about client {client_id}: {sum(exported.counts.values())} rows, {exported.files} files."]
    said += [f"  {table}: {count}" for table, count in sorted(exported.counts.items()) if count]
    return said + ([f"{exported.missing} files are not stored any more."] if exported.missing else [])


async def erase_client(settings: Settings, *, slug: str, client_id: int, asked_by: str, reason: str) -> list[str]:
    async with _shop(settings, slug) as db:
        receipt = await erase(db, open_storage(settings), client_id, asked_by=asked_by, reason=reason)
    return receipt.tell()


async def list_receipts(settings: Settings, *, slug: str) -> list[str]:
    async with _shop(settings, slug) as db, db.account_tx() as tx:
        receipts = await select_receipts(tx)
    return [
        f"{one['id']}  {one['erased_at'][:16]}  client {one['client']}  asked by {one['asked_by']}: {one['reason']}"
        f"  ({sum(one['counts'].values())} rows)"
        for one in receipts
    ] or ["Nobody was erased."]


async def change_policy(settings: Settings, *, slug: str, policy: Policy | None) -> None:
    async with _shop(settings, slug) as db, db.account_tx() as tx:
        await set_policy(tx, policy)


async def describe_policy(settings: Settings, *, slug: str) -> str:
    async with _shop(settings, slug) as db, db.account_tx() as tx:
        policy = await find_policy(tx)
    return (
        f"{policy.url}, version {policy.version}"
        if policy
        else "The shop names no policy: clients are told only that an assistant answers."
    )
