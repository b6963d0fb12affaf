"""How the assistant speaks, and how much of its work it does by itself."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import URLEncodedBody

from valera.dashboard.frame.given import TheDb, ThePage
from valera.identity.permission import Permission
from valera.reception.briefing.tone import Length, Manner, Tone, get_tone, set_tone

AUTONOMIES = ("answers", "drafts", "requests")


class BehaviourForm(msgspec.Struct):
    autonomy: Literal["answers", "drafts", "requests"]
    length: Length
    manner: Manner


@get("/assistant/behaviour", permission=Permission.ASSISTANT)
async def get_behaviour(page: ThePage, db: TheDb) -> Response[bytes]:
    from valera.reception.autonomy import get_autonomy  # with the tools that it allows: dictionaries

    async with db.account_tx() as tx:
        tone, autonomy = await get_tone(tx), await get_autonomy(tx)
    return page.html(
        "assistant_behaviour.html", tone=tone, autonomy=autonomy, autonomies=AUTONOMIES, lengths=tuple(Length), manners=tuple(Manner)
    )


@post("/assistant/behaviour", status_code=200, permission=Permission.ASSISTANT)
async def post_behaviour(page: ThePage, db: TheDb, data: URLEncodedBody[BehaviourForm]) -> Response[bytes]:
    from valera.reception.autonomy import Autonomy, set_autonomy

    async with db.account_tx() as tx:
        await set_tone(tx, Tone(data.length, data.manner))
        await set_autonomy(tx, Autonomy(data.autonomy))
    return page.go("/assistant/behaviour", page.t("assistant.behaviour_saved"))


HANDLERS: list[Any] = [get_behaviour, post_behaviour]
