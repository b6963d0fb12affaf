"""The prompt that a shop works on and has not published. There is one, and nobody's words in it are written over unseen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.accounts import prompt_queries as queries
from valera.accounts.prompt import LONGEST, PromptUnchanged, find_published
from valera.kit.errors import Conflict, Invalid

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class PromptDraft:
    """``revision`` rises with every save; ``author``: who saved it last, None: somebody who has left."""

    text: str
    revision: int
    author: str | None
    saved_at: datetime


class PromptDraftChanged(Conflict):
    """Somebody else has saved it since, or published it, or dropped it. ``now_is``: as it stands; None: there is none any more."""

    def __init__(self, now_is: PromptDraft | None) -> None:
        by = "" if now_is is None else f" by {now_is.author or 'somebody'} at {now_is.saved_at:%Y-%m-%d %H:%M} UTC"
        super().__init__(f"The draft was changed{by} since you began. Nothing of it was written over.")
        self.now_is = now_is


class PromptPublishedMeanwhile(Conflict):
    """Another version came into force than the one that was compared with."""


async def find_draft(tx: AccountTx) -> PromptDraft | None:
    return await queries.select_draft(tx, PromptDraft)


async def save_draft(tx: AccountTx, text: str, *, revision: int, author: int | None) -> PromptDraft | None:
    """``revision``: of the draft that the writer began with, 0: there was none. What is in force already is no draft: None.
    Raises PromptDraftChanged, Invalid.
    """
    text = tidy(text)
    if len(text) > LONGEST:
        raise Invalid(f"The prompt has {len(text)} characters; {LONGEST} are the most.", fields={"text": "length"})
    published = await find_published(tx)
    if text == ("" if published is None else published.text):
        await drop_draft(tx, revision=revision)
        return None
    if not await queries.upsert_draft(tx, text=text, revision=revision, author_id=author):
        raise PromptDraftChanged(await find_draft(tx))
    return await find_draft(tx)


async def drop_draft(tx: AccountTx, *, revision: int) -> None:
    """Raises PromptDraftChanged."""
    await queries.lock_draft(tx)
    if not await queries.delete_draft(tx, revision=revision) and (found := await find_draft(tx)) is not None:
        raise PromptDraftChanged(found)


async def publish_draft(tx: AccountTx, *, revision: int, over: int, note: str, author: int | None) -> int:
    """The next version, in force at once. ``over``: the one in force that it was compared with, 0: none. An empty text: only the house's.
    Raises PromptDraftChanged, PromptPublishedMeanwhile, PromptUnchanged.
    """
    await queries.lock_draft(tx)
    draft, published = await find_draft(tx), await find_published(tx)
    if draft is None or draft.revision != revision:
        raise PromptDraftChanged(draft)
    if (0 if published is None else published.version) != over:
        raise PromptPublishedMeanwhile(f"Version {published.version if published else 0} came into force since you looked.")
    if draft.text == ("" if published is None else published.text):
        raise PromptUnchanged("It says what is in force already.")
    version = await queries.insert_prompt(tx, text=draft.text, note=note.strip()[:200], author_id=author, is_published=True)
    await queries.delete_draft(tx, revision=revision)
    return version


def tidy(text: str) -> str:
    """As it is kept: lines end alike, wherever they were typed."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
