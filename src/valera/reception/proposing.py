"""Proposing: what the assistant would say becomes a draft that a member decides about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from valera.chats.chat import call_human
from valera.chats.drafting import DraftKind, Proposed, propose
from valera.kit.phrases import Phrases
from valera.reception.buttons import keyboard_for
from valera.reception.confirmed import with_confirmations
from valera.reception.gates import Gate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valera.assistant.loop import Reply
    from valera.kit.db import AccountTx
    from valera.reception.situation import Situation

PHRASES = Phrases.load("valera.reception")


async def propose_reply(tx: AccountTx, situation: Situation, reply: Reply, *, origin: Mapping[str, Any]) -> None:
    """Nothing is said. What the gates refuse is proposed as such: sent, it is the member's own word."""
    context, made, locale = situation.journal.context, situation.journal.made, situation.shop.locale
    if reply.text is None and Gate.CONTENT not in situation.kinds(reply.draft):
        await propose_refused(tx, situation, reply, origin=origin)
        await call_human(tx, context.chat_id, reason=PHRASES.say(locale, "gate_reason"))
        return
    keyboard = await keyboard_for(tx, context.chat_id, made, client_id=context.client_id, now=context.now, locale=locale)
    proposed = Proposed(
        turn_id=context.turn_id,
        upto_id=situation.upto,
        kind=DraftKind.HINTED if situation.is_for_member else DraftKind.APPROVAL,
        text=with_confirmations(PHRASES.say(locale, "declined_topic") if reply.text is None else reply.text, made),
        reason=PHRASES.say(locale, "draft_reason"),
        keyboard=None if situation.is_for_member else keyboard,
        origin=origin,
    )
    await propose(tx, context.chat_id, proposed)


async def propose_refused(tx: AccountTx, situation: Situation, reply: Reply, *, origin: Mapping[str, Any]) -> None:
    """Words that the gates held back, for whoever was called because of them."""
    if not reply.draft.strip():
        return
    context = situation.journal.context
    reason = PHRASES.say(situation.shop.locale, "gate_reason")
    proposed = Proposed(context.turn_id, situation.upto, DraftKind.REFUSED, reply.draft, reason, None, origin)
    await propose(tx, context.chat_id, proposed)


def origin_of(situation: Situation, reply: Reply, *, ms: int) -> dict[str, Any]:
    """Where the words come from, as it is kept with them."""
    return {
        "model": reply.model,
        "tokens": reply.tokens,
        "cost": None if reply.cost is None else str(reply.cost),
        "ms": ms,
        "gates": list(reply.violations),
        "sources": situation.sources(reply.text or ""),
    } | ({"over_budget": situation.over_budget} if situation.over_budget else {})
