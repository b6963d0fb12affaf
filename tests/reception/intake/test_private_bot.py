"""A bot in private test mode: testers are answered, anybody else reads once that it is closed, and nothing that they wrote is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reception.intake.meaning import PHRASES, plain
from tests.reception.webhook import NUMBERS, message_update
from valera.kit.db import account_scope
from valera.telegram.bots.testing import begin_testing, end_testing, list_testers, remove_tester

if TYPE_CHECKING:
    from tests.reception.stage import Stage

STRANGER, TESTER = 900_077, 900_078
CLOSED = PHRASES.say("ru", "testing.closed")


@pytest.fixture
async def key(stage: Stage) -> str:
    """The bot is private."""
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            return await begin_testing(tx, stage.shop.bot_id)


async def test_a_stranger_reads_once_that_it_is_closed(stage: Stage, key: str) -> None:
    for text in ("Сколько стоит покрасить бампер?", "Алло", "/help", "/start utm_avito", f"/start test-{key[:-1]}"):
        await stage.write(text, user=STRANGER)
    await stage.take_in()
    assert await stage.run_turns() == 0
    said = await stage.said(STRANGER)
    assert len(said) == 1
    assert CLOSED in said[0]
    assert "+7 916 000-00-00" in said[0]
    assert [text for role, text in await stage.messages(STRANGER) if role == "user"][:2] == ["Сколько стоит покрасить бампер?", "Алло"]


async def test_whoever_opens_the_link_is_answered(stage: Stage, key: str) -> None:
    await stage.write(f"/start test-{key}", user=TESTER)
    await stage.write("/help", user=TESTER)
    await stage.take_in()
    said = await stage.said(TESTER)
    assert "Вы тестируете бота" in said[0]
    assert plain(said[1]) == plain(PHRASES.say("ru", "command.help"))
    assert key not in str(await stage.messages(TESTER))

    stage.script.answers = ["Бампер стоит по прайсу."]
    await stage.write("бампер?", user=TESTER)
    await stage.take_in()
    assert await stage.run_turns() == 1

    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            assert TESTER in [one.telegram_user_id for one in await list_testers(tx, stage.shop.bot_id)]
            await remove_tester(tx, stage.shop.bot_id, TESTER)
    await stage.write("ещё вопрос", user=TESTER)
    await stage.take_in()
    assert CLOSED in (await stage.said(TESTER))[-1]


async def test_a_correction_of_a_stranger_brings_no_answer(stage: Stage, key: str) -> None:
    assert key
    update = message_update("Здравствуйте", user=STRANGER)
    await stage.receive(update)
    await stage.write("Почём капот?", user=STRANGER)
    await stage.take_in()
    await stage.receive({"update_id": next(NUMBERS), "edited_message": update["message"] | {"edit_date": 1_795_000_001, "text": "Привет"}})
    second = message_update("Почём крыло?", user=STRANGER)
    await stage.receive(second)
    await stage.take_in()
    await stage.receive({"update_id": next(NUMBERS), "edited_message": second["message"] | {"edit_date": 1_795_000_001, "text": "Крыло?"}})
    await stage.take_in()
    assert await stage.run_turns() == 0
    assert len(await stage.said(STRANGER)) == 1


async def test_a_new_link_and_an_open_bot(stage: Stage, key: str) -> None:
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            await begin_testing(tx, stage.shop.bot_id)
    await stage.write(f"/start test-{key}", user=STRANGER)
    await stage.take_in()
    assert CLOSED in (await stage.said(STRANGER))[0]

    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            await end_testing(tx, stage.shop.bot_id)
    await stage.write("/help", user=STRANGER)
    await stage.take_in()
    assert len(await stage.said(STRANGER)) == 2


async def test_a_person_who_answers_goes_on(stage: Stage, key: str) -> None:
    assert key
    await stage.write("Здравствуйте", user=STRANGER)
    await stage.take_in()
    await stage.owner.execute("update chats set status = 'human' where id = $1", await stage.chat_id(STRANGER))
    await stage.write("Вы тут?", user=STRANGER)
    await stage.take_in()
    assert len(await stage.said(STRANGER)) == 1
