"""Every bot's webhook points here, soon after Telegram answers, and without alarm while everything is only starting."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from logging import INFO

import pytest
from structlog.testing import capture_logs

from tests.cast import World
from tests.telegram.scripted_telegram import ScriptedTelegram, refusal, scripted_telegram
from valera.accounts.notice import open_notices
from valera.kit.db import Database, account_scope
from valera.kit.secrets import Place, Secret, Vault
from valera.telegram.api.client import BotApi
from valera.telegram.bots.bot import list_bots
from valera.telegram.bots.registration import register_all, register_webhooks

VAULT = Vault(Secret(base64.b64encode(bytes(32)).decode()))
HERE = "https://valera.example.org"


@pytest.fixture
async def telegram(db: Database, world: World) -> AsyncIterator[ScriptedTelegram]:
    """Both shops' bots have tokens that open."""
    owner = await db.connect(role="valera_owner")
    for shop in (world.garage, world.rival):
        bot = await owner.fetchrow(
            "select a.slug, b.telegram_id from accounts a join bots b on b.account_id = a.id where b.id = $1", shop.bot_id
        )
        assert bot is not None
        wrapped = VAULT.new_data_key(bot["slug"])
        sealed = VAULT.seal(wrapped, bot["slug"], Place("bots.token", shop.account_id, str(bot["telegram_id"])), Secret("1:token"))
        await owner.execute("update accounts set data_key = $2 where id = $1", shop.account_id, wrapped)
        await owner.execute("update bots set token = $2 where id = $1", shop.bot_id, sealed)
    await owner.close()
    async with scripted_telegram() as telegram:
        yield telegram


def addresses(telegram: ScriptedTelegram) -> set[str]:
    return {call["url"] for method, call in telegram.calls if method == "setWebhook"}


async def test_every_shops_bot_is_pointed_here(db: Database, world: World, telegram: ScriptedTelegram) -> None:
    bot_api = BotApi(telegram.url)

    assert await register_all(db, bot_api, VAULT, base_url=HERE, level=INFO)

    await bot_api.close()
    assert addresses(telegram) == {f"{HERE}/telegram/{shop.webhook_key}" for shop in (world.garage, world.rival)}


async def test_telegram_that_is_not_there_yet_is_asked_again_soon_and_quietly(db: Database, telegram: ScriptedTelegram) -> None:
    telegram.answers = [refusal(502, "Bad Gateway")] * 6
    bot_api = BotApi(telegram.url)
    with capture_logs() as said:
        registering = asyncio.create_task(register_webhooks(db, bot_api, VAULT, base_url=HERE))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(3):
                while len(addresses(telegram)) < 2:
                    await asyncio.sleep(0.05)
        registering.cancel()
    await bot_api.close()

    assert len(addresses(telegram)) == 2
    assert {line["log_level"] for line in said if line["event"] == "webhook_not_set"} == {"info"}


async def test_revoked_token_is_told_at_once_and_holds_up_no_other_bot(db: Database, telegram: ScriptedTelegram) -> None:
    telegram.answers = [refusal(401, "Unauthorized")]
    bot_api = BotApi(telegram.url)
    with capture_logs() as said:
        is_done = await register_all(db, bot_api, VAULT, base_url=HERE, level=INFO)
    await bot_api.close()

    assert is_done  # asking again in a moment would change nothing
    assert len(addresses(telegram)) == 1
    assert [line["log_level"] for line in said if line["event"] == "webhook_not_set"] == ["warning"]


async def test_revoked_token_pauses_its_bot_until_telegram_takes_it_again(db: Database, world: World, telegram: ScriptedTelegram) -> None:
    async def look() -> tuple[str, int]:
        with account_scope(world.garage.account_id):
            async with db.account_tx() as tx:
                return (await list_bots(tx))[0].state, len(await open_notices(tx))

    telegram.answers = [refusal(401, "Unauthorized")]
    bot_api = BotApi(telegram.url)

    await register_all(db, bot_api, VAULT, base_url=HERE, level=INFO)
    refused = await look()
    await register_all(db, bot_api, VAULT, base_url=HERE, level=INFO)
    taken = await look()
    await bot_api.close()

    assert (refused, taken) == (("paused", 1), ("active", 0))


async def test_conflict_is_told_and_holds_up_no_other_bot(db: Database, telegram: ScriptedTelegram) -> None:
    telegram.answers = [refusal(409, "Conflict: another one is at it")]
    bot_api = BotApi(telegram.url)
    with capture_logs() as said:
        is_done = await register_all(db, bot_api, VAULT, base_url=HERE, level=INFO)
    await bot_api.close()

    assert is_done
    assert len(addresses(telegram)) == 1
    assert [line["error"] for line in said if line["event"] == "webhook_not_set"] == ["Misdirected"]


async def test_token_that_does_not_open_holds_up_no_other_bot(db: Database, world: World, telegram: ScriptedTelegram) -> None:
    owner = await db.connect(role="valera_owner")
    await owner.execute("update bots set token = 'nonsense' where id = $1", world.garage.bot_id)
    await owner.close()
    bot_api = BotApi(telegram.url)

    assert await register_all(db, bot_api, VAULT, base_url=HERE, level=INFO)

    await bot_api.close()
    assert addresses(telegram) == {f"{HERE}/telegram/{world.rival.webhook_key}"}
