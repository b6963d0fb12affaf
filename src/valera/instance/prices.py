"""What an operator, or a shop's person through one, does with a shop's price list."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from valera.accounts.account import get_account, get_account_by_slug
from valera.instance.database import open_database
from valera.kit.db import account_scope
from valera.kit.errors import Invalid
from valera.pricing.drafts.correction import Correction, CorrectionRefused
from valera.pricing.drafts.difference import difference
from valera.pricing.drafts.open_draft import OpenDraft, begin, correct, get_open_draft, publish_draft, undo
from valera.pricing.drafts.preview import preview
from valera.pricing.drafts.versions import listed, listed_draft, roll_back
from valera.pricing.drafts.wording import tell_difference, tell_list, tell_preview
from valera.pricing.price_import import read_price_list
from valera.pricing.queries import current_price_list, list_price_lists
from valera.pricing.reading.describe import describe
from valera.pricing.reading.table import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from valera.kit.db import Database
    from valera.pricing.drafts.difference import Listed
    from valera.pricing.reading.draft import Draft
    from valera.settings import Settings

DRAFT = "draft"


@asynccontextmanager
async def _shop(settings: Settings, slug: str) -> AsyncIterator[tuple[Database, str]]:
    """The database, inside the shop; and the shop's language."""
    async with open_database(settings) as db:
        async with db.identity_tx() as tx:
            account = await get_account_by_slug(tx, slug)
        with account_scope(account.id):
            async with db.account_tx() as own:
                locale = (await get_account(own)).locale
            yield db, locale


async def preview_list(settings: Settings | None, *, slug: str | None, raw: bytes, source: str, sheet: str | None, as_json: bool) -> str:
    """What was understood of a list. With a shop it is kept there as the open draft; without one it is only told."""
    draft = read_price_list(raw, source=source, sheet=sheet)
    if settings is None or slug is None:
        return _told(draft, "ru", as_json=as_json)
    async with _shop(settings, slug) as (db, locale), db.account_tx() as tx:
        opened = await begin(tx, draft, source=source)
    kept = f"Kept as the open draft of {slug}. Next: valera prices correct, valera prices diff current draft, valera prices publish."
    return _told(draft, locale, as_json=as_json, draft_id=opened.id) + ("" if as_json else f"\n{kept}")


async def show_draft(settings: Settings, *, slug: str, only_doubtful: bool, as_json: bool) -> str:
    async with _shop(settings, slug) as (db, locale), db.account_tx() as tx:
        opened = await get_open_draft(tx)
    if as_json:
        return _json(opened.draft, opened)
    lines = [*tell_preview(opened.preview(), locale, only_doubtful=only_doubtful)]
    return "\n".join([*lines, *(f"#{no} {_written(correction)}" for no, correction in opened.corrections)])


async def show_version(settings: Settings, *, slug: str, version: int | None) -> str:
    async with _shop(settings, slug) as (db, locale), db.account_tx() as tx:
        current = await current_price_list(tx)
        if version is None and current is None:
            return f"{slug} has no price list: the bot names no prices."
        return "\n".join(tell_list(await listed(tx, version or (current.version if current else 0)), locale))


async def correct_draft(settings: Settings, *, slug: str, written: Sequence[dict[str, Any]]) -> str:
    """All of them or none."""
    corrections = [_correction(entry) for entry in written]
    async with _shop(settings, slug) as (db, locale), db.account_tx() as tx:
        opened = await get_open_draft(tx)
        for correction in corrections:
            opened = await correct(tx, opened.id, correction)
        return _after(opened, locale)


async def undo_correction(settings: Settings, *, slug: str, no: int | None) -> str:
    async with _shop(settings, slug) as (db, locale), db.account_tx() as tx:
        return _after(await undo(tx, (await get_open_draft(tx)).id, no), locale)


async def publish_version(settings: Settings, *, slug: str, over: int | None, with_doubts: bool) -> str:
    async with _shop(settings, slug) as (db, _):
        async with db.account_tx() as tx:
            opened = await get_open_draft(tx)
        async with db.account_tx() as tx:
            published = await publish_draft(tx, opened.id, over=over, with_doubts=with_doubts)
    return f"Version {published.version} of {slug} is in force: {len(opened.draft.rows)} works, {published.currency}."


async def list_versions(settings: Settings, *, slug: str) -> list[str]:
    async with _shop(settings, slug) as (db, _), db.account_tx() as tx:
        versions = await list_price_lists(tx)
    if not versions:
        return [f"{slug} has no price list: the bot names no prices."]
    return [
        f"{entry.version:>4}  {'in force' if place == 0 else 'earlier':8}  {entry.published_at:%Y-%m-%d %H:%M}  {entry.items} works"
        f"  {entry.currency}  {entry.source}"
        for place, entry in enumerate(versions)
    ]


async def compare(settings: Settings, *, slug: str, before: str, after: str) -> list[str]:
    """Versions by number, or «current» and «draft»."""
    async with _shop(settings, slug) as (db, locale), db.account_tx() as tx:
        old, new = await _side(tx, before), await _side(tx, after)
    return list(tell_difference(difference(old, new), old, new, locale))


async def roll_back_to(settings: Settings, *, slug: str, version: int) -> str:
    async with _shop(settings, slug) as (db, _), db.account_tx() as tx:
        restored = await roll_back(tx, to=version)
    return f"Version {restored.version} of {slug} is in force and says what version {version} says."


def read_source(file: Path) -> bytes:
    """Raises Invalid before a file that is too large is read."""
    if file.stat().st_size > MAX_BYTES:
        raise Invalid(f"{file.name} is larger than a price list can be ({MAX_BYTES // 1024 // 1024} MB). Save the list alone.")
    return file.read_bytes()


def read_paste(stream: BinaryIO) -> bytes:
    """No more than is needed to know that it is too much."""
    return stream.read(MAX_BYTES + 1)


async def _side(tx: Any, name: str) -> Listed:
    if name == DRAFT:
        return listed_draft((await get_open_draft(tx)).draft)
    if name == "current":
        current = await current_price_list(tx)
        return await listed(tx, current.version if current else 0)
    if not name.isdecimal():
        raise Invalid(f"{name!r} is no version: give its number, `current` or `draft`.")
    return await listed(tx, int(name))


def _correction(written: dict[str, Any]) -> Correction:
    try:
        return msgspec.convert(written, type=Correction)
    except msgspec.ValidationError as error:
        raise CorrectionRefused("unreadable", why=f"{error}") from None


def _told(draft: Draft, locale: str, *, as_json: bool, draft_id: int | None = None) -> str:
    return _json(draft, draft_id=draft_id) if as_json else describe(draft, locale)


def _json(draft: Draft, opened: OpenDraft | None = None, *, draft_id: int | None = None) -> str:
    content: dict[str, Any] = msgspec.to_builtins(preview(draft))
    content["draft"] = opened.id if opened else draft_id
    content["corrections"] = [{"no": no, **msgspec.to_builtins(entry)} for no, entry in opened.corrections] if opened else []
    return msgspec.json.encode(content).decode()


def _written(correction: Correction) -> str:
    return msgspec.json.encode(correction).decode()


def _after(opened: OpenDraft, locale: str) -> str:
    made = opened.corrections[-1:]
    lines = [f"#{no} {_written(correction)}" for no, correction in made]
    return "\n".join([*lines, describe(opened.draft, locale).splitlines()[0]])
