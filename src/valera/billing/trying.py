"""What a shop pays for models outside of any turn: whoever tries the assistant out pays from the same budgets as its clients' dialogues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.accounts.account import get_account
from valera.accounts.notice import raise_notice, resolve_notice
from valera.billing import queries
from valera.billing.budget import NEAR, Crossed
from valera.billing.limits import SETTING, Limits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from valera.assistant.models.cost import ModelUse
    from valera.kit.db import AccountTx


async def charge(tx: AccountTx, used: Sequence[ModelUse], *, now: datetime, limits: Limits) -> None:
    """Last in its transaction. ``limits``: the installation's."""
    account = await get_account(tx)
    own = limits.of_shop(account.settings.get(SETTING))
    today = now.astimezone(account.zone).date()
    for budget in await queries.charge_shop(tx, Crossed, today=today, used=used, limits=(own.day, own.month)):
        details = {"spent": f"{budget.spent:.2f}", "limit": f"{own.get(budget.scope) or 0:.2f}", "period": budget.scope.value}
        await resolve_notice(tx, NEAR[budget.scope])
        await raise_notice(tx, NEAR[budget.scope], details=details)
