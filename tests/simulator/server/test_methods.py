from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator.conftest import Bench
from valera.simulator.messenger.actions import membership, pressing, writing
from valera.simulator.messenger.limits.flood import FloodControl, FloodLimit
from valera.simulator.messenger.message import list_messages
from valera.simulator.server.refusal import Refusal


def keyboard(*data: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": one, "callback_data": one} for one in data]]}


@pytest.fixture
def started(bench: Bench) -> Bench:
    """The first of the cast has written."""
    writing.write(bench.telegram, bench.bot, bench.people[0], "/start")
    return bench


def refused(bench: Bench, method: str, **given: Any) -> tuple[int, str]:
    with pytest.raises(Refusal) as refusal:
        bench.call(method, **given)
    return refusal.value.code, refusal.value.to_json()["description"]


def test_sent_message_is_in_the_chat_and_in_the_answer(started: Bench) -> None:
    person = started.people[0]
    sent = started.call("sendMessage", chat_id=person.id, text="Привет 😀", entities=[{"type": "bold", "offset": 0, "length": 9}])
    assert sent["text"] == "Привет 😀"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 9}]
    assert sent["from"]["is_bot"]
    assert sent["chat"] == person.to_chat()
    assert [message.content.text for message in list_messages(started.telegram.store, started.bot.id, person.id)] == ["/start", "Привет 😀"]


