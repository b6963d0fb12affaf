"""Confirmation outside the model: the button, or a plain yes to the very proposal that was heard last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.reception.stage import CLIENT, Stage
from tests.reception.webhook import message_update
from valera.chats.chat import take_over
from valera.kit.db import account_scope
from valera.russian.answers import is_plain_no, is_plain_yes

OTHER = 900_002


async def propose(stage: Stage, user: int = CLIENT, *, when: str = "завтра в 11", said: str = "Подтвердите, пожалуйста.") -> dict[str, str]:
    """The assistant proposes tomorrow at eleven; the buttons that the client sees."""
    stage.script.answers = [[("find_slots", {"when": when, "service": "Бампер"})]]
    await stage.write(f"запишите на {when}", user=user)
    await stage.take_in()
    [claim] = await stage.claim_turns()
    chat_id = await stage.chat_id(user)

    async def hold() -> None:
        key = await stage.owner.fetchval("select key from slot_offers where chat_id = $1 order by id desc limit 1", chat_id)
        stage.script.answers = [[("hold_slot", {"slot_id": key})], said]

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
    [file] = await stage.files()
    assert (file["name"], "METHOD:PUBLISH" in file["text"]) == (f"zapis-{number}.ics", True)
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


YES = ["да", "да, конечно", "ага давайте", "+", "👍", "ДА!", "да да", "дааа", "ок, спасибо", "yes", "давайте так"]
NEITHER = [
    "да но позже", "да, только в 12", "да?", "не да", "да нет", "да, а можно раньше", "может быть", "да завтра", "не ок",
    "да, и ещё вторую машину",
    "если недорого, то да", "ну не знаю, да наверное", "👍👎", "", "5", "да\nа нет, стойте",
]  # fmt: skip


@pytest.mark.parametrize(("word", "is_yes"), [*((word, True) for word in YES), *((word, False) for word in NEITHER)])
def test_only_a_plain_yes_is_one(word: str, *, is_yes: bool) -> None:
    assert is_plain_yes(word) == is_yes
    assert not is_plain_no(word)


@pytest.mark.parametrize(
    "fields",
    [
        {"forward_origin": {"type": "user", "date": 1, "sender_user": {"id": 5, "is_bot": False, "first_name": "Пётр"}}},
        {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Пётр"}},
        {"via_bot": {"id": 6, "is_bot": True, "first_name": "gif"}},
        {"edit_date": 2},
        {"external_reply": {"origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Пётр"}}},
        {"reply_to_message": {"message_id": 424242, "date": 1, "chat": {"id": CLIENT, "type": "private"}, "text": "другой вопрос"}},
    ],
)
async def test_a_yes_that_is_not_said_here_and_now_to_this_question_decides_nothing(stage: Stage, fields: dict[str, Any]) -> None:
    await propose(stage)

    await stage.write("да", **fields)
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["held"]
    assert len(await stage.claim_turns()) == 1


async def test_a_yes_as_a_reply_to_the_proposal_itself_counts(stage: Stage) -> None:
    await propose(stage)
    await stage.owner.execute("update deliveries set state = 'sent', telegram_message_id = 501 where telegram_chat_id = $1", CLIENT)

    await stage.write("да", reply_to_message={"message_id": 501, "date": 1, "chat": {"id": CLIENT, "type": "private"}})
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["confirmed"]


async def test_an_edit_that_becomes_a_yes_decides_nothing(stage: Stage) -> None:
    await propose(stage)
    await stage.write("нет времени", message_id=77)
    await stage.take_in()

    update = message_update("да", user=CLIENT, message_id=77, edit_date=3)
    await stage.receive({"update_id": update["update_id"], "edited_message": update["message"]})
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["held"]


async def test_a_yes_that_was_on_its_way_before_the_question_is_no_answer_to_it(stage: Stage) -> None:
    await propose(stage)
    await stage.write("да")
    await stage.owner.execute("update telegram_updates set received_at = received_at - interval '1 hour' where done_at is null")
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["held"]


async def test_a_yes_while_the_question_still_waits_to_be_sent_is_no_answer_to_it(stage: Stage) -> None:
    await propose(stage)
    await stage.owner.execute("update deliveries set due_at = now() + interval '20 seconds' where telegram_chat_id = $1", CLIENT)

    await stage.write("да")
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["held"]


async def test_a_yes_after_the_hold_expired_books_nothing(stage: Stage) -> None:
    await propose(stage)
    stage.clock.at += timedelta(minutes=11)

    await stage.write("да")
    await stage.take_in()

    assert "confirmed" not in [status for status, _ in await bookings(stage)]
    assert len(await stage.claim_turns()) == 1


async def book_twice(stage: Stage, said: str) -> dict[str, str]:
    """One booking stands, another is proposed with these words of a model."""
    buttons = await propose(stage)
    await stage.press(yes(buttons))
    await stage.take_in()
    return await propose(stage, when="послезавтра в 15", said=said)


async def test_a_second_booking_needs_to_be_named_as_one(stage: Stage) -> None:
    await book_twice(stage, "Подтвердите, пожалуйста.")

    await stage.write("да")
    await stage.take_in()

    assert [status for status, _ in await bookings(stage)] == ["confirmed", "held"]
    asked = (await stage.said())[-1]
    assert "У вас уже есть запись: № 2" in asked
    assert list(await stage.buttons()) == ["Да, ещё одну", "Нет", "Перенести № 2"]

    await stage.write("да")
    await stage.take_in()
    assert [status for status, _ in await bookings(stage)] == ["confirmed", "confirmed"]


async def test_the_button_of_a_second_booking_says_that_it_is_one_more(stage: Stage) -> None:
    buttons = await book_twice(stage, "Подтвердите, пожалуйста.")
    assert list(buttons) == ["Да, ещё одну", "Нет", "Перенести № 2"]

    await stage.press(yes(buttons))
    await stage.take_in()

    assert await bookings(stage) == [("confirmed", 2), ("confirmed", 3)]


async def test_the_first_booking_is_moved_instead(stage: Stage) -> None:
    buttons = await book_twice(stage, "Подтвердите, пожалуйста.")

    await stage.press(buttons["Перенести № 2"])
    await stage.take_in()

    assert await bookings(stage) == [("confirmed", 2), ("expired", None)]
    card = (await stage.said())[-1]
    assert card.startswith("Запись № 2 перенесена")
    assert "15:00" in card
    first, second = await stage.files()
    assert "SEQUENCE:2" in first["text"]
    assert "SEQUENCE:3" in second["text"]


async def test_a_proposal_that_did_not_name_a_booking_asks_again_when_there_is_one(stage: Stage) -> None:
    """It was made in another chat meanwhile: the old button said nothing of it."""
    buttons = await propose(stage)
    await stage.owner.execute(
        "insert into bookings (account_id, client_id, status, number, during, bay_id)"
        " select c.account_id, c.client_id, 'confirmed', 77, '[2026-11-30 10:00+00, 2026-11-30 11:00+00)', $2 from chats c where c.id = $1",
        await stage.chat_id(),
        stage.shop.bays[0],
    )

    await stage.press(yes(buttons))
    await stage.take_in()

    assert await bookings(stage) == [("held", None)]
    assert "№ 77" in (await stage.said())[-1]
    await stage.press(yes(await stage.buttons()))
    await stage.take_in()
    assert await bookings(stage) == [("confirmed", 2)]


async def test_my_bookings_by_command_with_buttons(stage: Stage) -> None:
    buttons = await propose(stage)
    await stage.press(yes(buttons))
    await stage.write("/bookings")
    await stage.take_in()

    assert (await stage.said())[-1] == "Ваши записи:\n№ 2: понедельник, 23 ноября, 11:00. Бампер"
    assert await stage.buttons() == {"Перенести № 2": "move:2", "Отменить № 2": "cancel:2"}

    await stage.press("cancel:2")
    await stage.take_in()
    await stage.press(yes(await stage.buttons()))
    await stage.take_in()
    assert await bookings(stage) == [("cancelled", 2)]
    assert "METHOD:CANCEL" in (await stage.files())[-1]["text"]


async def test_a_button_shows_times_to_move_to(stage: Stage) -> None:
    await stage.press(yes(await propose(stage)))
    await stage.press("move:2")
    await stage.take_in()
    slots = await stage.buttons()
    assert all(data.startswith("slot:") for data in slots.values())

    await stage.press(next(iter(slots.values())))
    await stage.take_in()
    await stage.press(yes(await stage.buttons()))
    await stage.take_in()
    assert (await stage.said())[-1].startswith("Запись № 2 перенесена")


@pytest.mark.parametrize("data", ["move:1", "cancel:1", "cancel:x", "move:99999999999999999999", "instead:zz-1", "instead:"])
async def test_a_button_never_reaches_another_clients_booking(stage: Stage, data: str) -> None:
    """Number 1 is Anna's."""
    await propose(stage)

    await stage.press(data)
    await stage.take_in()

    assert await stage.rows("select number from bookings where status <> 'confirmed' and number is not null") == []
    assert [status for status, _ in await bookings(stage)] == ["held"]


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
