"""Confirmation outside the model: the button, or a plain yes to the very proposal that was heard last."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.reception.stage import CLIENT, Stage
from valera.chats.chat import take_over
from valera.kit.db import account_scope

OTHER = 900_002


async def propose(stage: Stage, user: int = CLIENT) -> dict[str, str]:
    """The assistant proposes tomorrow at eleven; the buttons that the client sees."""
    stage.script.answers = [[("find_slots", {"when": "завтра в 11", "service": "Бампер"})]]
    await stage.write("запишите на завтра в 11", user=user)
    await stage.take_in()
    [claim] = await stage.claim_turns()
    chat_id = await stage.chat_id(user)

    async def hold() -> None:
        key = await stage.owner.fetchval("select key from slot_offers where chat_id = $1 order by id desc limit 1", chat_id)
        stage.script.answers = [[("hold_slot", {"slot_id": key})], "Подтвердите, пожалуйста."]

    stage.script.answers += [[("my_bookings", {})]]
    original = stage.script.answers

    async def after_first() -> None:
        stage.script.meanwhile = second
        stage.script.answers = original

    async def second() -> None:
        await hold()

    stage.script.meanwhile = after_first
    await stage.turns.run_turn(claim)
    return await stage.buttons(user)


async def bookings(stage: Stage, user: int = CLIENT) -> list[tuple[str, int | None]]:
    rows = await stage.rows("select status, number from bookings where chat_id = $1 order by id", await stage.chat_id(user))
    return [(row["status"], row["number"]) for row in rows]


def yes(buttons: dict[str, str]) -> str:
    return next(data for data in buttons.values() if data.startswith("yes:"))


def no(buttons: dict[str, str]) -> str:
    return next(data for data in buttons.values() if data.startswith("no:"))


async def test_button_makes_the_booking_and_code_writes_the_card(stage: Stage) -> None:
    buttons = await propose(stage)
    assert await bookings(stage) == [("held", None)]

    await stage.press(yes(buttons))
    await stage.take_in()

    [(status, number)] = await bookings(stage)
    card = (await stage.said())[-1]
    assert status == "confirmed"
    assert f"№ {number}" in card
    assert "11:00" in card
    [event] = await stage.rows(
        "select e.actor, m.content from booking_events e join messages m on m.id = e.message_id"
        " where e.event = 'confirmed' and m.chat_id = $1",
        await stage.chat_id(),
    )
    assert event["actor"] == "client"


@pytest.mark.parametrize("word", ["да", "Да!", "ага, подтверждаю", "ок"])
async def test_plain_yes_counts_as_the_button(stage: Stage, word: str) -> None:
    await propose(stage)

    await stage.write(word)
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["confirmed"]
    assert await stage.run_turns() == 0  # no model was asked


@pytest.mark.parametrize("words", ["да, но попозже", "да а сколько стоит?", "нет, давайте в 12", "не надо 11, лучше вечером"])
async def test_anything_more_than_a_plain_yes_goes_to_the_model(stage: Stage, words: str) -> None:
    await propose(stage)

    await stage.write(words)
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["held"]
    assert len(await stage.claim_turns()) == 1


async def test_yes_after_something_else_was_said_is_no_yes_to_the_proposal(stage: Stage) -> None:
    await propose(stage)
    stage.script.answers = ["Работаем ежедневно. Рассказать про антикор?"]
    await stage.hear("а вы вообще как работаете?")

    await stage.write("да")
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["held"]


async def test_yes_among_other_unanswered_words_goes_to_the_model(stage: Stage) -> None:
    await propose(stage)

    await stage.write("погодите")
    await stage.write("да")
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["held"]


async def test_pressed_twice_books_once(stage: Stage) -> None:
    buttons = await propose(stage)

    for _ in range(2):
        await stage.press(yes(buttons))
        await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["confirmed"]
    assert (
        await stage.owner.fetchval(
            "select count(*) from booking_events where event = 'confirmed' and booking_id = (select max(id) from bookings)"
        )
        == 1
    )


async def test_no_lets_the_slot_go(stage: Stage) -> None:
    buttons = await propose(stage)

    await stage.press(no(buttons))
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["expired"]
    assert "не записываю" in (await stage.said())[-1]


async def test_expired_proposal_says_so_and_books_nothing(stage: Stage) -> None:
    buttons = await propose(stage)
    stage.clock.at += timedelta(minutes=30)

    await stage.press(yes(buttons))
    await stage.take_in()

    assert "confirmed" not in [status for status, _ in await bookings(stage)]
    assert len(await stage.said()) == 2


@pytest.mark.parametrize("data", ["yes:nonsense", "yes:", "no:x", "slot:zzzz", "whatever", "да:" + "x" * 60, "yes:../../etc"])
async def test_senseless_button_changes_nothing_and_is_answered(stage: Stage, data: str) -> None:
    await propose(stage)

    await stage.press(data)
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["held"]
    assert len(await stage.said()) == 2


async def test_button_of_another_client_does_nothing(stage: Stage) -> None:
    buttons = await propose(stage)
    stage.script.answers = ["Здравствуйте."]
    await stage.write("привет", user=OTHER)
    await stage.take_in()

    await stage.press(yes(buttons), user=OTHER)
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["held"]
    assert await bookings(stage, OTHER) == []


async def test_button_works_while_a_person_answers(stage: Stage) -> None:
    buttons = await propose(stage)
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            await take_over(tx, await stage.chat_id(), by=stage.shop.member_id)

    await stage.press(yes(buttons))
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["confirmed"]


@pytest.mark.parametrize(("locale", "words"), [("ru", "Нажата кнопка"), ("en", "Pressed a button")])
async def test_press_stands_in_the_dialogue_in_the_shops_language(stage: Stage, locale: str, words: str) -> None:
    await stage.owner.execute("update accounts set locale = $2 where id = $1", stage.shop.account_id, locale)

    await stage.press("whatever")
    await stage.take_in()

    assert (await stage.messages())[0] == ("user", words)


async def test_slot_button_holds_that_slot(stage: Stage) -> None:
    stage.script.answers = [[("find_slots", {"when": "завтра", "service": "Бампер"})], "Выберите, пожалуйста, время."]
    await stage.hear("есть время завтра?")
    buttons = await stage.buttons()
    assert all(data.startswith("slot:") for data in buttons.values())

    await stage.press(next(iter(buttons.values())))
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["held"]
    await stage.press(yes(await stage.buttons()))
    await stage.take_in()
    assert [status for status, _ in await bookings(stage)] == ["confirmed"]
