"""Budgets: what models may cost in a day or a month, and for one client in a day, in US dollars.

A turn reserves the most that it can cost in the transaction that begins it and counts what it did cost in the one that ends it. Where
there is no room, the scripted receptionist answers, and the client notices nothing.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from valera.accounts import queries as account_queries
from valera.accounts.notice import NoticeKind, raise_notice, resolve_notice
from valera.billing import queries
from valera.billing.limits import SETTING, Limits, Scope, read_limit, write_limit
from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from valera.assistant.models.cost import ModelUse
    from valera.kit.db import AccountTx

NEAR = {
    Scope.CLIENT: NoticeKind.CLIENT_BUDGET_NEAR,
    Scope.DAY: NoticeKind.BUDGET_NEAR,
    Scope.MONTH: NoticeKind.BUDGET_NEAR,
}
SPENT = {
    Scope.CLIENT: NoticeKind.CLIENT_BUDGET_SPENT,
    Scope.DAY: NoticeKind.BUDGET_SPENT,
    Scope.MONTH: NoticeKind.BUDGET_SPENT,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """``refused`` None: the turn may cost what was asked for. ``begun``: periods of which this is the first turn."""

    refused: str | None
    spent: Decimal
    is_news: bool
    begun: list[str]

    @property
    def is_lost(self) -> bool:
        """The turn is another worker's by now."""
        return self.refused == "lost"


@dataclass(frozen=True, slots=True)
class Crossed:
    scope: Scope
    spent: Decimal


@dataclass(frozen=True, slots=True)
class Purse:
    """What one turn is paid from. ``today``: in the shop's own time zone."""

    turn_id: int
    fence: int
    chat_id: int
    client_id: int
    today: date
    limits: Limits

    async def reserve(self, tx: AccountTx, most: Decimal) -> Verdict:
        """Last in its transaction: until the commit no other turn of the shop reserves or settles."""
        verdict = await queries.reserve_turn(
            tx,
            Verdict,
            turn_id=self.turn_id,
            fence=self.fence,
            client_id=self.client_id,
            today=self.today,
            wanted=most,
            limits=astuple(self.limits),
        )
        if verdict.begun:
            await self._begin(tx, verdict.begun)
        if verdict.is_news and verdict.refused is not None:
            await self._tell(tx, SPENT, Crossed(Scope(verdict.refused), verdict.spent))
        return verdict

    async def settle(self, tx: AccountTx, used: Sequence[ModelUse]) -> None:
        """After the turn's own row is finished, and last in its transaction. For a turn that cost nothing there is nothing to do."""
        if not used:
            return
        crossed = await queries.settle_turn(
            tx, Crossed, turn_id=self.turn_id, client_id=self.client_id, used=used, limits=astuple(self.limits)
        )
        for budget in crossed:
            await self._tell(tx, NEAR, budget)

    async def _begin(self, tx: AccountTx, periods: Sequence[str]) -> None:
        """What was told of the day before, or the month, is over."""
        for kind in (NoticeKind.CLIENT_BUDGET_NEAR, NoticeKind.CLIENT_BUDGET_SPENT) if Scope.DAY in periods else ():
            await resolve_notice(tx, kind)
        await queries.resolve_budget_notices(tx, periods)

    async def _tell(self, tx: AccountTx, kinds: Mapping[Scope, NoticeKind], crossed: Crossed) -> None:
        """Once a period; a notice of the same kind that is still open makes room for it."""
        limit = self.limits.get(crossed.scope)
        details: dict[str, Any] = {"spent": _sum(crossed.spent), "limit": _sum(limit or Decimal(0))}
        details |= {"chat": self.chat_id} if crossed.scope is Scope.CLIENT else {"period": crossed.scope.value}
        kind = kinds[crossed.scope]
        await resolve_notice(tx, kind)
        await raise_notice(tx, kind, details=details)


async def set_limits(tx: AccountTx, changes: Mapping[Scope, str | None]) -> None:
    """None: the installation's again. Raises Invalid."""
    own = await own_limits(tx)
    for scope, text in changes.items():
        if text is None:
            own.pop(scope.value, None)
            continue
        try:
            own[scope.value] = write_limit(read_limit(text))
        except ValueError as error:
            raise Invalid(f"{error}.", fields={scope.value: "sum"}) from None
    await account_queries.update_settings(tx, {SETTING: own})


async def own_limits(tx: AccountTx) -> dict[str, str]:
    return dict(await queries.select_own_limits(tx) or {})


def _sum(amount: Decimal) -> str:
    return f"{amount:.2f}"
