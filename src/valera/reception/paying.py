"""How a turn is paid for: which models it may ask, and what it cost in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import structlog

from valera.assistant.models.cost import Prices, uses
from valera.billing.budget import Purse
from valera.billing.limits import Limits
from valera.reception import turn_queries as queries
from valera.reception.lease import LeaseLost

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from valera.analytics.event import EventType
    from valera.assistant.chain.link import Chain
    from valera.assistant.journal import Step
    from valera.assistant.loop import Caps
    from valera.kit.db import AccountTx

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Till:
    """The installation's limits, for shops that have none of their own, and the prices of models."""

    limits: Limits = field(default_factory=Limits)
    prices: Prices = field(default_factory=Prices)

    def purse(self, turn_id: int, fence: int, chat_id: int, client_id: int, *, today: date, own: dict[str, str] | None) -> Purse:
        return Purse(turn_id, fence, chat_id, client_id, today, self.limits.of_shop(own))

    async def afford(self, tx: AccountTx, purse: Purse, chain: Chain, caps: Caps, *, round_no: int) -> str | None:
        """Last in the transaction that begins a round. None: the chain may be asked; else which budget has no room for it. Of models that
        cost nothing, or nobody knows what, the database is asked nothing. Raises LeaseLost.
        """
        most = min(caps.cost, self.prices.most(chain, caps.tokens)) * round_no
        if not most:
            return None
        verdict = await purse.reserve(tx, most)
        if verdict.is_lost:
            raise LeaseLost("Another worker took this turn.")
        if verdict.refused is not None:
            log.warning("budget_has_no_room", budget=verdict.refused, spent=f"{verdict.spent:.4f}")
        return verdict.refused


async def end_turn(
    tx: AccountTx,
    purse: Purse,
    *,
    state: str,
    made: Sequence[Step] = (),
    unwritten: Sequence[Step] = (),
    upto_message_id: int = 0,
    events: Sequence[tuple[EventType, dict[str, Any]]] = (),
) -> list[str | None]:
    """Last in its transaction. ``made``: all steps of the turn, of all its rounds; ``unwritten``: those that are not in the database yet.
    Otherwise as `finish_turn`.
    """
    used = uses(made)
    failed = await queries.finish_turn(
        tx,
        turn_id=purse.turn_id,
        state=state,
        upto_message_id=upto_message_id,
        steps=unwritten,
        events=events,
        charged_on=purse.today if used else None,
        input_tokens=sum(use.input_tokens for use in used),
        output_tokens=sum(use.output_tokens for use in used),
        cost=None if any(use.unpriced for use in used) else sum((use.cost for use in used), Decimal(0)),
    )
    await purse.settle(tx, used)
    return failed
