"""What /start, /help and /reset do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.reception.intake.meaning import ANSWER, PHRASES, client, events, plain, said, talk
from tests.reception.stage import CLIENT, Stage
from valera.reception.intake import Settling


@pytest.mark.parametrize("text", ["/start", "/help", "/unheard_of", "/start@another_bot"])
async def test_commands_are_answered_by_code_at_once(stage: Stage, text: str) -> None:
    stage.settling = Settling(quiet=timedelta(seconds=60), most=timedelta(seconds=60))

    answers = await stage.hear(text)

    assert len(answers) == 1
    assert stage.script.seen == []
    assert await stage.turn_states() == ["done"]
    verb = text[1:].partition("@")[0]
    expected = {"help": "command.help", "unheard_of": "command.unknown"}.get(verb, "command.start.offer")
    assert PHRASES.say("ru", expected) in answers[0]


async def test_the_first_source_stays_and_each_start_is_counted(stage: Stage) -> None:
    await stage.hear("/start utm_avito")
    await stage.hear("/start flyer")

    assert await client(stage, "source") == "utm_avito"
    assert [event["source"] for event in await events(stage, "started")] == ["utm_avito", "flyer"]


async def test_start_in_english_and_with_a_known_car(stage: Stage) -> None:
    await stage.owner.execute("update accounts set locale = 'en' where id = $1", stage.shop.account_id)
    await stage.hear("/help")
    client_id = await client(stage, "id")
    await stage.owner.execute(
        "insert into vehicles (account_id, client_id, make, model) values ($1, $2, 'Lada', 'Vesta')", stage.shop.account_id, client_id
    )

    [greeting] = await stage.hear("/start")

    assert "I remember your car: Lada Vesta." in greeting


async def test_reset_forgets_the_dialogue_for_the_model_and_deletes_nothing(stage: Stage) -> None:
    stage.script.answers = ["Капот стоит по прайсу.", ANSWER]
    await stage.hear("капот")
    [forgotten] = await stage.hear("/reset")

    await stage.hear("бампер")

    assert forgotten == PHRASES.say("ru", "command.reset")
    assert stage.script.asked() == ["бампер"]
    assert len(stage.script.seen[-1]) == 1
    assert [text for _, text in await talk(stage)][:3] == ["капот", "Капот стоит по прайсу.", "/reset"]


async def test_reset_leaves_nothing_to_answer(stage: Stage) -> None:
    await stage.write("капот")
    await stage.take_in()
    stage.script.answers = ["Капот стоит по прайсу."]

    async def reset() -> None:
        await stage.write("/reset")
        await stage.take_in()

    stage.script.meanwhile = reset
    await stage.run_turns()

    assert await said(stage) == [PHRASES.say("ru", "command.reset")]
    assert await stage.turn_states() == ["withdrawn", "done"]


async def test_waiting_turn_is_withdrawn_by_reset(stage: Stage) -> None:
    assert [plain(text) for text in await stage.hear("капот", "/reset")] == [PHRASES.say("ru", "command.reset")]
    assert stage.script.seen == []


async def test_while_a_person_answers_commands_are_words(stage: Stage) -> None:
    await stage.hear("/start")
    await stage.owner.execute("update chats set status = 'human' where telegram_chat_id = $1", CLIENT)
    before = await said(stage)

    await stage.hear("/reset", "/help", "/unheard_of")

    assert await said(stage) == before
    assert [text for _, text in await talk(stage)][-3:] == ["/reset", "/help", "/unheard_of"]
    assert await stage.owner.fetchval("select history_after from chats where telegram_chat_id = $1", CLIENT) == 0
