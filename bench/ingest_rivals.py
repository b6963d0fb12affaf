"""What ingest is put beside: the same rows written one transaction each, by pgbench and by aiogram's own webhook server.

`SAME` is the product's statement for one row. Its NOTIFY makes PostgreSQL commit one transaction after the other, which costs whoever
commits each row by itself several times its speed; so the rivals are measured with `PLAIN`, that writes the same two rows with neither
NOTIFY nor a look for repeated updates, and pgbench with `SAME` too.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from bench.cluster import Hook
from valera.reception.ingest_queries import STORE_UPDATES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

PLAIN = """
with marked as (
    insert into mailboxes as m (account_id, bot_id, peer_id, due_at, marks) values ($1, $2, $4, now(), 1)
    on conflict (account_id, bot_id, peer_id) do update set marks = m.marks + 1, due_at = coalesce(m.due_at, excluded.due_at)
)
insert into telegram_updates (account_id, bot_id, update_id, peer_id, kind, body, body_hash)
values ($1, $2, $3, $4, $5, $6, sha256($6)) on conflict (account_id, bot_id, update_id) do nothing
"""

FIRST_CHAT = 100_000_000
POOL = 20
CLIENT_IDS = 10_000_000
"""How far apart the ids of two pgbench clients begin."""


# ---- pgbench ------------------------------------------------------------------------------------


def pgbench_script(statement: str, *, account_id: int, bot_id: int, chats: int) -> str:
    """The statement with pgbench's variables; rising ids, chats in turn, as wrk sends them."""
    values = {
        "1": f"{account_id}::bigint",
        "2": f"{bot_id}::bigint",
        "3": ":update::bigint",
        "4": ":chat::bigint",
        "5": "'message'::text",
        "6": "convert_to(:body, 'UTF8')",
        "7": "null::text",
    }
    if statement is STORE_UPDATES:  # of one row: each parameter is an array
        filled = re.sub(r"\$(\d)::(\w+)\[\]", lambda found: f"array[{values[found[1]]}]::{found[2]}[]", statement)
    else:
        filled = re.sub(r"\$(\d)", lambda found: values[found[1]], statement)
    return (
        "\\set sent :sent + 1\n"
        f"\\set update :first + :client_id * {CLIENT_IDS} + :sent\n"
        f"\\set chat {FIRST_CHAT} + (:sent * 7919 + :client_id * 31) % {chats}\n" + " ".join(filled.split()) + ";\n"
    )


# ---- aiogram ------------------------------------------------------------------------------------

_body: ContextVar[bytes] = ContextVar("body")


async def serve_aiogram(url: str, port: int, hook: Hook) -> None:
    """SimpleRequestHandler as aiogram's documentation sets it up, but answering only when the update is stored; on uvloop."""
    import asyncpg
    from aiogram import Bot, Dispatcher
    from aiogram.types import TelegramObject, Update
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler
    from aiohttp import web

    pool = await asyncpg.create_pool(url, min_size=POOL, max_size=POOL, server_settings={"role": "valera_ingest"})
    dispatcher = Dispatcher()

    async def store(_: Callable[..., Awaitable[Any]], update: TelegramObject, __: dict[str, Any]) -> None:
        assert isinstance(update, Update)
        assert update.message is not None
        await pool.execute(PLAIN, hook.account_id, hook.bot_id, update.update_id, update.message.chat.id, "message", _body.get())

    dispatcher.update.outer_middleware.register(store)

    @web.middleware
    async def remember_body(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
        _body.set(await request.read())  # the bytes themselves are stored: cheaper than to write the model out again
        return await handler(request)

    app = web.Application(middlewares=[remember_body])
    bot = Bot("7000000:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
    SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=hook.secret).register(app, path=hook.path)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    import uvloop

    given = os.environ
    account_id, bot_id = (int(number) for number in sys.argv[1:])
    hook = Hook(account_id, bot_id, 0, given["HOOK_PATH"], given["HOOK_SECRET"])
    uvloop.run(serve_aiogram(given["DATABASE_URL"], int(given["PORT"]), hook))
