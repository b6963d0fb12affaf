"""The token is in one place: a planted one goes through all that can go wrong, and is looked for wherever text may end up."""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from tests.telegram.bots.botfather import Telegram, TelegramBot, listening
from tests.test_up import Up, a_home, get
from valera.kit.db import Database

SECONDS = 60.0


@pytest.fixture
def home() -> Iterator[Path]:
    with a_home() as home:
        yield home


class Installation:
    """`valera up` that says all it can, and the commands beside it."""

    def __init__(self, home: Path, database_url: str, telegram: Telegram) -> None:
        self._settings = {
            "DATABASE_URL": database_url,
            "TELEGRAM_API_URL": telegram.url,
            "VALERA_LOG_LEVEL": "debug",
            "PYTHONDEVMODE": "1",
            "VALERA_SETTLE_SECONDS": "0",
        }
        self.home, self.said = home, list[str]()
        self.up = Up(home, **self._settings)

    async def run(self, *arguments: str, text: str = "", **settings: str) -> str:
        """A command, with ``text`` on its standard input; what it printed."""
        environment = {name: text for name, text in os.environ.items() if not name.startswith(("VALERA_", "TELEGRAM_", "PUBLIC_"))}
        environment |= {"VALERA_HOME": str(self.home)} | self._settings | settings
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "valera", *arguments],
            input=text,
            env=environment,
            cwd=self.home.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.said.append(done.stdout)
        return done.stdout

    def arguments(self) -> list[str]:
        """What `ps` shows of its processes."""
        return [" ".join(process.cmdline()) for process in self.up.tree()]


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(SECONDS):
        while not await is_so():
            await asyncio.sleep(0.05)


@pytest.mark.timeout(180)
async def test_a_planted_token_is_nowhere_to_be_found(home: Path, database_url: str) -> None:
    async with listening() as telegram:
        bot = telegram.add(700000001, "lesnaya_bot")
        first = bot.token
        installation = Installation(home, database_url, telegram)
        instance = await asyncio.to_thread(installation.up.wait_ready)
        try:
            await _misadventures(installation, telegram, bot, database_url)
            pages = [await asyncio.to_thread(get, f"{instance.web_url}{path}") for path in ("/sign-in", "/health/live", "/health/ready")]
            arguments = installation.arguments()
        finally:
            logs = await asyncio.to_thread(installation.up.end)

    assert "bot_not_watched" in logs
    assert "delivery_refused" in logs
    texts = [logs, *installation.said, *pages, *arguments, *_files(home), *await _tables(database_url)]
    for token in (first, bot.token):
        assert [found for text in texts for form in _forms(token) if (found := _around(text, form))] == []


async def _misadventures(installation: Installation, telegram: Telegram, bot: TelegramBot, database_url: str) -> None:
    """All that a token meets: a wrong one, no connection, a proxy, every refusal of a send, 401 while polling, a new token."""
    db = Database(database_url, min_size=1, max_size=2)
    await db.open()
    owner = await db.connect(role="valera_owner")

    async def sent() -> bool:
        return telegram.count("sendMessage") > before

    async def is_(state: str) -> bool:
        return await owner.fetchval("select state from bots") == state

    try:
        await installation.run("shop", "add", "--name", "Кузовной на Лесной", "--slug", "lesnaya")
        await installation.run("bot", "add", "--shop", "lesnaya", "--token-file", "-", text=bot.token + "x")
        await installation.run(
            "bot", "add", "--shop", "lesnaya", "--token-file", "-", text=bot.token, VALERA_TELEGRAM_PROXY="http://127.0.0.1:1"
        )
        assert "answers for the shop" in await installation.run("bot", "add", "--shop", "lesnaya", "--token-file", "-", text=bot.token)
        for number, refusal in enumerate(
            [(500, "Internal Server Error"), (400, "Bad Request: can't parse entities"), (429, "Too Many Requests")]
        ):
            before = telegram.count("sendMessage")
            telegram.refuses["sendMessage"] = refusal
            bot.put(601 + number)
            await until(sent)
        telegram.refuses = {"getUpdates": (409, "Conflict: terminated by other getUpdates request")}
        telegram.revoke(bot)
        bot.put(605)  # whoever waits for it learns that its token is refused
        await until(lambda: is_("paused"))
        telegram.refuses, before = {}, telegram.count("sendMessage")
        assert "has its new token" in await installation.run("bot", "token", "lesnaya_bot", "--token-file", "-", text=bot.token)
        await until(sent)
        await installation.run("bot", "check", TELEGRAM_API_URL="https://127.0.0.1:1")
    finally:
        await owner.close()
        await db.close()


def _files(home: Path) -> list[str]:
    return [path.read_bytes().decode("latin-1") for path in home.rglob("*") if path.is_file()]


async def _tables(database_url: str) -> list[str]:
    """Every row of every table, bytes as bytes."""
    db = Database(database_url, min_size=1, max_size=2)
    connection = await db.connect(role="valera_owner")
    try:
        tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        return [_plain(row) for table in tables for row in await connection.fetch(f'select * from "{table["tablename"]}"')]
    finally:
        await connection.close()


def _plain(row: asyncpg.Record) -> str:
    return " ".join(value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row.values())


def _forms(token: str) -> set[str]:
    """However somebody may have written it down."""
    secret = token.partition(":")[2]
    encoded = {base64.b64encode(text.encode()).decode().rstrip("=") for text in (token, secret)}
    return {secret, quote(token, safe=""), secret.encode().hex(), *encoded}


def _around(text: str, form: str) -> str:
    at = text.find(form)
    return text[max(0, at - 200) : at + len(form)] if at >= 0 else ""
