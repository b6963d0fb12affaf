"""Private test mode: a bot that answers its testers only. Whoever opens its test link is one, until somebody takes them off the list."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.telegram.bots import testing_queries as queries

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

PREFIX = "test-"
"""Of what the link carries: t.me/BOT?start=test-…"""
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Tester:
    telegram_user_id: int
    name: str
    joined_at: datetime


async def begin_testing(tx: AccountTx, bot_id: int) -> str:
    """From now on nobody but testers is answered. A new key: links that were given out before make nobody a tester any more."""
    key = secrets.token_urlsafe(16)
    await queries.update_test_key(tx, bot_id, key)
    return key


async def end_testing(tx: AccountTx, bot_id: int) -> None:
    """Everybody is answered. The list of testers stays for the next time."""
    await queries.update_test_key(tx, bot_id, None)


async def find_test_key(tx: AccountTx, bot_id: int) -> str | None:
    """None: the bot answers everybody."""
    return await queries.select_test_key(tx, bot_id)


async def list_testers(tx: AccountTx, bot_id: int) -> list[Tester]:
    return await queries.select_testers(tx, Tester, bot_id)


async def join_testers(tx: AccountTx, bot_id: int, payload: str, *, telegram_user_id: int, name: str) -> bool:
    """``payload``: what a link to the bot carried. False: it is no test link of a bot that is private now."""
    if not payload.startswith(PREFIX):
        return False
    key = await queries.select_test_key(tx, bot_id)
    if key is None or not secrets.compare_digest(key.encode(), payload.removeprefix(PREFIX).encode()):
        return False
    await queries.insert_tester(tx, bot_id, telegram_user_id=telegram_user_id, name=name[:LONGEST_NAME])
    return True


async def remove_tester(tx: AccountTx, bot_id: int, telegram_user_id: int) -> bool:
    """False: they were none. Whoever has the link may come back: a new key keeps them away."""
    return await queries.delete_tester(tx, bot_id, telegram_user_id)
