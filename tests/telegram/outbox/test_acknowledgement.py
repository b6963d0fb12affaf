"""A pressed button stops spinning at once, whatever its chat is busy with, and once."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.cast import World
from tests.telegram.scripted_telegram import ScriptedTelegram, refusal, scripted_telegram
from valera.kit.db import Database
from valera.kit.secrets import Place, Secret, Vault
from valera.telegram.api.client import BotApi
from valera.telegram.outbox.acknowledgement import acknowledge, claim_presses

VAULT = Vault(Secret(base64.b64encode(bytes(32)).decode()))


@pytest.fixture
async def owner(db: Database, world: World) -> AsyncIterator[asyncpg.Connection]:
    """The garage's bot has a token that opens; two presses wait, one of them too old for Telegram."""
    shop, owner = world.garage, await db.connect(role="valera_owner")
    row = await owner.fetchrow(
        "select a.slug, b.telegram_id from accounts a join bots b on b.account_id = a.id where b.id = $1", shop.bot_id
    )
    assert row is not None
    wrapped = VAULT.new_data_key(row["slug"])
    sealed = VAULT.seal(wrapped, row["slug"], Place("bots.token", shop.account_id, str(row["telegram_id"])), Secret("1:token"))
    await owner.execute("update accounts set data_key = $2 where id = $1", shop.account_id, wrapped)
    await owner.execute("update bots set token = $2 where id = $1", shop.bot_id, sealed)
    await owner.execute("update button_presses set acknowledged_at = now()")
    await owner.execute(
        "insert into button_presses (account_id, bot_id, callback_query_id, received_at)"
        " values ($1, $2, 'fresh', now()), ($1, $2, 'stale', now() - interval '151 seconds')",
        shop.account_id,
        shop.bot_id,
    )
    await owner.execute("update mailboxes set leased_until = now() + interval '1 hour'")
    yield owner
    await owner.close()


async def acknowledge_all(db: Database, telegram: ScriptedTelegram) -> None:
    bot_api = BotApi(telegram.url)
    for press in await claim_presses(db, 10):
        await acknowledge(db, bot_api, VAULT, press)
    await bot_api.close()


@pytest.mark.usefixtures("owner")
async def test_press_is_acknowledged_once_while_its_mailbox_is_leased(db: Database) -> None:
    async with scripted_telegram() as telegram:
        await asyncio.gather(*(acknowledge_all(db, telegram) for _ in range(3)))

    assert telegram.calls == [("answerCallbackQuery", {"callback_query_id": "fresh"})]


async def test_refused_acknowledgement_is_not_repeated(db: Database, owner: asyncpg.Connection) -> None:
    async with scripted_telegram() as telegram:
        telegram.answers = [refusal(400, "Bad Request: query is too old")]
        await acknowledge_all(db, telegram)
        await acknowledge_all(db, telegram)

    assert len(telegram.calls) == 1
    assert await owner.fetchval("select acknowledged_at is not null from button_presses where callback_query_id = 'fresh'")


async def test_revoked_token_pauses_the_bot(db: Database, world: World, owner: asyncpg.Connection) -> None:
    async with scripted_telegram() as telegram:
        telegram.answers = [refusal(401, "Unauthorized")]
        await acknowledge_all(db, telegram)

    assert await owner.fetchval("select state from bots where id = $1", world.garage.bot_id) == "paused"
    assert await owner.fetchval("select count(*) from notices where resolved_at is null and bot_id = $1", world.garage.bot_id) == 1
