"""What the panel's switches do: faults of Telegram and of the model providers, updates out of order, a new token."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, delete, post, put
from litestar.params import FromPath, URLEncodedBody

from valera.kit.errors import NotFound
from valera.simulator.messenger.bot import replace_token
from valera.simulator.messenger.limits.fault import ALL_CALLS, Calls, Fault, FaultKind, clear_fault, set_fault
from valera.simulator.messenger.updates.disorder import Disorder, clear_disorder, set_disorder
from valera.simulator.messenger.updates.polling import Ending
from valera.simulator.messenger.updates.queue import repeat
from valera.simulator.models.fault import Fault as ModelFault
from valera.simulator.models.switch import Setting, WireName
from valera.simulator.page.shop.desk import TheDesk

Percent = Annotated[int, msgspec.Meta(ge=0, le=ALL_CALLS)]
LARGEST_ID = (1 << 63) - 1


class Faulty(msgspec.Struct):
    """``seconds`` 0: until it is switched off."""

    kind: FaultKind
    share: int
    seconds: int
    calls: Calls = Calls.ALL


class Disordered(msgspec.Struct):
    repeat_share: Percent = 0
    hold_seconds: float = 0.0


class ModelFaulty(msgspec.Struct):
    fault: ModelFault
    share: Percent = ALL_CALLS


@put("/chat/{bot_id:int}/{person_id:int}/fault")
async def put_fault(desk: TheDesk, data: URLEncodedBody[Faulty]) -> Response[str]:
    until = desk.telegram.now() + data.seconds if data.seconds > 0 else None
    set_fault(desk.telegram.store, desk.bot.id, Fault(data.kind, data.share, until, data.calls))
    return await desk.html()


@delete("/chat/{bot_id:int}/{person_id:int}/fault", status_code=200)
async def delete_fault(desk: TheDesk) -> Response[str]:
    clear_fault(desk.telegram.store, desk.bot.id)
    return await desk.html()


@put("/chat/{bot_id:int}/{person_id:int}/disorder")
async def put_disorder(desk: TheDesk, data: URLEncodedBody[Disordered]) -> Response[str]:
    set_disorder(desk.telegram.store, desk.bot.id, Disorder(data.repeat_share, data.hold_seconds))
    return await desk.html()


@delete("/chat/{bot_id:int}/{person_id:int}/disorder", status_code=200)
async def delete_disorder(desk: TheDesk) -> Response[str]:
    clear_disorder(desk.telegram.store, desk.bot.id)
    return await desk.html()


@post("/chat/{bot_id:int}/{person_id:int}/repeats/{update_id:int}", status_code=200)
async def post_repeat(desk: TheDesk, update_id: FromPath[int]) -> Response[str]:
    if not 0 < update_id <= LARGEST_ID or not repeat(desk.telegram.store, desk.bot.id, update_id):
        raise NotFound("There is no update of this id, or it is older than a day.")
    desk.telegram.wake(desk.bot.id)
    return await desk.html()


@put("/chat/{bot_id:int}/{person_id:int}/model-fault")
async def put_model_fault(desk: TheDesk, data: URLEncodedBody[ModelFaulty]) -> Response[str]:
    """All three providers answer like this from now on."""
    desk.models.switches.turn(Setting(faults={data.fault: data.share / ALL_CALLS}), list(WireName))
    return await desk.html()


@delete("/chat/{bot_id:int}/{person_id:int}/model-fault", status_code=200)
async def delete_model_fault(desk: TheDesk) -> Response[str]:
    desk.models.switches.reset(list(WireName))
    return await desk.html()


@post("/chat/{bot_id:int}/{person_id:int}/token", status_code=200)
async def post_token(desk: TheDesk) -> dict[str, str]:
    """The new token is told here and never again, as BotFather does; the old one is refused from now on."""
    token = replace_token(desk.telegram.store, desk.bot.id)
    desk.telegram.polling.end(desk.bot.id, Ending.STOPPED)
    return {"token": token}


SWITCHES: list[Any] = [
    put_fault, delete_fault, put_disorder, delete_disorder, post_repeat, put_model_fault, delete_model_fault, post_token,
]  # fmt: skip
