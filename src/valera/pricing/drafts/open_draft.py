"""The one draft that a shop has open: begun from what was read, corrected, undone, published."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from valera.kit.errors import Conflict, NotFound
from valera.pricing.drafts import queries
from valera.pricing.drafts.correction import Correction, CorrectionRefused, apply
from valera.pricing.drafts.preview import Preview, preview
from valera.pricing.price_list import CarClass
from valera.pricing.queries import current_price_list, insert_price_items, insert_price_list, lock_price_lists
from valera.pricing.reading.draft import Draft, P
from valera.pricing.reading.table import LONGEST_SOURCE, clean
from valera.pricing.vocabulary import fold, tidy

if TYPE_CHECKING:
    from valera.kit.db import AccountTx
    from valera.pricing.price_list import PriceList

MOST_CORRECTIONS = 500
"""Whoever has more to correct mends the file; all of them are applied anew at each step, while the draft is locked."""


class NoOpenDraft(NotFound):
    """The shop has read no list that is not published yet."""


class DraftClosed(Conflict):
    """It was published, or replaced by another, since it was looked at."""


class PriceListChanged(Conflict):
    """Another version was published since the draft was begun."""


class DraftDoubtful(Conflict):
    """Prices in it look like slips, and nobody has said that they are right."""


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """``draft``: with all corrections that are not undone, which ``corrections`` lists with their numbers."""

    id: int
    source: str
    base_version: int
    draft: Draft
    corrections: tuple[tuple[int, Correction], ...]

    def preview(self) -> Preview:
        return preview(self.draft)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open draft as its rows are, and what is made of them when somebody has the time: outside of a transaction, in a thread."""

    stored: queries.StoredDraft
    made: tuple[queries.Made, ...]

    def opened(self) -> OpenDraft:
        corrections = [(entry.no, msgspec.convert(entry.correction, type=Correction)) for entry in self.made]
        draft = functools.reduce(apply, (correction for _, correction in corrections), _content(self.stored))
        return OpenDraft(self.stored.id, self.stored.source, self.stored.base_version, draft, tuple(corrections))


async def begin(tx: AccountTx, draft: Draft, *, source: str) -> OpenDraft:
    """It takes the place of the one that was open. A class that the list only names means what it means in the version in force."""
    await lock_price_lists(tx)
    draft = _described(draft, await current_price_list(tx))
    await queries.delete_old_drafts(tx)
    await queries.update_replaced(tx)
    stored = await queries.insert_draft(tx, source=tidy(clean(source, LONGEST_SOURCE)), content=draft)
    return OpenDraft(stored.id, stored.source, stored.base_version, draft, ())


async def get_open_draft(tx: AccountTx) -> OpenDraft:
    return (await find_waiting(tx)).opened()


async def find_waiting(tx: AccountTx) -> Waiting:
    """Raises NoOpenDraft."""
    stored = await queries.find_open_draft(tx)
    if stored is None:
        raise NoOpenDraft(P.say("ru", "drafts.none"))
    return await _waiting(tx, stored)


async def correct(tx: AccountTx, draft_id: int, correction: Correction) -> OpenDraft:
    """Raises CorrectionRefused, DraftClosed."""
    before = await _locked(tx, draft_id)
    apply(before.draft, correction)
    if len(before.corrections) >= MOST_CORRECTIONS:
        raise CorrectionRefused("too_many", limit=MOST_CORRECTIONS)
    no = await queries.insert_correction(tx, draft_id, msgspec.to_builtins(correction))
    return await _with(tx, draft_id, no)


async def undo(tx: AccountTx, draft_id: int, no: int | None = None) -> OpenDraft:
    """Takes back a correction, by default the last. Raises CorrectionRefused if there is none or a later one builds upon it."""
    before = await _locked(tx, draft_id)
    numbers = [known for known, _ in before.corrections]
    chosen = no if no is not None else numbers[-1] if numbers else None
    if chosen is None or chosen not in numbers:
        raise CorrectionRefused("nothing_to_undo")
    await queries.update_undone(tx, draft_id, chosen)
    return await _with(tx, draft_id, chosen)


async def publish_draft(tx: AccountTx, draft_id: int, *, over: int | None = None, with_doubts: bool = False) -> PriceList:
    """The draft as it was corrected becomes the newest version. ``over``: the version that it may take the place of, if another one was
    published since it was begun. Of two that publish at once the second is told. Raises DraftClosed, PriceListChanged, DraftDoubtful.
    """
    ready = await _locked(tx, draft_id)
    doubtful = [row for row in ready.preview().rows if row.is_suspicious]
    if doubtful and not with_doubts:
        named = ", ".join(str(row.row_no) for row in doubtful[:10])
        raise DraftDoubtful(P.say("ru", "drafts.doubtful", count=len(doubtful), rows=named))
    await lock_price_lists(tx)
    current = await current_price_list(tx)
    newest = current.version if current else 0
    if newest != (ready.base_version if over is None else over):
        raise PriceListChanged(P.say("ru", "drafts.changed", version=newest))
    published = await insert_price_list(tx, source=ready.source, currency=ready.draft.currency, classes=ready.draft.classes)
    await insert_price_items(tx, published.id, ready.draft.rows)
    await queries.update_draft_published(tx, draft_id, published.version)
    return published


def _described(draft: Draft, current: PriceList | None) -> Draft:
    """Names without words that a program gave («1», «2») mean nothing by themselves."""
    if current is None or draft.has_unnamed_classes:
        return draft
    known = {fold(entry.name): entry.description for entry in current.classes}
    classes = tuple(CarClass(entry.name, entry.description or known.get(fold(entry.name), "")) for entry in draft.classes)
    return replace(draft, classes=classes)


async def _locked(tx: AccountTx, draft_id: int) -> OpenDraft:
    stored = await queries.lock_draft(tx, draft_id)
    if stored is None:
        raise NoOpenDraft(P.say("ru", "drafts.none"))
    if stored.published_version is not None:
        raise DraftClosed(P.say("ru", "drafts.published", version=stored.published_version))
    if stored.closed_at is not None:
        raise DraftClosed(P.say("ru", "drafts.replaced"))
    return await _corrected(tx, stored)


async def _with(tx: AccountTx, draft_id: int, no: int) -> OpenDraft:
    """The draft as it is now. Raises CorrectionRefused if its corrections no longer go one after another."""
    try:
        return await _locked(tx, draft_id)
    except CorrectionRefused:
        raise CorrectionRefused("built_upon", no=no) from None


async def _corrected(tx: AccountTx, stored: queries.StoredDraft) -> OpenDraft:
    return (await _waiting(tx, stored)).opened()


async def _waiting(tx: AccountTx, stored: queries.StoredDraft) -> Waiting:
    made = await queries.list_corrections(tx, stored.id)
    return Waiting(stored, tuple(entry for entry in made if entry.undone_at is None))


def _content(stored: queries.StoredDraft) -> Draft:
    return msgspec.json.decode(stored.content, type=Draft)
