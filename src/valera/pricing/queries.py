"""Statements about price lists and their items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from valera.kit.db import execute_many, many, maybe, one, value
from valera.pricing.price_list import CarClass, Price, PriceItem, PriceList, PriceListCount, PriceListId

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from valera.kit.db import AccountTx
    from valera.pricing.reading.draft import DraftRow


async def current_price_list(tx: AccountTx) -> PriceList | None:
    """The newest published version, or None if the shop has none: then no price is named."""
    return await maybe(
        tx,
        PriceList,
        """
        select id, version, source, currency, classes, published_at from price_lists
        where published_at is not null order by version desc limit 1
        """,
    )


async def find_price_list(tx: AccountTx, version: int) -> PriceList | None:
    return await maybe(
        tx,
        PriceList,
        """
        select id, version, source, currency, classes, published_at from price_lists where version = $1 and published_at is not null
        """,
        version,
    )


async def list_price_lists(tx: AccountTx) -> list[PriceListCount]:
    """Every published version, the newest first, with its number of works."""
    return await many(
        tx,
        PriceListCount,
        """
        select l.version, l.source, l.currency, l.published_at, count(i.id)::int as items
        from price_lists l left join price_items i on i.price_list_id = l.id
        where l.published_at is not null group by l.version, l.source, l.currency, l.published_at order by l.version desc
        """,
    )


async def list_price_items(tx: AccountTx, price_list_id: PriceListId) -> list[PriceItem]:
    return await many(
        tx, PriceItem, "select id, row_no, section, name, prices from price_items where price_list_id = $1 order by row_no", price_list_id
    )


async def list_sections(tx: AccountTx, price_list_id: int) -> list[str]:
    """In the list's own order."""
    return await value(
        tx,
        """
        select coalesce(array_agg(section order by first), '{}') from (
            select section, min(row_no) as first from price_items where price_list_id = $1 and section <> '' group by section
        ) sections
        """,
        price_list_id,
    )


async def lock_price_lists(tx: AccountTx) -> None:
    """Whoever publishes holds it until the transaction ends: the newest version stays the newest until then."""
    await value(tx, "select pg_advisory_xact_lock(hashtextextended('price_lists ' || current_setting('app.account_id'), 0))")


async def insert_price_list(tx: AccountTx, *, source: str, currency: str, classes: tuple[CarClass, ...]) -> PriceList:
    """The next version. Two that are published at once take turns: the lock is held until the transaction ends."""
    await lock_price_lists(tx)
    return await one(
        tx,
        PriceList,
        """
        insert into price_lists (version, source, currency, classes, published_at)
        select coalesce(max(version), 0) + 1, $1, $2, $3, clock_timestamp() from price_lists
        returning id, version, source, currency, classes, published_at
        """,
        source,
        currency,
        [{"name": entry.name, "description": entry.description} for entry in classes],
    )


async def insert_price_items(tx: AccountTx, price_list_id: PriceListId, rows: Iterable[DraftRow | PriceItem]) -> None:
    await execute_many(
        tx,
        "insert into price_items (price_list_id, row_no, section, name, prices) values ($1, $2, $3, $4, $5)",
        ((price_list_id, row.row_no, row.section, row.name, [_stored(price) for price in row.prices]) for row in rows),
    )


def _stored(price: Price | None) -> dict[str, Any] | None:
    if price is None:
        return None
    return {"amount": as_number(price.amount), "upto": None if price.upto is None else as_number(price.upto), "is_from": price.is_from}


def as_number(amount: Decimal) -> int | str:
    """How an amount is written in JSON: an int when whole, else a decimal string."""
    return int(amount) if amount == amount.to_integral_value() else str(amount)
