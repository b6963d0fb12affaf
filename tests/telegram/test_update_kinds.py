"""The two tables of what Telegram can send, against an independent witness and against the document that shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiogram.enums import ContentType
from aiogram.types import Message, Update
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reception.webhook import encoded, message_update
from valera.kit.phrases import Phrases
from valera.telegram import content_kinds, update_kinds
from valera.telegram.content_kinds import CONTENT_KINDS, FILES, Treatment, told
from valera.telegram.update import read_update
from valera.telegram.update_kinds import ALLOWED_UPDATES, UPDATE_KINDS, Meaning

DOCUMENT = (Path(__file__).parents[2] / "docs" / "telegram-updates.md").read_text("utf-8")
NOT_A_KIND = {"any", "unknown"}


def test_every_kind_of_update_that_aiogram_knows_has_a_meaning() -> None:
    assert set(UPDATE_KINDS) == set(Update.model_fields) - {"update_id"}


def test_every_content_that_aiogram_knows_has_a_treatment() -> None:
    assert set(CONTENT_KINDS) == {kind.value for kind in ContentType} - NOT_A_KIND
    assert set(CONTENT_KINDS) <= set(Message.model_fields)


def test_telegram_is_asked_for_what_has_a_use_and_for_nothing_else() -> None:
    assert set(ALLOWED_UPDATES) == {name for name, kind in UPDATE_KINDS.items() if kind.meaning is not Meaning.IGNORED}
    assert {"message", "edited_message", "callback_query", "my_chat_member"} <= set(ALLOWED_UPDATES)


def test_the_document_shows_both_tables() -> None:
    assert update_kinds.render() in DOCUMENT
    assert content_kinds.render() in DOCUMENT


def test_whatever_is_shown_to_the_assistant_has_its_word_in_both_languages() -> None:
    shown = {name for name, kind in CONTENT_KINDS.items() if kind.treatment in {Treatment.FILE, Treatment.TOLD}} | {"empty", "unknown"}

    for phrases in Phrases.load("valera.reception").by_locale.values():
        assert {f"content.{name}" for name in shown} <= set(phrases)


# ---- files --------------------------------------------------------------------------------------


def test_a_file_of_every_kind_is_fetched() -> None:
    for kind in FILES:
        file = {"file_id": f"id-{kind}", "file_unique_id": f"u-{kind}"}
        fields: dict[str, Any] = {kind: [file] if kind == "photo" else file}
        update = read_update(encoded(message_update("", **fields)))

        assert update is not None
        assert update.message is not None
        assert update.message.attachments() == [{"kind": kind, "state": "waiting"} | file]


def test_what_telegram_repeats_for_older_bots_counts_once() -> None:
    moving, still = {"file_id": "moving", "file_unique_id": "m"}, {"file_id": "still", "file_unique_id": "s"}
    live = read_update(encoded(message_update("", live_photo=moving, photo=[still])))
    animation = read_update(encoded(message_update("", animation=moving, document=moving)))

    assert live is not None
    assert animation is not None
    assert live.message is not None
    assert animation.message is not None
    assert [(kind, file.file_id) for kind, file in live.message.files()] == [("live_photo", "still")]
    assert [kind for kind, _ in animation.message.files()] == ["animation"]


# ---- what is told in words ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"location": {"latitude": 55.7, "longitude": 37.6}}, [{"kind": "location"}]),
        (
            {"location": {}, "venue": {"title": "Гараж", "address": "ул.  Ленина, 1", "location": {}}},
            [{"kind": "venue", "text": "Гараж, ул. Ленина, 1"}],
        ),
        ({"poll": {"question": "Когда?"}}, [{"kind": "poll", "text": "Когда?"}]),
        ({"dice": {"emoji": "🎲", "value": 4}}, [{"kind": "dice", "text": "🎲"}]),
        ({"venue": "not what it was"}, [{"kind": "venue"}]),
        ({"story": {}}, [{"kind": "story"}]),
        ({"pinned_message": {}}, []),
        ({"forum_topic_created": {}}, []),
        ({"thing_of_2031": {}}, [{"kind": "unknown"}]),
    ],
    ids=["location", "venue", "poll", "dice", "another shape", "story", "service", "topic", "future"],
)
def test_what_has_no_words_is_told_in_words(fields: dict[str, object], expected: list[dict[str, str]]) -> None:
    update = message_update("")
    del update["message"]["text"]
    update["message"] |= fields

    assert told(encoded(update)) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*CONTENT_KINDS, "thing_of_2031"]), JSON, max_size=3))
def test_any_content_is_told_or_ignored(fields: dict[str, object]) -> None:
    found = told(encoded({"update_id": 1, "message": fields}))

    assert len(found) <= 1
    assert all(isinstance(text, str) for entry in found for text in entry.values())
