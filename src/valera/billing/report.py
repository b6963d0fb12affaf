"""What models cost a shop, in lines for a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from valera.billing import queries
from valera.billing.limits import Limits, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from valera.kit.db import AccountTx

MOST_CHATS = 20


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One model on one day. ``unpriced``: answers whose price nobody knows; ``charged`` in ``currency``."""

    day: date
    provider: str
    model: str
    currency: str
    answers: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    unpriced: int
    cost: Decimal
    charged: Decimal

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.model}" if self.provider else self.model


@dataclass(frozen=True, slots=True)
class ChatCost:
    chat_id: int
    turns: int
    input_tokens: int
    output_tokens: int
    cost: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class Spending:
    """Of today and of this month; ``client``: the one who cost most today."""

    client: Decimal
    day: Decimal
    month: Decimal

    def get(self, scope: Scope) -> Decimal:
        match scope:
            case Scope.CLIENT:
                return self.client
            case Scope.DAY:
                return self.day
            case Scope.MONTH:
                return self.month


async def usage_since(tx: AccountTx, since: date) -> list[UsageRow]:
    return await queries.select_usage(tx, UsageRow, since=since)


async def chats_since(tx: AccountTx, since: date) -> list[ChatCost]:
    """Those that cost most."""
    return await queries.select_chat_costs(tx, ChatCost, since=since, limit=MOST_CHATS)


async def spending(tx: AccountTx, today: date) -> Spending:
    return await queries.select_spending(tx, Spending, today=today)


def tell_days(rows: Iterable[UsageRow]) -> list[str]:
    return [_tell(str(row.day), row.name, [row]) for row in rows]


def tell_models(rows: Iterable[UsageRow]) -> list[str]:
    models: dict[tuple[str, str], list[UsageRow]] = {}
    for row in rows:
        models.setdefault((row.name, row.currency), []).append(row)
    return [_tell(f"{len(found)} days", name, found) for (name, _), found in sorted(models.items())]


def tell_chats(chats: Iterable[ChatCost]) -> list[str]:
    return [
        f"chat {chat.chat_id:<8} {chat.turns:>6} turns  {chat.input_tokens:>10} in  {chat.output_tokens:>8} out  {_dollars(chat.cost)}"
        + (f", {chat.unpriced} turns without a price" if chat.unpriced else "")
        for chat in chats
    ]


def tell_total(rows: Iterable[UsageRow]) -> str:
    rows = list(rows)
    return _tell("all", "", rows) if rows else "nothing was asked of a model that counts tokens"


def tell_budgets(limits: Limits, own: Mapping[str, str], spent: Spending) -> list[str]:
    names = {Scope.CLIENT: "a client's day (the dearest today)", Scope.DAY: "the shop's day", Scope.MONTH: "the shop's month"}
    return [
        f"  {names[scope]:36} {_dollars(spent.get(scope)):>12} of {_limit(limits.get(scope))}"
        f"  ({'set by the shop' if scope.value in own else 'the installation’s'})"
        for scope in Scope
    ]


def _tell(first: str, name: str, rows: list[UsageRow]) -> str:
    """One line: the sum of the rows, which are of one currency unless they are all."""
    tokens = (sum(row.input_tokens for row in rows), sum(row.cached_tokens for row in rows), sum(row.output_tokens for row in rows))
    unpriced = sum(row.unpriced for row in rows)
    line = (
        f"{first:10}  {name:36} {sum(row.answers for row in rows):>6} answers  {tokens[0]:>10} in ({tokens[1]} cached)"
        f"  {tokens[2]:>8} out  {_dollars(sum((row.cost for row in rows), Decimal(0)))}"
    )
    if name and rows[0].currency != "USD":
        line += f" ({sum(row.charged for row in rows):.2f} {rows[0].currency})"
    return line + (f", {unpriced} answers without a price: VALERA_PRICES gives them one" if unpriced else "")


def _dollars(amount: Decimal) -> str:
    return f"{amount:.4f} USD"


def _limit(limit: Decimal | None) -> str:
    return "no limit" if limit is None else f"{limit:.2f} USD"
