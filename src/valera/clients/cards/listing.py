"""The list of a shop's clients, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.clients.cards import queries
from valera.clients.cards.wanted import ANYBODY, Wanted
from valera.kit.cursor import read_cursor, write_cursor

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

MICROSECOND = 1_000_000


class Order(StrEnum):
    """By the last visit, or by when the shop met them; the latest first."""

    VISIT = "visit"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Line:
    """One client. ``cars``: of each the make, model, year and plate, the one spoken of last first; ``placed_at``: by which the list is
    ordered.
    """

    id: int
    name: str
    phone: str | None
    source: str | None
    note: str
    consent_at: datetime | None
    unreachable_at: datetime | None
    created_at: datetime
    is_in_telegram: bool
    cars: list[dict[str, str | int | None]]
    visits: int
    last_visit_at: datetime | None
    next_visit_at: datetime | None
    last_message_at: datetime | None
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Lines:
    """``after``: the place to go on from; None: that is all."""

    lines: list[Line]
    after: str | None


async def list_clients(
    tx: AccountTx, *, wanted: Wanted = ANYBODY, order: Order = Order.VISIT, after: str = "", limit: int, now: datetime, except_for: int = 0
) -> Lines:
    """Raises CursorInvalid. ``wanted`` was read before the transaction, since dictionaries take a second at first; ``except_for``: a client
    who is left out.
    """
    placed, last_id = read_cursor(after, 2) if after else (None, 0)
    lines = await queries.select_lines(
        tx,
        Line,
        wanted=wanted,
        order=order,
        placed_at=None if placed is None else _moment(placed),
        after_id=last_id,
        limit=limit + 1,
        now=now,
        except_for=except_for,
    )
    shown = lines[:limit]
    is_more = len(lines) > limit
    return Lines(shown, write_cursor(_microseconds(shown[-1].placed_at), shown[-1].id) if is_more else None)


async def count_clients(tx: AccountTx) -> int:
    return await queries.count_cards(tx)


def _microseconds(moment: datetime) -> int:
    whole = moment.astimezone(UTC).replace(tzinfo=None) - datetime(1970, 1, 1)  # noqa: DTZ001  (a difference of two such)
    return (whole.days * 86400 + whole.seconds) * MICROSECOND + whole.microseconds


def _moment(microseconds: int) -> datetime:
    """Exactly; of a number that no list has given, some moment."""
    seconds, rest = divmod(max(0, min(microseconds, 1 << 57)), MICROSECOND)
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
    except (OverflowError, ValueError):
        return datetime.max.replace(tzinfo=UTC)
