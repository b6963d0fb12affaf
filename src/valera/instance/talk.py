"""Writing to a bot as a client would: through the running installation, or one that is started for it."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from valera.accounts.account import AccountName, get_account_by_slug, list_accounts
from valera.home import Instance, find_instance
from valera.instance.database import opened
from valera.kit.db import Database, account_scope
from valera.kit.errors import Invalid, NotFound, Unavailable
from valera.simulator.dialogue import Dialogue, Reply
from valera.telegram.bots.bot import list_bots

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from valera.settings import Settings

DEMO = "demo"
START_SECONDS = 120


async def converse(settings: Settings, *, slug: str | None, person: str, texts: Sequence[str]) -> AsyncIterator[tuple[str, list[Reply]]]:
    """The texts, one after another, each with what the bot answered."""
    async with _running(settings) as instance, opened(instance.database_url) as db:
        if instance.simulator_url is None:
            raise Invalid("This installation talks to the real Telegram: write to its bot there.")
        account = await _choose_shop(db, slug)
        with account_scope(account.id):
            async with db.account_tx() as tx:
                bots = await list_bots(tx)
        if not bots:
            raise NotFound(f"The shop {account.slug!r} has no bot.")
        async with Dialogue(instance.simulator_url, db, account.id, bots[0].telegram_id, person) as dialogue:
            for text in texts:
                yield text, await dialogue.say(text)


async def _choose_shop(db: Database, slug: str | None) -> AccountName:
    async with db.identity_tx() as tx:
        if slug is not None:
            return await get_account_by_slug(tx, slug)
        accounts = await list_accounts(tx)
    if not accounts:
        raise NotFound("There is no shop yet: `valera shop add` opens one.")
    return next((account for account in accounts if account.slug == DEMO), accounts[0])


@asynccontextmanager
async def _running(settings: Settings) -> AsyncIterator[Instance]:
    """The running instance, or one that is started now and stopped afterwards."""
    home = settings.home.absolute()
    if (instance := find_instance(home)) is not None:
        yield instance
        return
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "valera", "up", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert process.stderr is not None
    reading = asyncio.create_task(process.stderr.read())
    try:
        yield await _await_instance(process, home, reading)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()
        await reading


async def _await_instance(process: asyncio.subprocess.Process, home: Path, reading: asyncio.Task[bytes]) -> Instance:
    for _ in range(START_SECONDS * 20):
        if (instance := find_instance(home)) is not None:
            return instance
        if process.returncode is not None:
            said = (await reading).decode(errors="replace").strip().splitlines()
            raise Unavailable(said[-1].removeprefix("valera: ") if said else "Valera could not be started.")
        await asyncio.sleep(0.05)
    raise Unavailable(f"Valera was not ready within {START_SECONDS} s; `valera up` shows why.")
