"""Telegram's updates as we read them: what is known is typed, what is unknown does no harm."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.reception.webhook import encoded, message_update
from valera.telegram.update import Envelope, NotAnUpdate, read_envelope, read_update

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=20,
)


def test_message_is_read_with_its_sender_and_words() -> None:
    update = read_update(encoded(message_update("привет", user=5)))

    assert update is not None
    assert update.message is not None
    assert update.message.sender is not None
    assert (update.message.words, update.message.sender.full_name) == ("привет", "Вера")


def test_what_postgresql_cannot_keep_is_taken_out() -> None:
    raw = encoded(message_update("до\x00 после")).replace("после".encode(), "\\ud83d конец".encode())

    update = read_update(raw)

    assert update is not None
    assert update.message is not None
    assert update.message.words == "до ? конец"
    update.message.words.encode()


def test_photo_keeps_its_largest_size() -> None:
    photo = [{"file_id": "small", "width": 90}, {"file_id": "large", "width": 1280}]

    update = read_update(encoded(message_update("вот", photo=photo, future_field={"a": 1})))

    assert update is not None
    assert update.message is not None
    assert [file["file_id"] for file in update.message.attachments()] == ["large"]


def test_fields_of_wrong_types_are_no_update() -> None:
    assert read_update(b'{"update_id": 1, "message": {"message_id": "x"}}') is None
    assert read_update(b'{"update_id": 1, "message": {"text": "\\u0041", "message_id": []}}') is None


def envelope_of(body: bytes) -> Envelope | None:
    """None: refused. Any other exception fails the test."""
    try:
        return read_envelope(body)
    except NotAnUpdate:
        return None


@given(st.binary(max_size=200))
def test_any_bytes_are_an_envelope_or_refused(body: bytes) -> None:
    envelope = envelope_of(body)

    assert envelope is None or envelope.update_id >= 0


@given(st.dictionaries(st.sampled_from(["update_id", "message", "callback_query", "poll", "новое"]), JSON, max_size=4))
def test_any_json_is_an_envelope_or_refused(update: dict[str, object]) -> None:
    body = json.dumps(update).encode()
    read_update(body)
    envelope = envelope_of(body)

    assert envelope is None or -(2**63) < envelope.peer_id < 2**63
