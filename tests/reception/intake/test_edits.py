"""What a corrected message changes."""

from __future__ import annotations

from typing import Any

from tests.reception.intake.meaning import ANSWER, PHRASES, attachments, events, said, talk
from tests.reception.stage import CLIENT, Stage
from tests.reception.webhook import NUMBERS, message_update


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
