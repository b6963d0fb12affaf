"""Contacts, blocking, groups, strangers: who somebody is to the shop."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reception.intake.meaning import ANSWER, PHRASES, attachments, client, events, said, talk
from tests.reception.stage import CLIENT, Stage
from tests.reception.webhook import NUMBERS, message_update
from valera.clients.client import telegram_phone

# ---- contacts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["+79000000001", "79000000001", "+7 900 000-00-01", "89000000001"])
def test_a_contacts_number_is_written_as_every_other(number: str) -> None:
    assert telegram_phone(number) == "+79000000001"


async def test_own_contact_is_the_clients_phone(stage: Stage) -> None:
    await stage.write("", contact={"phone_number": "79000000001", "first_name": "Вера", "user_id": CLIENT})

    await stage.take_in()

    assert await client(stage, "phone") == "+79000000001"
    assert await talk(stage) == [("user", "+79000000001")]
    assert await stage.turn_states() == ["waiting"]


@pytest.mark.parametrize("whose", [{"user_id": 1}, {}])
async def test_another_persons_contact_is_nobodys_phone(stage: Stage, whose: dict[str, int]) -> None:
    await stage.write("", contact={"phone_number": "+79000000002", "first_name": "Пётр"} | whose)
    await stage.take_in()

    assert await said(stage) == [PHRASES.say("ru", "contact.foreign")]
    assert await client(stage, "phone") is None
    assert await attachments(stage) == [{"kind": "contact", "name": "Пётр", "phone": "+79000000002"}]
    stage.script.answers = [ANSWER]
    await stage.hear("запишите")
    assert "79000000002" not in repr(stage.script.seen)


# ---- blocking, groups, strangers ------------------------------------------------------------------


def membership(status: str, *, chat: dict[str, Any] | None = None, user: int = CLIENT) -> dict[str, Any]:
    person = {"id": user, "is_bot": False, "first_name": "Вера"}
    change = {"chat": chat or {"id": user, "type": "private"}, "from": person, "date": 1, "new_chat_member": {"status": status}}
    return {"update_id": next(NUMBERS), "my_chat_member": change}


async def test_blocking_makes_unreachable_and_unblocking_or_writing_reachable(stage: Stage) -> None:
    await stage.write("раз")
    await stage.receive(membership("kicked"))
    await stage.receive(membership("kicked"))
    await stage.take_in()
    blocked = await client(stage, "unreachable_at is not null")
    await stage.receive(membership("member"))
    await stage.take_in()
    unblocked = await client(stage, "unreachable_at is null")
    await stage.receive(membership("kicked"))
    await stage.write("снова я")
    await stage.take_in()

    assert (blocked, unblocked, await client(stage, "unreachable_at is null")) == (True, True, True)
    assert [len(await events(stage, kind)) for kind in ("blocked", "unblocked")] == [2, 1]


async def test_a_stranger_who_blocks_becomes_no_client(stage: Stage) -> None:
    await stage.receive(membership("kicked"))
    await stage.take_in()

    assert await client(stage, "id") is None


GROUP = {"id": -100200, "type": "supergroup", "title": "Команда"}
PERSON = {"id": CLIENT, "is_bot": False, "first_name": "Вера"}
NOT_CLIENTS: dict[str, dict[str, Any]] = {
    "a group": {"chat": GROUP, "from": PERSON, "text": "в группе"},
    "start in a group": {"chat": GROUP, "from": PERSON, "text": "/start@garage_bot utm_x"},
    "an anonymous admin": {"chat": GROUP, "from": {"id": 1087968824, "is_bot": True}, "sender_chat": GROUP, "text": "я"},
    "a channel in private": {"chat": {"id": CLIENT, "type": "private"}, "from": PERSON, "sender_chat": {"id": -5}, "text": "я"},
    "another bot": {"chat": {"id": 5, "type": "private"}, "from": {"id": 5, "is_bot": True, "first_name": "B"}, "text": "привет"},
    "Telegram itself": {"chat": {"id": 777000, "type": "private"}, "from": {"id": 777000, "first_name": "Telegram"}, "text": "код 1"},
    "a channel": {"chat": {"id": -5, "type": "channel"}, "text": "x"},
    "nobody": {"chat": {"id": CLIENT, "type": "private"}, "text": "x"},
    "a service message": {"chat": {"id": CLIENT, "type": "private"}, "from": PERSON, "pinned_message": {"message_id": 1}},
}


@pytest.mark.parametrize("kind", ["message", "edited_message"])
async def test_nobody_but_a_person_in_private_is_a_client(stage: Stage, kind: str) -> None:
    before = await stage.owner.fetchval("select (select count(*) from messages) + (select count(*) from clients)")
    for content in NOT_CLIENTS.values():
        await stage.receive({"update_id": next(NUMBERS), kind: {"message_id": next(NUMBERS), "date": 1} | content})

    await stage.take_in()

    assert await stage.owner.fetchval("select (select count(*) from messages) + (select count(*) from clients)") == before
    assert await stage.owner.fetchval("select count(*) from telegram_updates where done_at is null") == 0


async def test_press_in_a_group_has_no_effect(stage: Stage) -> None:
    press = {"id": "9", "from": PERSON, "message": {"message_id": 1, "date": 1, "chat": GROUP}, "data": "yes:1"}
    await stage.receive({"update_id": next(NUMBERS), "callback_query": press})

    assert [taken.has_delivery for taken in await stage.take_in()] == [False]


async def test_joining_and_leaving_a_group_is_kept_for_the_team(stage: Stage) -> None:
    await stage.receive(membership("administrator", chat=GROUP))
    await stage.receive(membership("left", chat=GROUP))
    await stage.take_in()

    assert [event["telegram_chat"] for event in await events(stage, "joined_group")] == [-100200]
    assert len(await events(stage, "left_group")) == 1
    assert await client(stage, "id") is None


async def test_business_messages_and_reactions_are_kept_and_not_answered(stage: Stage) -> None:
    message = message_update("из чужого чата", user=CLIENT)["message"]
    await stage.receive({"update_id": next(NUMBERS), "business_message": message})
    await stage.receive({"update_id": next(NUMBERS), "message_reaction": {"chat": message["chat"], "user": PERSON, "message_id": 1}})
    await stage.receive({"update_id": next(NUMBERS), "inline_query": {"id": "1", "from": PERSON, "query": "x"}})
    await stage.receive({"update_id": next(NUMBERS), "of_the_future": {"chat": {"id": CLIENT}}})

    await stage.take_in()

    assert [event["kind"] for event in await events(stage, "update_kept")] == ["business_message", "message_reaction"]
    assert await client(stage, "id") is None
    assert await stage.owner.fetchval("select count(*) from telegram_updates where done_at is null") == 0
