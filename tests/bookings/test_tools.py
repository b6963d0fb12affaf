"""What the assistant is told, and that it can make nothing real."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.bookings.conftest import MINUTES, MOSCOW, NOW, Asker, at
from valera.assistant.tools import Done, Failed, Tool, ToolContext
from valera.bookings.proposals.proposal import ProposalKind, open_proposal
from valera.bookings.proposals.propose import take_offer
from valera.bookings.tools import CANCEL_BOOKING, FIND_SLOTS, HOLD_SLOT, MOVE_BOOKING, MY_BOOKINGS, TOOLS
from valera.kit.db import execute, value

if TYPE_CHECKING:
    from tests.cast import World
    from valera.kit.db import AccountTx


async def call(tx: AccountTx, tool: Tool, asker: Asker, locale: str = "ru", **arguments: object) -> Done | Failed:
    """As a model calls it: through JSON."""
    context = ToolContext(asker.chat_id, asker.client_id, asker.turn_id or 0, NOW, MOSCOW, locale)
    return await tool.run(tx, context, msgspec.json.decode(json.dumps(arguments), type=tool.arguments))


async def done(tx: AccountTx, tool: Tool, asker: Asker, locale: str = "ru", **arguments: object) -> dict[str, Any]:
    outcome = await call(tx, tool, asker, locale, **arguments)
    assert isinstance(outcome, Done), outcome
    assert msgspec.json.decode(msgspec.json.encode(outcome.content)) == outcome.content
    return outcome.content


async def failed(tx: AccountTx, tool: Tool, asker: Asker, **arguments: object) -> str:
    outcome = await call(tx, tool, asker, "ru", **arguments)
    assert isinstance(outcome, Failed), outcome
    return outcome.sentence


async def test_a_free_time_is_one_slot(tx: AccountTx, anna: Asker) -> None:
    content = await done(tx, FIND_SLOTS, anna, when="завтра в 11", service="Бампер")
    (slot,) = content.pop("slots")
    assert content == {
        "wish": {"text": "понедельник, 23 ноября, 11:00", "exact": True},
        "exact_match": True,
        "reason": None,
        "reason_text": None,
        "duration_minutes": 60,
        "question": None,
    }
    assert slot.pop("slot_id")
    assert slot == {"starts_at": "2026-11-23T11:00:00+03:00", "text": "понедельник, 23 ноября, 11:00", "label": "пн 23.11, 11:00"}


async def test_a_stretch_of_time_is_a_choice(tx: AccountTx, anna: Asker) -> None:
    content = await done(tx, FIND_SLOTS, anna, when="завтра с 12 до 18")
    assert content["wish"] == {"text": "понедельник, 23 ноября, 12:00–18:00", "exact": False}
    assert (content["exact_match"], content["reason"]) == (False, None)
    assert [slot["label"] for slot in content["slots"]] == ["пн 23.11, 12:00", "пн 23.11, 14:00", "пн 23.11, 16:00"]


async def test_several_days_are_named_as_several(tx: AccountTx, anna: Asker) -> None:
    content = await done(tx, FIND_SLOTS, anna, when="на выходных утром")
    assert content["wish"]["text"].startswith("суббота, 28 ноября – воскресенье, 29 ноября, ")
    assert content["reason"] is None


async def test_a_shop_without_an_open_bay_offers_nothing_and_says_so(tx: AccountTx, anna: Asker) -> None:
    await execute(tx, "update bays set is_open = false")
    content = await done(tx, FIND_SLOTS, anna, when="завтра в 11")
    assert (content["slots"], content["reason"]) == ([], "closed")
    assert content["reason_text"] == "Записываем по заявке: время назовёт мастерская."
    assert not await value(tx, "select exists (select from analytics_events where event_type = 'slot_offered')")


async def test_a_taken_time_has_a_reason_and_alternatives(tx: AccountTx, anna: Asker, boris: Asker) -> None:
    await execute(tx, "update bays set is_open = false where name = 'Пост 2'")
    await boris.books(tx, at(23, 11))
    content = await done(tx, FIND_SLOTS, anna, when="завтра в 11")
    assert (content["exact_match"], content["reason"], content["reason_text"]) == (False, "taken", "Это время уже занято.")
    assert [slot["label"] for slot in content["slots"]] == ["пн 23.11, 09:30", "пн 23.11, 10:00", "пн 23.11, 12:00"]


@pytest.mark.parametrize(
    ("when", "reason", "told"),
    [
        ("завтра в 7 утра", "closed", "В это время мы закрыты. Понедельник, 23 ноября: 09:00–20:00."),
        ("завтра в 19:30", "closed", "До закрытия в 20:00 уже не успеть: на работу нужно 1 час."),
        ("1 января в 12", "closed", "Пятница, 1 января — у нас выходной."),
        ("сегодня в 14:20", "past", "Так скоро принять не успеем."),
        ("1 марта в 12", "too_far", "Так далеко вперёд мы пока не записываем."),
    ],
)
async def test_a_reason_is_told_truthfully(tx: AccountTx, anna: Asker, when: str, reason: str, told: str) -> None:
    content = await done(tx, FIND_SLOTS, anna, when=when)
    assert (content["exact_match"], content["reason"], content["reason_text"].replace("\xa0", " ")) == (False, reason, told)
    assert len(content["slots"]) == 3


async def test_a_time_that_is_over_is_asked_back(tx: AccountTx, anna: Asker) -> None:
    content = await done(tx, FIND_SLOTS, anna, when="сегодня в 9 утра")
    assert (content["wish"], content["exact_match"], content["reason"]) == (None, False, "past")
    assert content["question"].startswith("Это время сегодня уже прошло.")
    assert content["slots"]


@pytest.mark.parametrize(
    ("when", "question"),
    [
        ("когда рак свистнет", "На какой день и на какое время вас записать?"),
        ("30 февраля", "Такого дня в календаре нет. На какой день вас записать?"),
        ("в среду или в пятницу", "Уточните, пожалуйста, день. Вы имели в виду: среда, 25 ноября, пятница, 27 ноября?"),
    ],
)
async def test_words_that_name_no_time_are_asked_back(tx: AccountTx, anna: Asker, when: str, question: str) -> None:
    content = await done(tx, FIND_SLOTS, anna, when=when)
    assert (content["wish"], content["exact_match"], content["question"]) == (None, False, question)


async def test_without_a_wish_the_soonest_are_shown_and_nothing_is_asked(tx: AccountTx, anna: Asker) -> None:
    content = await done(tx, FIND_SLOTS, anna)
    assert (content["wish"], content["question"], content["slots"][0]["label"]) == (None, None, "вс 22.11, 15:00")


async def test_a_service_takes_its_own_time(tx: AccountTx, anna: Asker) -> None:
    await execute(tx, "update service_durations set minutes = 180")
    content = await done(tx, FIND_SLOTS, anna, when="завтра в 18", service="окраска бампера")
    assert (content["duration_minutes"], content["reason"]) == (180, "closed")


async def test_slots_speak_english_too(tx: AccountTx, anna: Asker) -> None:
    content = await done(tx, FIND_SLOTS, anna, "en", when="завтра в 11")
    assert content["slots"][0]["text"] == "Monday, 23 November, 11:00"


async def test_a_hold_is_a_proposal_and_no_booking(tx: AccountTx, anna: Asker) -> None:
    (slot,) = (await done(tx, FIND_SLOTS, anna, when="завтра в 11", service="Бампер"))["slots"]
    content = await done(tx, HOLD_SLOT, anna, slot_id=slot["slot_id"], service="Бампер", comment="сзади\x00слева")
    proposal = content["proposal"]
    assert (proposal["kind"], proposal["number"], proposal["text"], proposal["previous"]) == (
        "book",
        None,
        "понедельник, 23 ноября, 11:00",
        None,
    )
    assert datetime.fromisoformat(proposal["expires_at"]) == NOW + 10 * MINUTES
    assert content["other_bookings"] == [1]
    assert "У вас уже есть запись: № 1" in content["question"]
    assert [booking["number"] for booking in (await done(tx, MY_BOOKINGS, anna))["bookings"]] == [1]
    assert await value(tx, "select description from bookings where status = 'held'") == "сзади слева"


async def test_a_first_wish_stands_beside_nothing(tx: AccountTx, boris: Asker) -> None:
    turn_id = await value(tx, "insert into turns (chat_id, state) values ($1, 'running') returning id", boris.chat_id)
    asker = Asker(boris.chat_id, boris.client_id, boris.message_id, turn_id)
    (slot,) = (await done(tx, FIND_SLOTS, asker, when="завтра в 11"))["slots"]
    assert "other_bookings" not in await done(tx, HOLD_SLOT, asker, slot_id=slot["slot_id"])


async def test_an_invented_slot_is_refused_in_words(tx: AccountTx, anna: Asker) -> None:
    for slot_id in ("2026-11-23T11:00", "", "\x00", "zzzz"):
        assert await failed(tx, HOLD_SLOT, anna, slot_id=slot_id) == "На это время записать уже нельзя. Посмотреть, что свободно сейчас?"


async def test_a_move_is_looked_for_by_number_and_proposed(tx: AccountTx, anna: Asker) -> None:
    found = await done(tx, FIND_SLOTS, anna, when="завтра в 15", number=1)
    slot_id = found["slots"][0]["slot_id"]
    content = await done(tx, MOVE_BOOKING, anna, slot_id=slot_id)
    proposal = content["proposal"]
    assert (proposal["kind"], proposal["number"], proposal["previous"]["text"]) == ("move", 1, "вторник, 1 декабря, 12:00")
    assert "other_bookings" not in content
    pressed = await take_offer(tx, chat_id=anna.chat_id, client_id=anna.client_id, offer_key=slot_id, turn_id=None, now=NOW)
    assert pressed.kind is ProposalKind.MOVE


async def test_where_a_booking_stands_is_no_choice_for_its_move(tx: AccountTx, anna: Asker) -> None:
    found = await done(tx, FIND_SLOTS, anna, when="1 декабря с 12 до 13:30", number=1)
    assert "вт 01.12, 12:00" not in [slot["label"] for slot in found["slots"]]


async def test_a_cancellation_is_proposed(tx: AccountTx, anna: Asker) -> None:
    content = await done(tx, CANCEL_BOOKING, anna)
    assert (content["proposal"]["kind"], content["proposal"]["number"]) == ("cancel", 1)
    assert content["question"] == "Отменить запись № 1: вторник, 1 декабря, 12:00?"


async def test_several_bookings_are_listed_when_none_was_named(tx: AccountTx, anna: Asker) -> None:
    await anna.books(tx, at(23, 11))
    sentence = await failed(tx, CANCEL_BOOKING, anna)
    assert sentence == "У вас несколько записей: № 2 (пн 23.11, 11:00), № 1 (вт 01.12, 12:00). О какой речь? Назовите номер."


async def test_another_clients_number_is_not_found(tx: AccountTx, boris: Asker) -> None:
    assert await failed(tx, CANCEL_BOOKING, boris, number=1) == "Предстоящей записи № 1 у вас нет."
    assert await failed(tx, FIND_SLOTS, boris, number=1) == "Предстоящей записи № 1 у вас нет."
    assert await failed(tx, MOVE_BOOKING, boris, slot_id="k7f2") == "Предстоящих записей у вас нет."


async def test_my_bookings_are_mine(tx: AccountTx, anna: Asker, boris: Asker) -> None:
    await boris.books(tx, at(23, 11), service="Фара")
    (mine,) = (await done(tx, MY_BOOKINGS, anna))["bookings"]
    assert mine == {
        "number": 1,
        "service": "Бампер",
        "status": "confirmed",
        "starts_at": "2026-12-01T12:00:00+03:00",
        "text": "вторник, 1 декабря, 12:00",
        "bay": "Пост 1",
    }


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_no_tool_takes_what_the_server_binds(tool: Tool) -> None:
    properties = set(tool.json_schema().get("properties", ()))
    assert properties <= {"when", "service", "number", "slot_id", "comment", "wish"}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"client_id": 1, "slot_id": "k7f2"}, tool.arguments)


async def test_rival_sees_nothing(world: World, tx: AccountTx, anna: Asker) -> None:
    rival = world.rival
    stranger = Asker(anna.chat_id, rival.client_id, anna.message_id, anna.turn_id)
    assert await done(tx, MY_BOOKINGS, stranger) == {"bookings": [], "requests": []}
    assert await failed(tx, CANCEL_BOOKING, stranger, number=rival.booking_number)
    assert await failed(tx, HOLD_SLOT, anna, slot_id=rival.offer_key)
    assert await open_proposal(tx, rival.chat_id, NOW) is None
