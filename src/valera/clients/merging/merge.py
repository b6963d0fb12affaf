"""Merge: what two cards of one person have becomes one card's; undo: it becomes two cards' again.

The former card stays as a row with ``merged_into``: its number leads to the card, and a person of Telegram who was met with it is met again
(`clients.meet`), so a client who writes from a second account lands in the one card. What cannot lie on top of what is there (a second open
call-back, a day's spending) stays with the former card and is shown with the card.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from valera.clients.client import ClientNotFound
from valera.clients.merging import queries
from valera.clients.merging.cars import Car, fold_cars, unfold_cars
from valera.clients.merging.moved import CardFields, Moved
from valera.kit.errors import Conflict, NotFound

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

LONGEST_NOTE = 2000


class MergeNotFound(NotFound):
    """The shop has no such merge."""


class SameCard(Conflict):
    """A card is merged with another one."""


class CardMerged(Conflict):
    """The card is part of another one already."""


class MergeUndone(Conflict):
    """It was undone before."""


@dataclass(frozen=True, slots=True)
class Card:
    """A row of clients, held."""

    id: int
    merged_into: int | None
    telegram_user_id: int | None
    name: str
    phone: str | None
    source: str | None
    note: str
    consent_at: datetime | None
    unreachable_at: datetime | None

    @property
    def fields(self) -> CardFields:
        return CardFields(self.name, self.phone, self.source, self.note, self.consent_at, self.unreachable_at)


@dataclass(frozen=True, slots=True)
class Merge:
    """``moved`` as it stands in the row."""

    id: int
    kept_id: int
    merged_id: int
    stored: dict[str, object]
    undone_at: datetime | None

    @property
    def moved(self) -> Moved:
        return msgspec.convert(self.stored, Moved)


async def merge(tx: AccountTx, kept_id: int, merged_id: int, *, by: int | None) -> int:
    """All of ``merged_id`` becomes ``kept_id``'s; where both say something, the kept card's word stays. Returns the merge.

    Raises ClientNotFound, SameCard, CardMerged. Whoever is writing to either of them is waited for: chats first, then cards, as in a turn.
    """
    if kept_id == merged_id:
        raise SameCard("Choose another card: this one is merged with itself already.")
    cards = await _hold(tx, kept_id, merged_id)
    kept, merged = cards[kept_id], cards[merged_id]
    if kept.merged_into is not None or merged.merged_into is not None:
        raise CardMerged("One of these cards is part of another card already. Open that one.")
    newest_car_id = await queries.select_newest_car(tx)
    cars = await fold_cars(tx, await queries.select_cars(tx, Car, kept_id), await queries.select_cars(tx, Car, merged_id))
    tables = {table: await queries.move(tx, table, merged_id, kept_id, [car.car_id for car in cars]) for table in queries.MOVES}
    spent = await queries.add_spending(tx, merged_id, kept_id)
    after = _completed(kept.fields, merged.fields)
    await queries.update_card(tx, kept_id, after)
    await queries.update_merged_into(tx, merged_id, kept_id)
    await queries.begin_turns_anew(tx, kept_id)
    moved = Moved(kept.fields, after, tables, cars, spent, newest_car_id)
    return await queries.insert_merge(tx, kept_id=kept_id, merged_id=merged_id, moved=moved, by=by)


async def undo(tx: AccountTx, kept_id: int, merge_id: int, *, by: int | None, now: datetime) -> Merge:
    """What moved goes back where it is still to be found, and so does what came since in the former card's chats. What was corrected since
    stays corrected. Raises MergeNotFound, MergeUndone, CardMerged if the card itself has become part of another one.
    """
    found = await queries.lock_merge(tx, Merge, merge_id)
    if found is None or found.kept_id != kept_id:
        raise MergeNotFound("There is no such merge.")
    if found.undone_at is not None:
        raise MergeUndone("This merge was undone before.")
    cards = await _hold(tx, kept_id, found.merged_id)
    if cards[kept_id].merged_into is not None:
        raise CardMerged("This card has become part of another card since. Undo that first.")
    moved, merged_id = found.moved, found.merged_id
    await queries.begin_turns_anew(tx, kept_id)
    await queries.update_merged_into(tx, merged_id, None)
    for table in reversed(tuple(queries.MOVES)):
        await queries.move_back(tx, table, merged_id, kept_id, moved.tables.get(table, []))
    await queries.follow_chats(tx, merged_id, kept_id, newest_car_id=moved.newest_car_id)
    await unfold_cars(tx, moved.cars, merged_id)
    await queries.take_spending_back(tx, kept_id, moved.spent)
    await queries.update_card(tx, kept_id, _restored(cards[kept_id].fields, moved))
    await queries.update_undone(tx, merge_id, by=by, now=now)
    return found


async def _hold(tx: AccountTx, kept_id: int, merged_id: int) -> dict[int, Card]:
    await queries.lock_chats(tx, [kept_id, merged_id])
    cards = {card.id: card for card in await queries.lock_cards(tx, Card, [kept_id, merged_id])}
    if len(cards) < 2:  # noqa: PLR2004  (a merge is of two)
        raise ClientNotFound("The shop has no such client.")
    return cards


def _completed(kept: CardFields, merged: CardFields) -> CardFields:
    """The kept card's words, and the other's where it has none. Reachable is who is reachable by either; consent is the first that was
    given.
    """
    notes = [note for note in (kept.note, merged.note) if note]
    consents = [at for at in (kept.consent_at, merged.consent_at) if at is not None]
    blocked = [at for at in (kept.unreachable_at, merged.unreachable_at) if at is not None]
    return CardFields(
        name=kept.name or merged.name,
        phone=kept.phone or merged.phone,
        source=kept.source or merged.source,
        note="\n".join(dict.fromkeys(notes))[:LONGEST_NOTE],
        consent_at=min(consents, default=None),
        unreachable_at=max(blocked) if len(blocked) == 2 else None,  # noqa: PLR2004  (both)
    )


def _restored(now: CardFields, moved: Moved) -> CardFields:
    """Each word as it was, unless somebody has changed it since."""
    names = CardFields.__struct_fields__
    back = {name: getattr(moved.before, name) for name in names if getattr(now, name) == getattr(moved.after, name)}
    return msgspec.structs.replace(now, **back)
