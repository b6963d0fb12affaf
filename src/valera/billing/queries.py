"""Statements about what models cost and may cost."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from valera.kit.db import execute, many, one, value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from valera.assistant.models.cost import ModelUse
    from valera.kit.db import AccountTx

Row = TypeVar("Row")
Limits3: TypeAlias = "tuple[Decimal | None, Decimal | None, Decimal | None]"


async def reserve_turn(
    tx: AccountTx, row: type[Row], *, turn_id: int, fence: int, client_id: int, today: date, wanted: Decimal, limits: Limits3
) -> Row:
    """``limits``: for the client in a day, the shop in a day, the shop in a month. See the function in 0009_prompts.sql."""
    return await one(
        tx,
        row,
        "select refused, coalesce(spent, 0) as spent, is_news, begun from reserve_turn($1, $2, $3, $4, $5, $6, $7, $8)",
        turn_id,
        fence,
        client_id,
        today,
        wanted,
        *limits,
    )


async def settle_turn(
    tx: AccountTx, row: type[Row], *, turn_id: int, client_id: int, used: Sequence[ModelUse], limits: Limits3
) -> list[Row]:
    """The budgets of which 80 % are used since."""
    return await many(
        tx,
        row,
        "select scope, spent from settle_turn($1, $2, $3, $4, $5, $6, $7)",
        turn_id,
        client_id,
        sum(use.cost for use in used),
        [_written(use) for use in used],
        *limits,
    )


async def charge_shop(
    tx: AccountTx, row: type[Row], *, today: date, used: Sequence[ModelUse], limits: tuple[Decimal | None, Decimal | None]
) -> list[Row]:
    """``limits``: for the shop in a day and in a month. Returned: the budgets of which 80 % are used since."""
    return await many(
        tx,
        row,
        "select scope, spent from charge_shop($1, $2, $3, $4, $5)",
        today,
        sum(use.cost for use in used),
        [_written(use) for use in used],
        *limits,
    )


def _written(use: ModelUse) -> dict[str, Any]:
    return asdict(use) | {"cost": str(use.cost), "charged": str(use.charged)}


async def resolve_budget_notices(tx: AccountTx, periods: Sequence[str]) -> None:
    await execute(
        tx,
        "update notices set resolved_at = now()"
        " where kind in ('budget_near', 'budget_spent') and resolved_at is null and details ->> 'period' = any($1::text[])",
        list(periods),
    )


async def select_own_limits(tx: AccountTx) -> dict[str, str] | None:
    return await value(tx, "select settings -> 'budgets' from accounts")


async def select_usage(tx: AccountTx, row: type[Row], *, since: date) -> list[Row]:
    """One row for each day and model, the newest day first."""
    return await many(
        tx,
        row,
        "select day, provider, model, currency, answers, input_tokens, output_tokens, cached_tokens, unpriced, cost, charged"
        "  from usage where day >= $1 order by day desc, provider, model",
        since,
    )


async def select_chat_costs(tx: AccountTx, row: type[Row], *, since: date, limit: int) -> list[Row]:
    """The chats that cost most."""
    return await many(
        tx,
        row,
        "select chat_id, count(*) as turns, sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,"
        "  coalesce(sum(cost), 0) as cost, count(*) filter (where cost is null) as unpriced"
        "  from turns where charged_on >= $1 and state <> 'running' group by chat_id order by cost desc, input_tokens desc limit $2",
        since,
        limit,
    )


async def select_spending(tx: AccountTx, row: type[Row], *, today: date) -> Row:
    """Of this day and this month, and of the client who cost most today."""
    return await one(
        tx,
        row,
        "select coalesce((select spent from spending where period = 'day' and starts_on = $1), 0) as day,"
        "  coalesce((select spent from spending where period = 'month' and starts_on = date_trunc('month', $1::date)::date), 0) as month,"
        "  coalesce((select max(spent) from client_spending where day = $1), 0) as client",
        today,
    )
