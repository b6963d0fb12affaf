# ruff: noqa: E501  (lists of what people write)
"""«человек» always works: by code, whichever model is set."""

from __future__ import annotations

import pytest

from tests.reception.stage import Stage
from valera.assistant.errors import ModelBroken
from valera.reception.calling import Plea, read_plea

CALLED = "Позвал сотрудника, он ответит вам здесь, в чате."


@pytest.mark.parametrize(
    "text",
    [
        "человек", "Человек!", "оператор", "ОПЕРАТОР", "менеджера", "позовите менеджера", "Позовите, пожалуйста, менеджера!", "хочу поговорить с человеком",
        "можно поговорить с живым человеком?", "соедините с оператором", "нужен человек", "мне нужен живой человек", "дайте оператора", "администратора позовите",
        "переключите на сотрудника", "а можно с человеком поговорить", "не хочу с роботом, дайте человека", "human", "Operator please", "talk to a human",
        "I want to speak to a real person", "can I talk to a manager?", "давайте с человеком", "здравствуйте, позовите администратора пожалуйста",
    ],
)  # fmt: skip
def test_a_plea_for_a_person_is_heard(text: str) -> None:
    assert read_plea(text) is Plea.ALONE


@pytest.mark.parametrize(
    "text",
    [
        "Бампер разбит, позовите человека, хочу обсудить ремонт", "Сколько стоит капот? И соедините меня с оператором",
        "Вы робот? Позовите менеджера", "please connect me with a manager about my bumper", "позовите мастера, который красил мою дверь, и менеджера",
    ],
)  # fmt: skip
def test_a_plea_beside_a_question_is_heard(text: str) -> None:
    assert read_plea(text) is Plea.BESIDE


@pytest.mark.parametrize(
    "text",
    [
        "вы человек?", "ты живой человек или бот?", "я не один, два человека приедут", "сколько стоит покрасить капот", "да", "не нужен мне оператор",
        "не зовите человека", "мастер на все руки", "спасибо, вы хороший человек", "приедет другой человек на моей машине", "записан на имя директора",
        "человеческий фактор", "",
    ],
)  # fmt: skip
def test_other_words_are_no_plea(text: str) -> None:
    assert read_plea(text) is Plea.NONE


async def test_a_person_is_called_with_a_model_that_refuses(stage: Stage) -> None:
    stage.script.answers = [ModelBroken("down")] * 10

    said = await stage.hear("человек")

    assert said[-1].endswith(CALLED)
    assert stage.script.seen == []
    chat = (await stage.rows("select human_called_at, human_reason from chats where id = $1", await stage.chat_id()))[0]
    assert chat["human_called_at"] is not None
    assert chat["human_reason"] == "Клиент просит человека: «человек»"
    assert await stage.turn_states() == ["done"]


async def test_a_second_plea_is_told_that_somebody_comes(stage: Stage) -> None:
    await stage.hear("оператор")

    assert await stage.hear("позовите человека") == ["Сотрудник уже позван и ответит вам в этом чате."]


async def test_a_plea_beside_a_question_calls_and_is_answered(stage: Stage) -> None:
    stage.script.answers = ["Уточните, пожалуйста, марку машины."]

    said = await stage.hear("Сколько стоит капот? И соедините меня с оператором")

    assert said[-1].endswith("марку машины.")
    assert (await stage.rows("select human_called_at from chats where id = $1", await stage.chat_id()))[0]["human_called_at"] is not None


async def test_a_plea_behind_an_open_question_leaves_the_question_open(stage: Stage) -> None:
    stage.script.answers = ["Уточните, пожалуйста, марку машины."]

    await stage.write("Сколько стоит капот?")
    said = await stage.hear("человек")

    assert said[-1].endswith("марку машины.")
    assert len(stage.script.seen) == 1
