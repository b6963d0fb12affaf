"""A shop's own prompt, version by version: what it adds to the house's. Versions are only added; the one published last is in force."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.accounts import prompt_queries as queries
from valera.kit.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

LONGEST = 8000
"""Characters. Every answer pays for them."""


class PromptNotFound(NotFound):
    """The shop has no such version."""


class PromptUnchanged(Conflict):
    """It says what the newest version says."""


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """``published_at`` None: a draft, never in force so far. ``author``: a member of the team, None: the installation's operator."""

    version: int
    text: str
    note: str
    author: str | None
    created_at: datetime
    published_at: datetime | None


async def list_prompts(tx: AccountTx) -> list[PromptVersion]:
    """The newest first."""
    return await queries.select_prompts(tx, PromptVersion)


async def find_published(tx: AccountTx) -> PromptVersion | None:
    """The version in force. None: only the house's prompt is."""
    return await queries.select_published(tx, PromptVersion)


async def get_prompt(tx: AccountTx, version: int) -> PromptVersion:
    found = await queries.select_prompt(tx, PromptVersion, version)
    if found is None:
        raise PromptNotFound(f"The shop has no version {version} of its prompt.")
    return found


async def draft(tx: AccountTx, text: str, *, note: str = "", author: int | None = None) -> int:
    """The next version, not in force before it is published."""
    text = text.strip()
    if not text:
        raise Invalid("The prompt is empty. A shop that wants none of its own rolls back to version 0.", fields={"text": "empty"})
    if len(text) > LONGEST:
        raise Invalid(
            f"The prompt has {len(text)} characters; {LONGEST} are the most, for every answer pays for them.", fields={"text": "length"}
        )
    newest = await queries.select_newest(tx, PromptVersion)
    if newest is not None and newest.text == text:
        raise PromptUnchanged(f"Version {newest.version} says the same.")
    return await queries.insert_prompt(tx, text=text, note=note, author_id=author, is_published=False)


async def publish(tx: AccountTx, version: int | None = None) -> PromptVersion:
    """Puts a version in force, by default the newest; clients' next turns are answered by it."""
    newest = await queries.select_newest(tx, PromptVersion)
    if newest is None:
        raise PromptNotFound("The shop has no prompt of its own yet: `valera prompt edit-from-file` drafts one.")
    chosen = newest if version is None else await get_prompt(tx, version)
    await queries.update_published(tx, chosen.version)
    return chosen


async def roll_back(tx: AccountTx, *, to: int, author: int | None = None, note: str | None = None) -> int:
    """A new version with the text of an old one, in force at once; ``to`` 0: no prompt of its own, only the house's."""
    text = (await get_prompt(tx, to)).text if to else ""
    told = f"back to version {to}" if note is None else note
    return await queries.insert_prompt(tx, text=text, note=told, author_id=author, is_published=True)


async def publish_text(tx: AccountTx, text: str) -> None:
    """A new shop's first prompt."""
    await queries.insert_prompt(tx, text=text, note="", author_id=None, is_published=True)


async def difference(tx: AccountTx, before: int, after: int) -> str:
    """Line by line, as `diff -u` shows it; version 0 is the empty prompt."""
    texts = [(await get_prompt(tx, version)).text if version else "" for version in (before, after)]
    lines = difflib.unified_diff(texts[0].splitlines(), texts[1].splitlines(), f"version {before}", f"version {after}", lineterm="", n=2)
    return "\n".join(lines)
