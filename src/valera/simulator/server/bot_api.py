"""`/bot<token>/<method>`: the Bot API over HTTP, with Telegram's own answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from litestar import Request, Response, route
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from valera.simulator.messenger.bot import find_bot_by_token
from valera.simulator.server.fault_injection import run_or_fail
from valera.simulator.server.methods import METHODS, Call
from valera.simulator.server.parameters import Parameters, read_parameters
from valera.simulator.server.provided import TheTelegram
from valera.simulator.server.refusal import Refusal, bad_request, unauthorized, unknown_method
from valera.simulator.server.webhook_methods import WEBHOOK_METHODS

if TYPE_CHECKING:
    from collections.abc import Callable

_CREDENTIAL = re.compile(r"bot(\d+:[A-Za-z0-9_-]+)\Z")
ALL_METHODS: dict[str, Callable[[Call], Any]] = METHODS | WEBHOOK_METHODS


@route("/{credential:str}/{method:str}", http_method=["GET", "POST"], include_in_schema=False)
async def bot_api(
    request: Request[Any, Any, Any], credential: FromPath[str], method: FromPath[str], telegram: TheTelegram
) -> Response[Any]:
    try:
        answer = await _answer(request, credential, method, telegram)
    except Refusal as refusal:
        headers = {} if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}
        return Response(refusal.to_json(), status_code=refusal.code, headers=headers)
    return answer if isinstance(answer, Response) else Response({"ok": True, "result": answer}, status_code=200)


async def _answer(request: Request[Any, Any, Any], credential: str, method: str, telegram: TheTelegram) -> object:
    found = _CREDENTIAL.match(credential)
    if found is None:
        raise unknown_method()
    if find_bot_by_token(telegram.store, found[1]) is None:
        raise unauthorized()
    run = ALL_METHODS.get(method.lower())
    if run is None:
        raise unknown_method()
    parameters = await _read(request)
    bot = find_bot_by_token(telegram.store, found[1])  # read again: a webhook may have changed while the body arrived
    if bot is None:
        raise unauthorized()
    return await run_or_fail(request, Call(telegram, bot, parameters, telegram.now()), run)


async def _read(request: Request[Any, Any, Any]) -> Parameters:
    try:
        return await read_parameters(request)
    except HTTPException as error:
        raise bad_request(f"can't parse the request's body: {error.detail}") from None
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
