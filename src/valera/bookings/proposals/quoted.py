"""Quoted: the price that this client was named for the work that he books; kept with the booking, for its card and for the shop."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from valera.bookings.proposals import queries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.kit.db import AccountTx

LATEST = 5
"""Searches that are looked through, the last one first."""


@dataclass(frozen=True, slots=True)
class QuotedItem:
    """A row of the list in the version that was read to the client."""

    item_id: int
    row: int
    title: str
    car_class: str | None
    amount: Decimal
    upto: Decimal | None
    is_from: bool


@dataclass(frozen=True, slots=True)
class Quoted:
    """``items`` are exactly the works of the booking."""

    list_version: int
    currency: str
    items: tuple[QuotedItem, ...]


async def keep_quoted(tx: AccountTx, booking_id: int, *, chat_id: int) -> None:
    """Beside the quote the client's latest car is kept."""
    service = await queries.select_service(tx, booking_id)
    quote = next((found for found in await queries.select_price_answers(tx, chat_id, LATEST) if _covers(found, service)), None)
    await queries.update_quoted(tx, booking_id, quote=_kept(quote, service) if quote else None)


def _kept(answer: dict[str, Any], service: str) -> dict[str, Any]:
    fields = ("item_id", "row", "title", "car_class", "amount", "upto", "is_from")
    wanted = set(_titles(service, (row["title"] for row in answer["found"])))
    rows = {row["title"].casefold(): {field: row[field] for field in fields} for row in answer["found"]}
    return {
        "list_version": answer["list_version"],
        "currency": answer["currency"],
        "items": [row for title, row in rows.items() if title in wanted],
    }


def _covers(answer: dict[str, Any], service: str) -> bool:
    """Whether every work of the booking was priced in this very answer, and each of them once."""
    titles = [row["title"].casefold() for row in answer.get("found", ())]
    wanted = _titles(service, titles)
    return bool(wanted) and all(titles.count(title) == 1 for title in wanted)


def _titles(service: str, known: Iterable[str]) -> list[str]:
    """The titles, a comma between them, that make up the whole service; a title may have commas of its own."""
    left, by_length = service.casefold(), sorted({title.casefold() for title in known}, key=len, reverse=True)
    found: list[str] = []
    while left:
        title = next((title for title in by_length if left == title or left.startswith(f"{title}, ")), None)
        if title is None:
            return []
        found.append(title)
        left = left[len(title) :].removeprefix(", ")
    return found
