"""`/bot<token>/<method>` and `/file/bot<token>/<path>`: the Bot API over HTTP, with Telegram's own answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from litestar import Request, Response, get, route
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from valera.simulator.messenger.bot import find_bot_by_token
from valera.simulator.messenger.files.file import find_by_path, read_file
from valera.simulator.messenger.limits.fault import Calls
from valera.simulator.server.fault_injection import run_or_fail
from valera.simulator.server.methods.call import Call
from valera.simulator.server.methods.table import METHODS, calls_of
from valera.simulator.server.parameters import Parameters, read_parameters
from valera.simulator.server.provided import TheTelegram
from valera.simulator.server.refusal import Refusal, bad_request, unauthorized, unknown_method

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.telegram import Telegram

_CREDENTIAL = re.compile(r"bot(\d+:[A-Za-z0-9_-]+)\Z")
MAX_UPLOAD = 52 << 20


@route("/{credential:str}/{method:str}", http_method=["GET", "POST"], include_in_schema=False, request_max_body_size=MAX_UPLOAD)
async def bot_api(
    request: Request[Any, Any, Any], credential: FromPath[str], method: FromPath[str], telegram: TheTelegram
) -> Response[Any]:
    try:
        answer = await _answer(request, credential, method.lower(), telegram)
    except Refusal as refusal:
        return _refused(refusal)
    return answer if isinstance(answer, Response) else Response({"ok": True, "result": answer}, status_code=200)


@get("/file/{credential:str}/{path:path}", include_in_schema=False)
async def bot_file(request: Request[Any, Any, Any], credential: FromPath[str], path: FromPath[str], telegram: TheTelegram) -> Response[Any]:
    """A file that getFile told of within the hour."""
    try:
        bot = _bot(telegram, credential)
        call = Call(telegram, bot, Parameters({"path": path.lstrip("/")}), telegram.now())
        answer = await run_or_fail(request, call, _read_file, Calls.FILES)
    except Refusal as refusal:
        return _refused(refusal)
    return answer if isinstance(answer, Response) else Response(answer, media_type="application/octet-stream")


async def _answer(request: Request[Any, Any, Any], credential: str, method: str, telegram: Telegram) -> object:
    _bot(telegram, credential)
    run = METHODS.get(method)
    if run is None:
        raise unknown_method()
    parameters = await _read(request)
    bot = _bot(telegram, credential)  # read again: webhook or token may have changed while the body arrived
    return await run_or_fail(request, Call(telegram, bot, parameters, telegram.now()), run, calls_of(method))


def _bot(telegram: Telegram, credential: str) -> Bot:
    found = _CREDENTIAL.match(credential)
    if found is None:
        raise Refusal(404, "Not Found", is_bare=True)
    bot = find_bot_by_token(telegram.store, found[1])
    if bot is None:
        raise unauthorized()
    if bot.logged_out_until is not None and bot.logged_out_until > telegram.now():
        raise Refusal(400, "Logged out", is_bare=True)
    return bot


def _read_file(call: Call) -> bytes:
    file = find_by_path(call.telegram.store, call.bot.id, call.parameters.text("path"), now=call.now)
    if file is None:
        raise Refusal(404, "Not Found", is_bare=True)
    return read_file(call.telegram.store, file)


def _refused(refusal: Refusal) -> Response[Any]:
    headers = {} if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}
    return Response(refusal.to_json(), status_code=refusal.code, headers=headers)


async def _read(request: Request[Any, Any, Any]) -> Parameters:
    try:
        return await read_parameters(request)
    except HTTPException as error:
        raise bad_request(f"can't parse the request's body: {error.detail}") from None
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
