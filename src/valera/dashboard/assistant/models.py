"""Which models answer, in which order, and what they cost this month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from litestar import Response, get

from valera.assistant.models.choice import ModelChoice, read_models
from valera.assistant.models.providers import SCRIPTED
from valera.assistant.models.shop import get_shop_models
from valera.billing.report import UsageRow, spending, usage_since
from valera.dashboard.frame.given import TheDb, TheHouseModels, ThePage
from valera.identity.permission import Permission

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Used:
    """One model in this month."""

    name: str
    answers: int
    tokens: int
    cost: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class Chain:
    """``is_own``: the shop has chosen for itself; ``is_broken``: what it chose is known no more, so the last one answers alone."""

    choices: tuple[ModelChoice, ...]
    is_own: bool
    is_broken: bool = False


@get("/assistant/models", permission=Permission.ASSISTANT)
async def get_models(page: ThePage, db: TheDb, house_models: TheHouseModels) -> Response[bytes]:
    today = page.now.astimezone(page.zone).date()
    async with db.account_tx() as tx:
        chain = await find_chain(tx, house_models)
        rows, spent = await usage_since(tx, date(today.year, today.month, 1)), await spending(tx, today)
    return page.html("assistant_models.html", chain=chain, used=_sum(rows), spent=spent)


HANDLERS: list[Any] = [get_models]


async def find_chain(tx: AccountTx, house_models: str) -> Chain:
    """Whom a turn would ask. The scripted receptionist stands at the end of each chain."""
    shop = await get_shop_models(tx)
    try:
        choices = shop.choices
    except ValueError:
        return Chain((ModelChoice(SCRIPTED),), is_own=True, is_broken=True)
    is_own = choices is not None
    choices = read_models(house_models) if choices is None else choices
    if not any(choice.is_scripted for choice in choices):
        choices = (*choices, ModelChoice(SCRIPTED))
    return Chain(choices, is_own)


def _sum(rows: Iterable[UsageRow]) -> list[Used]:
    found: dict[str, Used] = {}
    for row in rows:
        before = found.get(row.name, Used(row.name, 0, 0, Decimal(0), 0))
        found[row.name] = Used(
            row.name,
            before.answers + row.answers,
            before.tokens + row.input_tokens + row.output_tokens,
            before.cost + row.cost,
            before.unpriced + row.unpriced,
        )
    return sorted(found.values(), key=lambda used: used.cost, reverse=True)
