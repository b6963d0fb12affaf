"""What each kind of update means: commands, edits, contacts, blocking, groups, and content that has no words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from tests.reception.stage import CLIENT, Stage
from tests.reception.webhook import NUMBERS, message_update
from valera.clients.client import telegram_phone
from valera.kit.db import account_scope
from valera.kit.phrases import Phrases
from valera.reception.briefing.content import attachment_words
from valera.reception.intake import Settling
from valera.reception.lost_file import tell_lost_file

PHRASES = Phrases.load("valera.reception")
DISCLOSURES = tuple(Phrases.load("valera.chats").say(locale, "disclosure.assistant") + "\n\n" for locale in ("ru", "en"))
ANSWER = "Напишите, пожалуйста, что нужно сделать с машиной."


def plain(text: str) -> str:
    """Without what the first answer of all is preceded by."""
    return text.removeprefix(DISCLOSURES[0]).removeprefix(DISCLOSURES[1])


async def said(stage: Stage) -> list[str]:
    return [plain(text) for text in await stage.said()]


async def talk(stage: Stage) -> list[tuple[str, str]]:
    return [(role, plain(text)) for role, text in await stage.messages()]


async def events(stage: Stage, kind: str) -> list[dict[str, Any]]:
    return [
        row["properties"] for row in await stage.rows("select properties from analytics_events where event_type = $1 order by id", kind)
    ]


async def client(stage: Stage, column: str) -> Any:
    return await stage.owner.fetchval(f"select {column} from clients where telegram_user_id = $1", CLIENT)


async def attachments(stage: Stage) -> Any:
    return await stage.owner.fetchval(
        "select attachments from messages m join chats c on c.id = m.chat_id where c.telegram_chat_id = $1 and m.role = 'user'"
        " order by m.id desc limit 1",
        CLIENT,
    )


# ---- commands -----------------------------------------------------------------------------------


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


# ---- edits --------------------------------------------------------------------------------------


async def edit(stage: Stage, update: dict[str, Any], **fields: Any) -> None:
    await stage.receive({"update_id": next(NUMBERS), "edited_message": update["message"] | {"edit_date": 1_795_000_001} | fields})
    await stage.take_in()


async def test_edit_of_what_waits_is_answered_as_it_stands_now(stage: Stage) -> None:
    update = message_update("капот", user=CLIENT)
    await stage.receive(update)
    await stage.take_in()
    await edit(stage, update, text="бампер")
    stage.script.answers = [ANSWER]

    await stage.run_turns()

    assert stage.script.asked() == ["бампер"]
    assert await stage.owner.fetchval("select edited_at is not null from messages where content = 'бампер'")


async def test_edit_before_the_answer_is_sent_begins_a_new_round(stage: Stage) -> None:
    update = message_update("капот", user=CLIENT)
    await stage.receive(update)
    await stage.take_in()
    stage.script.answers = ["Про капот.", "Про бампер."]
    stage.script.meanwhile = lambda: edit(stage, update, text="бампер")

    await stage.run_turns()

    assert [stage.script.asked(0), stage.script.asked(1)] == [["капот"], ["бампер"]]
    assert await said(stage) == ["Про бампер."]
    assert await stage.turn_states() == ["done"]


async def test_edit_after_the_answer_is_for_the_team(stage: Stage) -> None:
    update = message_update("капот", user=CLIENT)
    await stage.receive(update)
    stage.script.answers = ["Про капот.", ANSWER]
    await stage.take_in()
    await stage.run_turns()

    await edit(stage, update, text="бампер")
    await edit(stage, update, text="дверь")

    assert await said(stage) == ["Про капот."]
    assert await talk(stage) == [("user", "дверь"), ("assistant", "Про капот."), ("system", "edited")]
    assert len(await events(stage, "edited_after_answer")) == 2
    await stage.hear("и ещё")
    assert PHRASES.say("ru", "note.edited") in stage.script.asked()


async def test_edit_that_changes_nothing_visible_has_no_effect(stage: Stage) -> None:
    update = message_update("", user=CLIENT, location={"latitude": 1, "longitude": 2})
    del update["message"]["text"]
    await stage.receive(update)
    await stage.take_in()
    stage.script.answers = [ANSWER]
    await stage.run_turns()

    await edit(stage, update, location={"latitude": 3, "longitude": 4})

    assert await stage.owner.fetchval("select count(*) from messages where edited_at is not null") == 0
    assert await events(stage, "edited_after_answer") == []


async def test_edit_of_a_message_that_never_came_is_the_message(stage: Stage) -> None:
    await edit(stage, message_update("капот", user=CLIENT))

    assert await talk(stage) == [("user", "капот")]
    assert await stage.turn_states() == ["waiting"]


async def test_edited_photo_is_fetched_and_an_edited_caption_keeps_it(stage: Stage) -> None:
    update = message_update("", user=CLIENT, photo=[{"file_id": "a", "file_unique_id": "ua"}], caption="было")
    del update["message"]["text"]
    await stage.receive(update)
    await stage.take_in()
    await edit(stage, update, caption="стало")
    await edit(stage, update, caption="стало", photo=[{"file_id": "b", "file_unique_id": "ub"}])

    assert [(entry["file_id"], entry["state"]) for entry in await attachments(stage)] == [("b", "waiting")]
    found = await stage.rows("select file_id from attachments where message_id <> $1 order by id", stage.shop.message_id)
    assert [row["file_id"] for row in found if row["file_id"] != "file"] == ["a", "b"]


# ---- contacts -----------------------------------------------------------------------------------


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


# ---- blocking, groups, strangers ----------------------------------------------------------------


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


# ---- content without words ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attachment", "told"),
    [
        ({"kind": "location"}, "[вложение: геопозиция]"),
        ({"kind": "venue", "text": "СТО [1], Мира, 2"}, "[вложение: место: СТО (1), Мира, 2]"),
        ({"kind": "document", "file_id": "a", "text": "смета.pdf", "state": "stored"}, "[вложение: документ: смета.pdf]"),
        ({"kind": "contact", "name": "Пётр", "phone": "+79000000002"}, "[вложение: контакт другого человека]"),
        ({"kind": "hologram"}, "[вложение: что-то, чего я не умею открыть]"),
    ],
)
def test_an_attachment_stands_in_the_dialogue_in_words(attachment: dict[str, str], told: str) -> None:
    assert attachment_words("ru", attachment) == told


@pytest.mark.parametrize("fields", [{"location": {"latitude": 1, "longitude": 2}}, {"hologram": {"size": 3}}])
async def test_what_has_no_words_is_answered(stage: Stage, fields: dict[str, Any]) -> None:
    stage.script.answers = [ANSWER]
    update = message_update("", user=CLIENT)
    del update["message"]["text"]
    update["message"] |= fields
    await stage.receive(update)
    await stage.take_in()

    await stage.run_turns()

    assert stage.script.asked()[-1].startswith("[вложение: ")
    assert await said(stage) == [ANSWER]


async def test_photo_is_kept_with_its_file_and_waits_to_be_fetched(stage: Stage) -> None:
    await stage.write("", photo=[{"file_id": "small"}, {"file_id": "large", "file_unique_id": "u"}])

    [taken] = await stage.take_in()

    assert taken.has_files
    assert await attachments(stage) == [{"kind": "photo", "file_id": "large", "file_unique_id": "u", "state": "waiting"}]
    [row] = await stage.rows("select kind, file_id, file_unique_id, state, bot_id from attachments where state = 'waiting'")
    assert tuple(row) == ("photo", "large", "u", "waiting", stage.shop.bot_id)


async def test_repeated_update_wants_its_file_once(stage: Stage) -> None:
    await stage.write("", photo=[{"file_id": "large", "file_unique_id": "u"}])
    [claim] = await stage.claim_mailboxes()
    await stage.intake.take_in(claim)
    await stage.owner.execute("update telegram_updates set done_at = null where peer_id = $1", CLIENT)
    await stage.owner.execute("update mailboxes set due_at = now() where peer_id = $1", CLIENT)

    await stage.take_in()

    assert await stage.owner.fetchval("select count(*) from attachments where state = 'waiting'") == 1


async def test_plain_text_takes_as_many_statements_as_ever(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hot path: what waits is read, the message is written, the mailbox is released."""
    await stage.write("раз")
    intake = stage.intake
    for claim in await stage.claim_mailboxes():
        await intake.take_in(claim)
    await stage.write("два")
    [claim] = await stage.claim_mailboxes()
    statements: list[str] = []
    execute = asyncpg.connection.Connection._execute  # pyright: ignore[reportPrivateUsage]

    async def counted(self: asyncpg.Connection, query: str, *args: Any, **kwargs: Any) -> Any:
        statements.append(query)
        return await execute(self, query, *args, **kwargs)

    monkeypatch.setattr(asyncpg.connection.Connection, "_execute", counted)
    await intake.take_in(claim)

    assert len(statements) == 3, statements


@pytest.mark.parametrize(("reason", "note"), [("file-too-large", "file_too_large"), ("refused", "file_lost")])
async def test_file_that_never_comes_is_told_in_the_chat_once(stage: Stage, reason: str, note: str) -> None:
    await stage.write("", photo=[{"file_id": "a", "file_unique_id": "u"}])
    await stage.take_in()
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            for _ in range(2):
                await tell_lost_file(tx, await stage.chat_id(), reason)
    stage.script.answers = [ANSWER]

    await stage.run_turns()

    assert [text for role, text in await talk(stage) if role == "system"] == [note]
    assert PHRASES.say("ru", f"note.{note}") in repr(stage.script.seen[-1])
    assert [event["reason"] for event in await events(stage, "file_lost")] == [reason, reason]
