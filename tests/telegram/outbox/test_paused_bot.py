"""A bot whose token Telegram refuses, or does not open: it is paused, its team is told, and its deliveries wait and lose nothing."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.telegram.post_office import PostOffice
from tests.telegram.scripted_telegram import refusal
from valera.accounts.notice import Notice, NoticeKind, open_notices
from valera.kit.db import account_scope
from valera.kit.secrets import Secret, Vault
from valera.telegram.bots.bot import check_bot, pause_bot

UNAUTHORIZED = refusal(401, "Unauthorized")


async def notices(office: PostOffice) -> list[Notice]:
    with account_scope(office.shop.account_id):
        async with office.db.account_tx() as tx:
            return await open_notices(tx)


async def check(office: PostOffice) -> bool:
    with account_scope(office.shop.account_id):
        return await check_bot(office.db, office.bot_api, office.vault, office.shop.bot_id)


@pytest.mark.parametrize("answer", [UNAUTHORIZED, refusal(400, "Bad Request: Logged out")], ids=["revoked", "logged out"])
async def test_revoked_token_pauses_the_bot_and_tells_the_team_once(office: PostOffice, answer: dict[str, Any]) -> None:
    second = await office.another_chat(900_010)
    await office.put("раз")
    await office.put("два", chat_id=second)
    office.telegram.answers = [answer, answer]

    await office.send()

    assert {row["state"] for row in await office.rows()} == {"ready"}
    assert await office.bot_state() == "paused"
    [notice] = await notices(office)
    assert (notice.kind, notice.bot_id) == (NoticeKind.TOKEN_REVOKED, office.shop.bot_id)
    assert "@garage_bot" in notice.explain("ru")[0]


async def test_paused_bot_asks_nothing_of_telegram_and_spends_no_attempt(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = [UNAUTHORIZED]
    await office.send()

    for _ in range(5):
        await office.hurry()
        await office.send()
        assert await office.send() == 0  # it waits, and is not looked at without end

    assert len(office.telegram.calls) == 1
    assert (await office.row())["attempts"] == 0


async def test_bot_that_goes_on_sends_all_that_waited_in_order(office: PostOffice) -> None:
    second = await office.another_chat(900_010)
    await office.put("раз")
    office.telegram.answers = [UNAUTHORIZED]
    await office.send()
    await office.put("два")
    await office.put("и вам", chat_id=second)
    await office.send()
    office.telegram.calls.clear()
    office.telegram.answers = [{"ok": True, "result": {"id": 9_000_001, "username": "garage_bot"}}]

    resumed = await check(office)
    while await office.send():
        pass

    assert resumed
    assert await office.bot_state() == "active"
    assert await notices(office) == []
    assert [text for text in office.texts() if text != "и вам"] == ["раз", "два"]
    assert "и вам" in office.texts()


async def test_bot_whose_token_is_refused_still_stays_paused(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = [UNAUTHORIZED, UNAUTHORIZED]
    await office.send()

    assert not await check(office)

    assert await office.bot_state() == "paused"
    assert len(await notices(office)) == 1


async def test_bot_that_goes_on_while_its_delivery_is_put_off_leaves_nothing_behind(office: PostOffice) -> None:
    await office.put("раз")
    await office.put("два", chat_id=await office.another_chat(900_010))
    first, second = await office.claim()
    office.telegram.answers = [UNAUTHORIZED, {"ok": True, "result": {"id": 9_000_001}}, UNAUTHORIZED]
    await office.sender.deliver(first)
    await office.owner.execute("update bots set state = 'paused'")

    assert await check(office)
    await office.sender.deliver(second)  # the late 401 of before: the bot is paused anew, and found again
    assert await office.bot_state() == "paused"
    office.telegram.answers = [{"ok": True, "result": {"id": 9_000_001}}]
    assert await check(office)
    while await office.send():
        pass

    assert {row["state"] for row in await office.rows()} == {"sent"}


@pytest.mark.parametrize(("state", "told"), [("paused", [NoticeKind.TOKEN_REVOKED]), ("held", [])])
async def test_bot_that_stands_still_for_another_reason_is_neither_started_nor_changed_by_its_token(
    office: PostOffice, state: str, told: list[NoticeKind]
) -> None:
    """Paused by a person, it stays so; that Telegram refuses its token, too, is told."""
    await office.put("раз")
    [claim] = await office.claim()
    await office.owner.execute("update bots set state = $2, paused_at = now() where id = $1", office.shop.bot_id, state)
    office.telegram.answers = [{"ok": True, "result": {"id": 9_000_001}}]

    assert await check(office)
    await office.sender.deliver(claim)
    with account_scope(office.shop.account_id):
        async with office.db.account_tx() as tx:
            await pause_bot(tx, office.shop.bot_id)

    assert await office.bot_state() == state
    assert [notice.kind for notice in await notices(office)] == told
    assert office.texts() == []
    assert await office.seconds_to_wait(office.shop.chat_id) > 500


async def test_token_that_does_not_open_costs_nothing_until_the_right_key_is_back(office: PostOffice) -> None:
    await office.put("раз")
    right, office.vault = office.vault, Vault(Secret(base64.b64encode(bytes([1] * 32)).decode()))

    for _ in range(5):
        await office.hurry()
        await office.send()
    row = await office.row()
    office.vault = right
    await office.send_all()

    assert (row["state"], row["attempts"], row["unsure"]) == ("ready", 0, 0)
    assert office.texts() == ["раз"]


async def test_what_a_removed_bot_would_have_said_is_withdrawn(office: PostOffice) -> None:
    """Written while it was being removed: it stays in the chat, and nobody sends it."""
    await office.put("раз")
    await office.owner.execute("update bots set state = 'removed', token = '' where id = $1", office.shop.bot_id)

    assert await office.send() == 1

    row = await office.row()
    assert (row["state"], row["error"]) == ("withdrawn", "bot-removed")
    assert office.texts() == []