def test_message_ids_of_a_bot_only_grow(started: Bench) -> None:
    writing.write(started.telegram, started.bot, started.people[1], "и я")
    ids = [started.call("sendMessage", chat_id=person.id, text="раз")["message_id"] for person in started.people[:2] * 2]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize(
    ("given", "description"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": " \n "}, "Bad Request: message text is empty"),
        ({}, "Bad Request: message text is empty"),
        ({"text": "я" * 4097}, "Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "Bad Request: message is too long"),
        ({"text": 5}, 'Bad Request: field "text" must be of type String'),
        ({"text": "x", "parse_mode": "BBCode"}, "Bad Request: unsupported parse_mode"),
        ({"text": "x", "parse_mode": "HTML"}, "Bad Request: the simulator takes entities, not parse_mode"),
        ({"text": "x", "reply_parameters": {"message_id": 999}}, "Bad Request: message to be replied not found"),
    ],
)
def test_text_that_telegram_refuses_is_refused(started: Bench, given: dict[str, Any], description: str) -> None:
    assert refused(started, "sendMessage", chat_id=started.people[0].id, **given) == (400, description)


@pytest.mark.parametrize(
    "given",
    [
        {"entities": "nonsense"},
        {"entities": [{"type": "bold", "offset": "0", "length": 1}]},
        {"entities": {"type": "bold"}},
        {"reply_parameters": []},
        {"reply_parameters": {"message_id": "1"}},
        {"link_preview_options": {"is_disabled": "yes"}},
        {"reply_markup": []},
        {"reply_markup": {"something": 1}},
        {"reply_markup": {"inline_keyboard": {}}},
    ],
)
def test_argument_of_a_wrong_type_is_refused(started: Bench, given: dict[str, Any]) -> None:
    assert refused(started, "sendMessage", chat_id=started.people[0].id, text="x", **given)[0] == 400


def test_unknown_arguments_are_ignored(started: Bench) -> None:
    assert started.call(
        "sendMessage", chat_id=started.people[0].id, text="x", future={"a": 1}, reply_parameters={"message_id": 1, "new": 2}
    )


def test_text_of_4096_units_is_taken(started: Bench) -> None:
    assert started.call("sendMessage", chat_id=started.people[0].id, text="😀" * 2048)["text"] == "😀" * 2048


@pytest.mark.parametrize(
    ("chat_id", "code", "description"),
    [
        (None, 400, "Bad Request: chat_id is empty"),
        (12345, 400, "Bad Request: chat not found"),
        ("@somebody", 400, "Bad Request: chat not found"),
        (1 << 70, 400, "Bad Request: chat not found"),
        ("abc", 400, 'Bad Request: field "chat_id" must be of type Integer'),
        (True, 400, 'Bad Request: field "chat_id" must be of type Integer'),
    ],
)
def test_chat_that_is_none_is_refused(started: Bench, chat_id: object, code: int, description: str) -> None:
    assert refused(started, "sendMessage", chat_id=chat_id, text="x") == (code, description)


def test_bot_cannot_write_first(started: Bench) -> None:
    expected = (403, "Forbidden: bot can't initiate conversation with a user")
    assert refused(started, "sendMessage", chat_id=started.people[1].id, text="x") == expected


def test_blocked_bot_cannot_write_until_it_is_unblocked(started: Bench) -> None:
    person = started.people[0]
    membership.block(started.telegram, started.bot, person)
    assert refused(started, "sendMessage", chat_id=person.id, text="x") == (403, "Forbidden: bot was blocked by the user")
    membership.unblock(started.telegram, started.bot, person)
    assert started.call("sendMessage", chat_id=person.id, text="x")
    kinds = [
        update["my_chat_member"]["new_chat_member"]["status"]
        for body in started.updates()
        if "my_chat_member" in (update := json.loads(body))
    ]
    assert kinds == ["kicked", "member"]


def test_reply_shows_what_it_answers(started: Bench) -> None:
    sent = started.call("sendMessage", chat_id=started.people[0].id, text="да", reply_parameters={"message_id": 1})
    assert sent["reply_to_message"]["text"] == "/start"


def test_reply_to_a_missing_message_may_be_allowed(started: Bench) -> None:
    given = {"message_id": 99, "allow_sending_without_reply": True}
    assert "reply_to_message" not in started.call("sendMessage", chat_id=started.people[0].id, text="да", reply_parameters=given)


def test_another_persons_message_cannot_be_answered(started: Bench) -> None:
    other = writing.write(started.telegram, started.bot, started.people[1], "чужое")
    given = {"message_id": other.message_id}
    assert refused(started, "sendMessage", chat_id=started.people[0].id, text="x", reply_parameters=given)[0] == 400


@pytest.mark.parametrize(
    ("button", "description"),
    [
        ({"text": "x"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "callback_data": "d", "url": "https://e.org"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": " ", "callback_data": "d"}, "button text must be non-empty"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "я" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "url": "javascript:alert(1)"}, "is invalid: wrong HTTP URL"),
        ({"text": "x", "callback_data": "d", "style": "pink"}, "invalid button style"),
        ({"text": "x", "callback_data": 5}, "can't parse reply keyboard markup JSON object"),
    ],
)
def test_inline_button_that_telegram_refuses_is_refused(started: Bench, button: dict[str, Any], description: str) -> None:
    code, said = refused(started, "sendMessage", chat_id=started.people[0].id, text="x", reply_markup={"inline_keyboard": [[button]]})
    assert code == 400
    assert description in said


def test_callback_data_of_64_bytes_is_taken(started: Bench) -> None:
    assert started.call("sendMessage", chat_id=started.people[0].id, text="x", reply_markup=keyboard("я" * 32))


def test_more_than_a_hundred_buttons_are_refused(started: Bench) -> None:
    given = keyboard(*(str(number) for number in range(101)))
    assert (
        refused(started, "sendMessage", chat_id=started.people[0].id, text="x", reply_markup=given)[1]
        == "Bad Request: REPLY_MARKUP_TOO_LONG"
    )


def test_reply_keyboard_stands_until_it_is_removed(started: Bench) -> None:
    from valera.simulator.messenger.chat import find_chat

    person, store = started.people[0], started.telegram.store
    markup = {"keyboard": [[{"text": "Телефон", "request_contact": True}, "Нет"]]}
    assert "reply_markup" not in started.call("sendMessage", chat_id=person.id, text="x", reply_markup=markup)
    chat = find_chat(store, started.bot.id, person.id)
    assert chat is not None
    assert chat.keyboard == {"keyboard": [[{"text": "Телефон", "request_contact": True}, {"text": "Нет"}]]}
    started.call("sendMessage", chat_id=person.id, text="x", reply_markup={"remove_keyboard": True})
    chat = find_chat(store, started.bot.id, person.id)
    assert chat is not None
    assert chat.keyboard is None


def test_edit_changes_the_text_and_drops_the_buttons(started: Bench) -> None:
    person = started.people[0]
    sent = started.call("sendMessage", chat_id=person.id, text="до", reply_markup=keyboard("yes:1"))
    edited = started.call("editMessageText", chat_id=person.id, message_id=sent["message_id"], text="после")
    assert edited["text"] == "после"
    assert "reply_markup" not in edited
    assert edited["edit_date"]


def test_edit_that_changes_nothing_is_refused(started: Bench) -> None:
    person = started.people[0]
    sent = started.call("sendMessage", chat_id=person.id, text="то же", reply_markup=keyboard("a"))
    code, said = refused(
        started, "editMessageText", chat_id=person.id, message_id=sent["message_id"], text="то же", reply_markup=keyboard("a")
    )
    assert code == 400
    assert said.startswith("Bad Request: message is not modified: ")


def test_buttons_can_be_edited_alone(started: Bench) -> None:
    person = started.people[0]
    sent = started.call("sendMessage", chat_id=person.id, text="x", reply_markup=keyboard("a"))
    edited = started.call("editMessageReplyMarkup", chat_id=person.id, message_id=sent["message_id"], reply_markup=keyboard("b"))
    assert edited["reply_markup"] == keyboard("b")


def test_what_is_not_the_bots_or_not_there_cannot_be_edited(started: Bench) -> None:
    person_id = started.people[0].id
    assert refused(started, "editMessageText", chat_id=person_id, message_id=1, text="x")[1] == "Bad Request: message can't be edited"
    assert refused(started, "editMessageText", chat_id=person_id, message_id=99, text="x")[1] == "Bad Request: message to edit not found"
    assert refused(started, "editMessageText", chat_id=person_id, text="x")[1] == "Bad Request: message identifier is not specified"


def test_deleted_message_is_gone(started: Bench) -> None:
    person_id = started.people[0].id
    sent = started.call("sendMessage", chat_id=person_id, text="x")
    assert started.call("deleteMessage", chat_id=person_id, message_id=sent["message_id"]) is True
    expected = (400, "Bad Request: message to delete not found")
    assert refused(started, "deleteMessage", chat_id=person_id, message_id=sent["message_id"]) == expected


def test_message_of_two_days_ago_cannot_be_deleted(started: Bench) -> None:
    person_id = started.people[0].id
    sent = started.call("sendMessage", chat_id=person_id, text="x")
    started.wait(48 * 3600 + 1)
    expected = (400, "Bad Request: message can't be deleted for everyone")
    assert refused(started, "deleteMessage", chat_id=person_id, message_id=sent["message_id"]) == expected


@pytest.fixture
def press_id(started: Bench) -> str:
    person = started.people[0]
    sent = started.call("sendMessage", chat_id=person.id, text="x", reply_markup=keyboard("yes:1"))
    return pressing.press(started.telegram, started.bot, person, message_id=sent["message_id"], data="yes:1").callback_query_id


STALE = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")


def test_press_is_answered_once(started: Bench, press_id: str) -> None:
    assert started.call("answerCallbackQuery", callback_query_id=press_id, text="ага") is True
    assert refused(started, "answerCallbackQuery", callback_query_id=press_id) == STALE


def test_unknown_press_is_refused(started: Bench) -> None:
    assert refused(started, "answerCallbackQuery", callback_query_id="1") == STALE


def test_press_of_150_seconds_ago_is_refused(started: Bench, press_id: str) -> None:
    started.wait(151)
    assert refused(started, "answerCallbackQuery", callback_query_id=press_id) == STALE


def test_answer_to_a_press_is_200_characters_at_most(started: Bench, press_id: str) -> None:
    assert refused(started, "answerCallbackQuery", callback_query_id=press_id, text="я" * 201)[0] == 400
    assert started.call("answerCallbackQuery", callback_query_id=press_id, text="я" * 200)


def test_unknown_action_is_refused(started: Bench) -> None:
    expected = (400, "Bad Request: wrong parameter action in request")
    assert refused(started, "sendChatAction", chat_id=started.people[0].id, action="dancing") == expected
    assert started.call("sendChatAction", chat_id=started.people[0].id, action="typing") is True


def test_flood_is_told_when_to_come_back(bench: Bench) -> None:
    from dataclasses import replace

    bench.telegram = replace(bench.telegram, flood=FloodControl(FloodLimit(burst=3, per_second=0.5)))
    person = bench.people[0]
    writing.write(bench.telegram, bench.bot, person, "/start")
    for _ in range(3):
        bench.call("sendMessage", chat_id=person.id, text="x")
    with pytest.raises(Refusal) as refusal:
        bench.call("sendMessage", chat_id=person.id, text="x")
    assert refusal.value.to_json() == {
        "ok": False, "error_code": 429, "description": "Too Many Requests: retry after 2", "parameters": {"retry_after": 2},
    }  # fmt: skip
    bench.wait(2)
    assert bench.call("sendMessage", chat_id=person.id, text="x")


def test_flood_of_one_chat_does_not_stop_another(bench: Bench) -> None:
    flood = FloodControl(FloodLimit(burst=1, per_second=1))
    assert flood.spend(1, 1, now=0) == 0
    assert flood.spend(1, 2, now=0) == 0
    assert flood.spend(1, 1, now=0) == 1
