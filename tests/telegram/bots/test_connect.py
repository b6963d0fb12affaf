"""What a person does with bots: each thing that can be wrong is said in its own sentence, and no update is lost on the way."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses

import pytest

from tests.reception.webhook import encoded, message_update
from tests.telegram.bots.botfather import TelegramBot
from tests.telegram.bots.stage import HERE, VAULT, Stage, until
from valera.kit.db import account_scope
from valera.kit.errors import Conflict, ValeraError
from valera.kit.secrets import Secret
from valera.telegram.api.client import BotApi
from valera.telegram.bots import connect, identify, retire
from valera.telegram.bots.bot import BotServesAnotherShop, find_bot, get_token, list_bots
from valera.telegram.bots.condition import examine_bot
from valera.telegram.update_kinds import ALLOWED_UPDATES


@pytest.fixture
def fresh(stage: Stage) -> TelegramBot:
    """A bot that no shop has."""
    return stage.telegram.add(700000003, "third_bot")


@pytest.fixture(autouse=True)
def _short_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identify, "PROBE_SECONDS", 1)


async def add(
    stage: Stage, token: str, *, take_over: bool = False, base_url: str | None = HERE, delivery: str = "webhook"
) -> connect.Connected:
    office = stage.office(base_url)
    return await connect.connect_bot(office, stage.garage.account_id, Secret(token), delivery=delivery, take_over=take_over)


async def refusal_of(stage: Stage, token: str) -> ValeraError:
    with pytest.raises(ValeraError) as raised:
        await add(stage, token)
    assert token not in str(raised.value)
    assert token not in repr(raised.value.__dict__)
    return raised.value


# ---- adding -------------------------------------------------------------------------------------


async def test_a_bot_is_added_with_its_webhook(stage: Stage, fresh: TelegramBot) -> None:
    made = await add(stage, fresh.token)

    assert (made.is_new, made.delivery) == (True, "webhook")
    assert fresh.url == f"{HERE}/telegram/{made.bot.webhook_key}"
    assert (fresh.allowed_updates, fresh.max_connections, len(fresh.secret)) == (list(ALLOWED_UPDATES), 40, 43)
    with account_scope(stage.garage.account_id):
        async with stage.db.account_tx() as tx:
            assert [bot.username for bot in await list_bots(tx)] == ["garage_bot", "third_bot"]
            assert await get_token(tx, made.bot.id, VAULT) == Secret(fresh.token)
    stored = await stage.owner.fetchval("select token from bots where id = $1", made.bot.id)
    assert stored is not None
    assert fresh.token.partition(":")[2].encode() not in stored


async def test_without_an_address_it_has_no_webhook(stage: Stage, fresh: TelegramBot) -> None:
    made = await add(stage, fresh.token, base_url=None)

    assert (made.delivery, fresh.url) == ("polling", "")


@pytest.mark.parametrize(
    "token", ["", "123", "no token", "123:abc", "12:AAE-planted-token-of-the-garage-00000100", "700000003:" + "A" * 35 + " x"]
)
async def test_what_cannot_be_a_token_is_not_shown_to_telegram(stage: Stage, token: str) -> None:
    with pytest.raises(identify.TokenMalformed, match="@BotFather"):
        await add(stage, token)
    assert stage.telegram.calls == []


async def test_a_wrong_token_and_a_revoked_one_are_told_apart(stage: Stage, fresh: TelegramBot) -> None:
    wrong = await refusal_of(stage, "700000009:AAE-nobody-has-this-token-0123456789ab")
    made = await add(stage, fresh.token)
    old = fresh.token
    stage.telegram.revoke(fresh)
    revoked = await refusal_of(stage, old)

    assert isinstance(wrong, identify.TokenRefused)
    assert "does not know this token" in str(wrong)
    assert isinstance(revoked, identify.TokenRefused)
    assert "it was revoked" in str(revoked)
    assert f"@{made.bot.username}" in str(revoked)


async def test_a_real_token_beside_the_simulator_is_explained(stage: Stage) -> None:
    office = dataclasses.replace(stage.office(), is_simulator=True)
    with pytest.raises(identify.TokenRefused, match="TELEGRAM_API_URL=https"):
        await connect.connect_bot(office, stage.garage.account_id, Secret("700000009:" + "A" * 35), delivery="webhook", take_over=False)


@pytest.mark.parametrize(
    ("code", "said", "sentence"),
    [(400, "Logged out", "another Bot API server"), (500, "Internal Server Error", "out of order"), (404, "Not Found", "TELEGRAM_API_URL")],
)
async def test_what_telegram_says_instead(stage: Stage, fresh: TelegramBot, code: int, said: str, sentence: str) -> None:
    stage.telegram.refuses["getMe"] = (code, said)

    assert sentence in str(await refusal_of(stage, fresh.token))


async def test_an_unreachable_telegram_is_told(stage: Stage, fresh: TelegramBot) -> None:
    bot_api = BotApi("http://127.0.0.1:1")
    office = dataclasses.replace(stage.office(), bot_api=bot_api, telegram="http://127.0.0.1:1")
    with pytest.raises(identify.TelegramUnreachable, match=r"Nothing accepts connections at http://127\.0\.0\.1:1"):
        await connect.connect_bot(office, stage.garage.account_id, Secret(fresh.token), delivery="webhook", take_over=False)
    await bot_api.close()


async def test_a_foreign_webhook_is_taken_only_if_told_so(stage: Stage, fresh: TelegramBot) -> None:
    fresh.url = "https://n8n.example.org/webhook/SECRET-PATH"
    fresh.put(601)
    refused = await refusal_of(stage, fresh.token)
    untouched = fresh.url
    made = await add(stage, fresh.token, take_over=True)

    assert isinstance(refused, identify.BotUsedElsewhere)
    assert "n8n.example.org (webhook, 1 messages wait for it)" in str(refused)
    assert "SECRET-PATH" not in str(refused)
    assert untouched.startswith("https://n8n.")
    assert fresh.url.startswith(HERE)
    assert made.pending == 1
    assert set(fresh.queue) == {601}  # nothing was dropped


async def test_another_program_that_polls_is_noticed(stage: Stage, fresh: TelegramBot) -> None:
    async def poll_for_ever() -> None:
        while True:
            with contextlib.suppress(ValeraError):  # it is thrown out, and asks again at once
                await stage.bot_api.get_updates(Secret(fresh.token), seconds=20, allowed_updates=[])

    stranger = asyncio.create_task(poll_for_ever())
    await until(lambda: _polls(fresh))
    refused = await refusal_of(stage, fresh.token)
    stranger.cancel()
    await asyncio.gather(stranger, return_exceptions=True)

    assert isinstance(refused, identify.BotUsedElsewhere)
    assert "getUpdates" in str(refused)
    assert fresh.url == ""


async def _polls(bot: TelegramBot) -> bool:
    return bot.polls > 0


async def test_a_bot_of_another_shop_is_refused_with_its_name(stage: Stage) -> None:
    refused = await refusal_of(stage, stage.rival_bot.token)

    assert isinstance(refused, BotServesAnotherShop)
    assert "'rival'" in str(refused)


async def test_the_same_bot_again_is_refreshed(stage: Stage, fresh: TelegramBot) -> None:
    first = await add(stage, fresh.token)
    fresh.url, fresh.username = "", "renamed_bot"
    again = await add(stage, fresh.token)

    assert (again.is_new, again.bot.id, again.bot.username) == (False, first.bot.id, "renamed_bot")
    assert fresh.url == f"{HERE}/telegram/{first.bot.webhook_key}"


async def test_an_address_that_telegram_does_not_take_is_explained_and_the_bot_stays(stage: Stage, fresh: TelegramBot) -> None:
    with pytest.raises(connect.WebhookNotTaken, match="An HTTPS URL must be provided"):
        await add(stage, fresh.token, base_url="http://valera.example.org")
    assert (await stage.route(fresh.id)).username == "third_bot"


# ---- changing -----------------------------------------------------------------------------------


async def test_a_new_token_of_the_same_bot_wakes_what_waited(stage: Stage) -> None:
    stage.start_keeper(HERE)
    stage.telegram.revoke(stage.bot)
    await until(lambda: _state_is(stage, "paused"))
    made = await connect.change_token(stage.office(), await stage.route(), Secret(stage.bot.token))

    assert await _state_is(stage, "active")
    assert await stage.kinds() == set()
    assert stage.bot.url == f"{HERE}/telegram/{made.bot.webhook_key}"


async def _state_is(stage: Stage, state: str) -> bool:
    return await stage.owner.fetchval("select state from bots where id = $1", stage.garage.bot_id) == state


async def test_a_token_of_another_bot_is_refused(stage: Stage, fresh: TelegramBot) -> None:
    with pytest.raises(Conflict, match="another bot"):
        await connect.change_token(stage.office(), await stage.route(), Secret(fresh.token))
    with account_scope(stage.garage.account_id):
        async with stage.db.account_tx() as tx:
            assert await get_token(tx, stage.garage.bot_id, VAULT) == Secret(stage.bot.token)


async def test_rotating_the_secret_loses_no_update(stage: Stage, fresh: TelegramBot) -> None:
    """Telegram still sends with the old address for a moment; afterwards it opens nothing."""
    made = await add(stage, fresh.token)
    old_path, old_secret, old_url = f"/telegram/{made.bot.webhook_key}", fresh.secret.encode(), fresh.url
    assert await stage.post(old_path, encoded(message_update()), old_secret) == 200

    await connect.rotate_secret(stage.office(), await stage.route(fresh.id))
    late = await stage.post(old_path, encoded(message_update()), old_secret)
    mixed = await stage.post(old_path, encoded(message_update()), fresh.secret.encode())
    fresh.put(999_601)
    new = await stage.telegram.deliver(fresh, stage.post)
    await stage.owner.execute("update bots set previous_until = now() where telegram_id = $1", fresh.id)
    await stage.restart_ingest()  # or half a minute later
    ended = await stage.post(old_path, encoded(message_update()), old_secret)

    assert fresh.url != old_url
    assert (late, mixed, new, ended) == (200, 404, [200], 404)


async def test_a_rotation_that_telegram_did_not_hear_of_is_finished_by_the_keeper(stage: Stage, fresh: TelegramBot) -> None:
    made = await add(stage, fresh.token)
    stage.telegram.refuses["setWebhook"] = (500, "Internal Server Error")
    with pytest.raises(identify.TelegramUnreachable):
        await connect.rotate_secret(stage.office(), await stage.route(fresh.id))
    assert await stage.post(f"/telegram/{made.bot.webhook_key}", encoded(message_update()), fresh.secret.encode()) == 200

    stage.telegram.refuses.clear()
    old = fresh.url
    stage.start_keeper(HERE)
    await until(lambda: _differs(fresh, old))
    fresh.put(999_601)
    assert await stage.telegram.deliver(fresh, stage.post) == [200]


async def _differs(bot: TelegramBot, url: str) -> bool:
    return bot.url != url


async def test_switching_between_webhook_and_polling_loses_nothing_and_doubles_nothing(stage: Stage, fresh: TelegramBot) -> None:
    await add(stage, fresh.token)
    route = await stage.route(fresh.id)
    stage.start_keeper(HERE)
    for number, delivery in enumerate(["polling", "webhook", "polling", "webhook"]):
        fresh.put(601 + 2 * number)
        if delivery == "polling":  # it arrived, and the 200 was lost
            path = fresh.url[fresh.url.index("/telegram/") :]
            assert await stage.post(path, fresh.queue[601 + 2 * number], fresh.secret.encode()) == 200
        await connect.choose_delivery(stage.office(), route, delivery, take_over=False)
        fresh.put(602 + 2 * number)
        if delivery == "webhook":
            assert set(await stage.telegram.deliver(fresh, stage.post)) <= {200}
        await until(lambda: _is_empty(fresh))

    rows = await stage.owner.fetch("select update_id from telegram_updates where bot_id = $1 order by seq", route.id)
    assert [row["update_id"] for row in rows] == list(range(601, 609))
    assert await stage.conflicts() == 0


async def _is_empty(bot: TelegramBot) -> bool:
    return not bot.queue


# ---- quiet --------------------------------------------------------------------------------------


async def test_a_paused_bot_takes_in_and_goes_on_only_when_told(stage: Stage) -> None:
    office, route = stage.office(), await stage.route()
    assert await retire.pause(office.db, route)
    assert not await retire.pause(office.db, route)
    stage.start_keeper(HERE)
    await until(lambda: _differs(stage.bot, ""))
    stage.bot.put(601)

    assert await stage.telegram.deliver(stage.bot, stage.post) == [200]
    assert await _state_is(stage, "paused")  # Telegram's taking its token does not end it
    assert "paused since" in (await examine_bot(office, route)).sentence
    assert await retire.resume(office.db, route) == "active"


async def test_resuming_a_bot_whose_token_is_refused_does_not_pretend(stage: Stage) -> None:
    office, route = stage.office(), await stage.route()
    await retire.pause(office.db, route)
    stage.telegram.revoke(stage.bot)
    stage.start_keeper(HERE)
    await until(lambda: _has_notice(stage))

    assert await retire.resume(office.db, route) == "paused"


async def _has_notice(stage: Stage) -> bool:
    return bool(await stage.notices())


async def test_a_removed_bot_leaves_its_history_and_no_token(stage: Stage, fresh: TelegramBot) -> None:
    made = await add(stage, fresh.token)
    path, secret = f"/telegram/{made.bot.webhook_key}", fresh.secret.encode()
    assert await stage.post(path, encoded(message_update()), secret) == 200
    await retire.remove(stage.office(), await stage.route(fresh.id), even_unreachable=False)
    await stage.restart_ingest()  # or half a minute later

    row = await stage.owner.fetchrow("select state, token from bots where id = $1", made.bot.id)
    assert row is not None
    assert (row["state"], row["token"], fresh.url) == ("removed", b"", "")
    assert await stage.post(path, encoded(message_update()), secret) == 404
    assert await stage.owner.fetchval("select count(*) from telegram_updates where bot_id = $1", made.bot.id) == 1


async def test_removing_leaves_somebody_elses_webhook_alone(stage: Stage) -> None:
    stage.bot.url = "https://n8n.example.org/webhook"
    await retire.remove(stage.office(), await stage.route(), even_unreachable=False)

    assert stage.bot.url == "https://n8n.example.org/webhook"


async def test_a_removed_bot_comes_back_with_its_chats(stage: Stage) -> None:
    await retire.remove(stage.office(), await stage.route(), even_unreachable=False)
    made = await add(stage, stage.bot.token)

    assert made.bot.id == stage.garage.bot_id
    with account_scope(stage.garage.account_id):
        async with stage.db.account_tx() as tx:
            assert (await find_bot(tx, stage.garage.bot_id)) == made.bot


async def test_a_removed_bot_may_serve_another_shop(stage: Stage) -> None:
    await retire.remove(stage.office(), await stage.route(stage.rival_bot.id), even_unreachable=False)
    made = await add(stage, stage.rival_bot.token)

    assert made.is_new
    assert made.bot.id != stage.rival.bot_id
    assert await stage.owner.fetchval("select account_id from bots where id = $1", made.bot.id) == stage.garage.account_id


async def test_a_bot_is_not_removed_behind_the_back_of_an_unreachable_telegram(stage: Stage) -> None:
    stage.bot.url = f"{HERE}/telegram/{stage.garage.webhook_key}"
    stage.telegram.refuses["deleteWebhook"] = (500, "Internal Server Error")
    office, route = stage.office(), await stage.route()
    with pytest.raises(identify.TelegramUnreachable):
        await retire.remove(office, route, even_unreachable=False)
    assert await _state_is(stage, "active")

    await retire.remove(office, route, even_unreachable=True)
    assert await _state_is(stage, "removed")
