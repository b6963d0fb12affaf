"""Bots in the browser: plain errors, nothing of a token anywhere, repair, private test mode."""

from __future__ import annotations

import re

import pytest

from tests.dashboard.office import HTML
from tests.dashboard.shop.conftest import Counter
from valera.dashboard.shop.bots.link import bot_link, qr_code
from valera.kit.db import account_scope
from valera.telegram.bots.testing import join_testers

ELSEWHERE = "https://n8n.example.org/secret-path"


async def ask(counter: Counter, sql: str, *values: object) -> object:
    return await counter.stage.owner.fetchval(sql, *values)


async def test_a_bot_is_connected_and_its_token_is_nowhere(counter: Counter, capsys: pytest.CaptureFixture[str]) -> None:
    fresh = counter.stage.telegram.add(700000003, "third_bot")
    made = await counter.office.post("/bots", {"token": f"  {fresh.token}\n"})
    assert made.headers["hx-redirect"] == "/shops/garage/bots"
    page = await counter.office.get("/bots")
    assert "@third_bot" in page.text
    assert "https://t.me/third_bot" in page.text
    again = await counter.office.post("/bots", {"token": fresh.token})
    assert "toast" in again.headers["set-cookie"]
    told = page.text + str(made.headers) + str(again.headers) + "".join(capsys.readouterr())
    assert fresh.token not in told
    assert fresh.token.partition(":")[2] not in told


async def test_each_trouble_has_its_own_sentence(counter: Counter) -> None:
    stage = counter.stage
    used = stage.telegram.add(700000004, "used_bot")
    used.url = ELSEWHERE
    unknown = "700000009:AAE-planted-token-unknown-0123456789abcdef"
    for token, says in (
        ("не токен", "Это не похоже на токен"),
        (unknown, "Telegram не знает такого токена"),
        (stage.rival_bot.token, "уже отвечает в другом сервисе"),
        (used.token, "пользуется другая программа"),
    ):
        answer = await counter.office.post("/bots", {"token": token}, headers=HTML)
        assert answer.status_code in {409, 422}
        assert says in answer.text
        assert token not in answer.text
        assert "rival" not in answer.text
    assert "take_over" in answer.text
    assert (await counter.office.post("/bots", {"token": used.token, "take_over": "on"})).status_code == 204
    assert used.url.startswith("https://valera.example.org/telegram/")


async def test_telegram_is_away(counter: Counter) -> None:
    fresh = counter.stage.telegram.add(700000003, "third_bot")
    counter.stage.telegram.refuses["getMe"] = (502, "Bad Gateway")
    answer = await counter.office.post("/bots", {"token": fresh.token}, headers=HTML)
    assert (answer.status_code, "Telegram сейчас не отвечает" in answer.text) == (503, True)


async def test_the_state_is_told_in_words_and_repaired(counter: Counter) -> None:
    bot, bot_id = counter.stage.bot, counter.office.world.garage.bot_id
    assert "У Telegram нет нашего адреса" in (await counter.office.get(f"/bots/{bot_id}/state")).text
    assert (await counter.office.post(f"/bots/{bot_id}/webhook", {})).status_code == 204
    assert bot.url.startswith("https://valera.example.org/telegram/")
    assert "Telegram передаёт сообщения: valera.example.org" in (await counter.office.get(f"/bots/{bot_id}/state")).text
    bot.url = ELSEWHERE
    elsewhere = (await counter.office.get(f"/bots/{bot_id}/state")).text
    assert "n8n.example.org" in elsewhere
    assert "secret-path" not in elsewhere
    assert (await counter.office.post(f"/bots/{bot_id}/webhook", {}, headers=HTML)).status_code == 409
    assert (await counter.office.post(f"/bots/{bot_id}/webhook", {"take_over": "on"})).status_code == 204
    counter.stage.telegram.revoke(bot)
    assert "Telegram не принимает токен" in (await counter.office.get(f"/bots/{bot_id}/state")).text
    assert (await counter.office.post(f"/bots/{bot_id}/token", {"token": counter.stage.rival_bot.token}, headers=HTML)).status_code == 409
    assert (await counter.office.post(f"/bots/{bot_id}/token", {"token": bot.token})).status_code == 204
    assert "Telegram передаёт сообщения" in (await counter.office.get(f"/bots/{bot_id}/state")).text


async def test_pause_resume_and_removal(counter: Counter) -> None:
    bot_id = counter.office.world.garage.bot_id
    for is_paused, state in (("yes", "paused"), ("no", "active")):
        assert (await counter.office.post(f"/bots/{bot_id}/pause", {"is_paused": is_paused})).status_code == 204
        assert await ask(counter, "select state from bots where id = $1", bot_id) == state
    counter.stage.telegram.refuses["getWebhookInfo"] = (502, "Bad Gateway")
    unreachable = await counter.office.post(f"/bots/{bot_id}/removal", {}, headers=HTML)
    assert (unreachable.status_code, "even_unreachable" in unreachable.text) == (503, True)
    del counter.stage.telegram.refuses["getWebhookInfo"]
    assert (await counter.office.post(f"/bots/{bot_id}/removal", {})).status_code == 204
    assert await ask(counter, "select state || '/' || length(token) from bots where id = $1", bot_id) == "removed/0"
    assert (await counter.office.get(f"/bots/{bot_id}/state")).status_code == 404


async def test_private_test_mode(counter: Counter) -> None:
    bot_id = counter.office.world.garage.bot_id
    await counter.office.post(f"/bots/{bot_id}/testing", {"is_private": "yes"})
    page = (await counter.office.get("/bots")).text
    found = re.search(r"https://t\.me/garage_bot\?start=(test-[\w-]{22})", page)
    assert found is not None
    assert "отвечает только проверяющим" in page
    with account_scope(counter.office.world.garage.account_id):
        async with counter.stage.db.account_tx() as tx:
            assert await join_testers(tx, bot_id, found[1], telegram_user_id=5, name="Пётр <b>")
    assert "Пётр &lt;b&gt;" in (await counter.office.get(f"/bots/{bot_id}/testers")).text
    assert (await counter.office.post(f"/bots/{bot_id}/testers/removal", {"telegram_user_id": "5"})).status_code == 204
    assert await ask(counter, "select count(*) from testers where telegram_user_id = 5") == 0
    await counter.office.post(f"/bots/{bot_id}/testing", {"is_private": "no"})
    assert await ask(counter, "select test_key from bots where id = $1", bot_id) is None


async def test_rival_sees_nothing(counter: Counter) -> None:
    bot_id = counter.office.world.garage.bot_id
    assert (await counter.office.get("/bots", as_="rival")).status_code == 404
    assert "garage_bot" not in (await counter.office.get("/bots", as_="rival", shop="rival")).text
    for path in ("state", "testers", "qr.svg"):
        assert (await counter.office.get(f"/bots/{bot_id}/{path}", as_="rival", shop="rival")).status_code == 404
    for path in ("webhook", "token", "pause", "removal", "testing", "testers/removal"):
        answer = await counter.office.post(f"/bots/{bot_id}/{path}", {"telegram_user_id": "1"}, as_="rival", shop="rival")
        assert (path, answer.status_code) == (path, 404)
    assert (await counter.office.get("/bots", as_="support")).status_code == 403


def test_a_qr_code_breaks_no_policy() -> None:
    link = bot_link("garage_bot", 1, None, "test-abc")
    assert link == "https://t.me/garage_bot?start=test-abc"
    assert "style=" not in qr_code(link)
    assert bot_link("garage_bot", 1, "http://127.0.0.1:8001", "x") == "http://127.0.0.1:8001/?bot=1"
