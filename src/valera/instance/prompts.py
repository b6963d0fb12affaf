"""What an operator does with a shop's prompt."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from valera.accounts.account import get_account_by_slug
from valera.accounts.prompt import (
    LONGEST,
    PromptVersion,
    difference,
    draft,
    find_published,
    get_prompt,
    list_prompts,
    publish,
    roll_back,
)
from valera.identity.membership import get_member_by_name
from valera.instance.database import open_database
from valera.kit.clock import SystemClock
from valera.kit.db import account_scope
from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from valera.kit.db import AccountTx
    from valera.settings import Settings


@asynccontextmanager
async def _shop(settings: Settings, slug: str) -> AsyncIterator[AccountTx]:
    async with open_database(settings) as db:
        async with db.identity_tx() as tx:
            account = await get_account_by_slug(tx, slug)
        with account_scope(account.id):
            async with db.account_tx() as own:
                yield own


async def list_versions(settings: Settings, *, slug: str) -> list[str]:
    async with _shop(settings, slug) as tx:
        published, versions = await find_published(tx), await list_prompts(tx)
    if not versions:
        return [f"{slug} has no prompt of its own: only the house's is in force."]
    return [_told(version, is_in_force=published is not None and published.version == version.version) for version in versions]


async def show_version(settings: Settings, *, slug: str, version: int | None) -> str:
    async with _shop(settings, slug) as tx:
        found = await find_published(tx) if version is None else await get_prompt(tx, version)
    return f"{slug} has no prompt of its own in force." if found is None or not found.text else found.text


async def show_whole(settings: Settings, *, slug: str) -> str:
    from valera.reception.briefing.prompt import preview

    async with _shop(settings, slug) as tx:
        return await preview(tx, now=SystemClock().now())


async def draft_from_file(settings: Settings, *, slug: str, file: Path, note: str, author: str | None) -> str:
    text = _read(file)
    async with _shop(settings, slug) as tx:
        member = None if author is None else (await get_member_by_name(tx, author)).id
        version = await draft(tx, text, note=note, author=member)
    return f"Version {version} of {slug} is drafted. `valera prompt diff` shows what is new, `valera prompt publish` puts it in force."


async def publish_version(settings: Settings, *, slug: str, version: int | None) -> str:
    async with _shop(settings, slug) as tx:
        published = await publish(tx, version)
    return f"Version {published.version} of {slug} is in force."


async def compare_versions(settings: Settings, *, slug: str, before: int | None, after: int | None) -> str:
    async with _shop(settings, slug) as tx:
        published, versions = await find_published(tx), await list_prompts(tx)
        first = before if before is not None else published.version if published is not None else 0
        last = after if after is not None else versions[0].version if versions else 0
        return await difference(tx, first, last) or f"Versions {first} and {last} say the same."


async def roll_back_to(settings: Settings, *, slug: str, version: int, author: str | None) -> str:
    async with _shop(settings, slug) as tx:
        member = None if author is None else (await get_member_by_name(tx, author)).id
        made = await roll_back(tx, to=version, author=member)
    said = f"says what version {version} says" if version else "is empty: only the house's prompt is in force"
    return f"Version {made} of {slug} is in force and {said}."


def _read(file: Path) -> str:
    if file.stat().st_size > 8 * LONGEST:
        raise Invalid(f"{file.name} is larger than a prompt can be: {LONGEST} characters are the most.")
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(f"{file.name} is no text in UTF-8. Save it as such.") from None


def _told(version: PromptVersion, *, is_in_force: bool) -> str:
    state = "in force" if is_in_force else "draft" if version.published_at is None else "earlier"
    parts = (f"{version.version:>4}", f"{state:8}", f"{version.created_at:%Y-%m-%d %H:%M}", f"{len(version.text)} characters")
    return "  ".join(part for part in (*parts, version.author or "", version.note) if part)
