"""The receptionist through intake, turn, the real tools and the gates, on PostgreSQL."""

from __future__ import annotations

import pytest

from tests.reception.stage import Stage
from tests.same_models import SameModels
from valera.reception.receptionist import ScriptedReceptionist
from valera.reception.tools import TOOLS
from valera.reception.turn import Turns


class Reception(Stage):
    """The stage with the receptionist at the desk instead of a script."""

    @property
    def turns(self) -> Turns:
        return Turns(self.db, self.clock, SameModels(ScriptedReceptionist()), TOOLS, self.caps)


@pytest.fixture
def reception(stage: Stage) -> Reception:
    return Reception(stage.db, stage.shop, stage.owner, stage.script, stage.clock)


async def test_price_slot_confirmation_and_card(reception: Reception) -> None:
    [price] = await reception.hear("Почём у вас бампер покрасить, Камри?")
    assert "20\u00a0000\u00a0₽" in price
    [proposal] = await reception.hear("давайте завтра в двенадцать")
    assert "12:00" in proposal
    [card] = await reception.hear("да")
    assert "Запись №" in card
    assert "понедельник, 23 ноября, 12:00" in card.lower()


async def test_booking_moves_and_is_cancelled_in_words(reception: Reception) -> None:
    await reception.hear("Запишите на завтра в 12")
    await reception.hear("да")
    [move] = await reception.hear("Перенесите её на среду в 14:00")
    assert "14:00" in move
    [moved] = await reception.hear("да, подтверждаю")
    assert "перенесена" in moved
    [cancel] = await reception.hear("Отмените запись")
    assert "14:00" in cancel
    [cancelled] = await reception.hear("да")
    assert "отменена" in cancelled


async def test_closed_hour_is_explained_with_alternatives(reception: Reception) -> None:
    [answer] = await reception.hear("Запишите на завтра в 23:00")
    assert "закрыты" in answer
    assert answer.count("•") >= 1
    assert await reception.buttons()


async def test_phone_and_person_reach_the_rows(reception: Reception) -> None:
    await reception.hear("мой номер 8 912 345-67-89")
    assert await reception.owner.fetchval("select count(*) from clients where phone = '+79123456789'") == 1
    [answer] = await reception.hear("Хочу поговорить с менеджером")
    assert "Позвал" in answer
    assert await reception.owner.fetchval("select human_called_at from chats where id = $1", await reception.chat_id()) is not None


async def test_every_reply_of_a_long_dialogue_passes_the_gates(reception: Reception) -> None:
    for text in ("Привет", "цена бампера?", "кроссовер", "сколько ждать?", "второе", "нет", "адрес?", "до скольки работаете", "спасибо"):
        replies = await reception.hear(text)
        assert len(replies) == 1
    refused = await reception.rows("select llm_response_data from messages where llm_response_data -> 'gates' <> '[]'::jsonb")
    assert refused == []
