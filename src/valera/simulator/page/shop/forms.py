"""The panel, and what its forms do in the name of the shop's staff."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, delete, get, post
from litestar.params import URLEncodedBody

from valera.kit.errors import Conflict
from valera.simulator.page.shop.desk import TheDesk


class Text(msgspec.Struct):
    text: str


@get("/chat/{bot_id:int}/{person_id:int}/panel")
async def get_panel(desk: TheDesk) -> Response[str]:
    return await desk.html()


@post("/chat/{bot_id:int}/{person_id:int}/takeover", status_code=200)
async def post_takeover(desk: TheDesk) -> Response[str]:
    await desk.glass.take_over(desk.bot.id, desk.person.id)
    return await desk.html()


@delete("/chat/{bot_id:int}/{person_id:int}/takeover", status_code=200)
async def delete_takeover(desk: TheDesk) -> Response[str]:
    await desk.glass.hand_back(desk.bot.id, desk.person.id)
    return await desk.html()


@post("/chat/{bot_id:int}/{person_id:int}/answers", status_code=200)
async def post_answer(desk: TheDesk, data: URLEncodedBody[Text]) -> Response[str]:
    await desk.glass.answer(desk.bot.id, desk.person.id, data.text)
    return await desk.html()


@post("/chat/{bot_id:int}/{person_id:int}/resumption", status_code=200)
async def post_resumption(desk: TheDesk) -> Response[str]:
    """Lets the shop's paused bots go on, if Telegram takes their tokens again."""
    if not await desk.glass.resume(desk.bot.id):
        raise Conflict(desk.place.words("refused_still"))
    return await desk.html()


SHOP_FORMS: list[Any] = [get_panel, post_takeover, delete_takeover, post_answer, post_resumption]
