"""Feedback: asked once, a day after the work is done; a mark, a word, and a notice when it was bad."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.followup.conftest import Aftermath
from valera.backoffice.verify import verify
from valera.followup.feedback.answer import may_be_word

DONE_AT = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
async def done(after: Aftermath) -> Aftermath:
    """The work was done on Tuesday at three in the afternoon."""
    await after.notice_changes()
    after.stage.clock.at = DONE_AT
    await after.change("done")
    return after


@pytest.fixture
async def asked(done: Aftermath) -> Aftermath:
    await done.do_next("ask_feedback")
    return done


async def test_it_is_asked_once_a_day_after(done: Aftermath) -> None:
    [(at, payload)] = await done.waiting("ask_feedback")
    await done.do_next("ask_feedback")
    await done.do("ask_feedback", payload)
    await done.change("done")

    assert at == DONE_AT + timedelta(days=1)
    assert (await done.said())[1:] == [
        "Ваша запись № 1 выполнена: Бампер. Как всё прошло? Поставьте, пожалуйста, оценку от 1 до 5."
    ]  # fmt: skip
    assert list((await done.buttons()).values()) == [f"rate:1-{mark}" for mark in range(1, 6)]
    assert await done.waiting("ask_feedback") == []
    assert [finding.tell() for finding in await verify(done.stage.db) if finding.breaches] == []


async def test_who_came_home_late_is_not_asked_at_night(after: Aftermath) -> None:
    after.stage.clock.at = datetime(2026, 12, 1, 19, tzinfo=UTC)
    await after.change("done")

    [(at, _)] = await after.waiting("ask_feedback")

    assert at == datetime(2026, 12, 3, 6, tzinfo=UTC)


async def test_while_a_person_answers_it_waits_and_after_a_week_it_is_forgotten(done: Aftermath) -> None:
    await done.stage.owner.execute("update chats set status = 'human'")
    for _ in range(7):
        await done.do_next("ask_feedback")
    await done.stage.owner.execute("update chats set status = 'assistant'")
    await done.do_next("ask_feedback")

    assert len(await done.said()) == 1
    assert await done.waiting("ask_feedback") == []


async def test_none_to_who_blocked_the_bot_and_none_where_a_shop_wants_none(done: Aftermath) -> None:
    [(_, payload)] = await done.waiting("ask_feedback")
    await done.settle(feedback=False)
    await done.do("ask_feedback", payload, at=DONE_AT + timedelta(days=1))
    await done.settle(feedback=True)
    await done.stage.owner.execute("update clients set unreachable_at = now()")
    await done.do("ask_feedback", payload)

    assert len(await done.said()) == 1


async def test_a_bad_mark_is_a_notice_at_once_and_a_better_one_takes_it_back(asked: Aftermath) -> None:
    said = await asked.press("rate:1-2")
    noticed = await asked.notices()
    await asked.press("rate:1-4")

    assert "Мастерская её уже видит" in said
    assert noticed == [("bad_feedback", {"chat": asked.stage.shop.chat_id, "number": 1, "mark": 2})]
    assert await asked.notices() == []
    assert await asked.stage.owner.fetchval("select mark from feedback") == 4


async def test_the_next_words_are_kept_once_with_the_mark(asked: Aftermath) -> None:
    thanks = await asked.press("rate:1-5")
    said = await asked.hear("Отлично покрасили, спасибо")
    more = await asked.hear("И быстро")

    assert thanks.startswith("Спасибо за оценку!")
    assert said == ["Спасибо, записали ваш отзыв. Мастерская его увидит."]
    assert more == []  # the assistant's
    kept = await asked.stage.owner.fetchrow("select mark, words, message_id is not null as is_known from feedback")
    assert dict(kept or {}) == {"mark": 5, "words": "Отлично покрасили, спасибо", "is_known": True}


async def test_a_lone_number_is_a_mark_too(asked: Aftermath) -> None:
    assert (await asked.hear("1"))[0].startswith("Спасибо за честную оценку")
    assert await asked.hear("Поцарапали дверь") == ["Спасибо, записали ваш отзыв. Мастерская его увидит."]
    assert await asked.stage.owner.fetchval("select mark || words from feedback") == "1Поцарапали дверь"
    assert [kind for kind, _ in await asked.notices()] == ["bad_feedback"]


async def test_words_after_a_day_and_words_without_a_mark_are_the_assistants(asked: Aftermath) -> None:
    without = await asked.hear("Всё понравилось")
    await asked.stage.owner.execute("update turns set state = 'withdrawn' where state = 'waiting'")
    await asked.stage.owner.execute("update messages set turn_id = (select max(id) from turns) where turn_id is null")
    await asked.press("rate:1-5")
    asked.stage.clock.at += timedelta(days=1, minutes=1)

    assert without == []
    assert await asked.hear("Всё понравилось") == []
    assert await asked.stage.owner.fetchval("select words from feedback") is None


@pytest.mark.parametrize("data", ["rate:1-6", "rate:1-0", "rate:1", "rate:2-5", "rate:1-5-5", "rate:-5"])
async def test_a_forged_mark_changes_nothing(asked: Aftermath, data: str) -> None:
    assert (await asked.press(data)).startswith("Это предложение уже не действует")
    assert await asked.stage.owner.fetchval("select mark from feedback") is None


@pytest.mark.parametrize(
    ("text", "is_word"),
    [
        ("Всё отлично, спасибо ребятам", True),
        ("Долго ждал, но сделали хорошо.", True),
        ("Great job", True),
        ("А сколько стоит полировка", False),
        ("Запишите меня ещё на химчистку", False),
        ("Когда можно забрать документы?", False),
        ("I want to book a wash", False),
        ("/help", False),
        ("🙂", False),
    ],
)
def test_what_may_be_a_word(text: str, is_word: bool) -> None:
    assert may_be_word(text) == is_word


async def test_a_mark_in_words_is_corrected_by_a_button_and_followed_by_words(asked: Aftermath) -> None:
    await asked.stage.owner.execute("update deliveries set state = 'sent', sent_at = now() - interval '1 second'")
    user = asked.stage.shop.telegram_user_id
    await asked.stage.write("4", user=user)
    await asked.stage.take_in()
    await asked.stage.press("rate:1-5", user=user)
    await asked.stage.take_in()

    assert await asked.hear("Всё понравилось") == ["Спасибо, записали ваш отзыв. Мастерская его увидит."]
    assert await asked.stage.owner.fetchval("select mark || words from feedback") == "5Всё понравилось"
