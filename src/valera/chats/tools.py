"""What the assistant may do about the chat itself: call a person."""

from __future__ import annotations

import msgspec

from valera.analytics.event import EventType, track
from valera.assistant.tools import Done, Failed, Tool, ToolContext
from valera.chats.chat import call_human
from valera.kit.db import AccountTx

MAX_REASON = 300


class CallHuman(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


async def _call_human(tx: AccountTx, context: ToolContext, args: CallHuman) -> Done | Failed:
    await call_human(tx, context.chat_id, reason=args.reason[:MAX_REASON])
    await track(tx, EventType.HUMAN_CALLED, {"chat": context.chat_id, "turn": context.turn_id})
    return Done({"called": True})


CALL_HUMAN = Tool(
    name="call_human",
    description=(
        "Ask the shop's staff to answer this client. Call it when the client wants a person, complains, asks for money or promises beyond"
        " the price list, or when you cannot help. Give the reason in one short sentence in the client's language."
    ),
    arguments=CallHuman,
    has_effect=True,
    run=_call_human,
)
