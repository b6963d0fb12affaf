"""What was certainly not sent is tried again as it was; what may have been sent is repeated as a reply and counted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.telegram.post_office import PostOffice
from tests.telegram.scripted_telegram import Stranger, refusal
from valera.telegram.outbox.refusal import MAX_ATTEMPTS, MAX_GATEWAY_ATTEMPTS, MAX_UNSURE

# ---- not now: 404, 409, 5xx, no connection ------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(500, "Internal Server Error: restart"), "telegram-down"),
        (refusal(503, "Service Unavailable"), "telegram-down"),
        (refusal(404, "Not Found"), "misdirected"),
        (refusal(409, "Conflict: terminated by other getUpdates request"), "conflicting"),
        (Stranger(404), "misdirected"),
        (Stranger(302, {"Location": "http://127.0.0.1:9/"}), "misdirected"),
        (Stranger(407), "misdirected"),
    ],
)
async def test_certainly_not_sent_is_tried_again_as_it_was(office: PostOffice, answer: dict[str, Any] | Stranger, error: str) -> None:
    await office.put("раз")
    office.telegram.answers = [answer]

    await office.send()
    row = await office.row()
    await office.send_all()

    assert (row["state"], row["unsure"], row["error"]) == ("ready", 0, error)
    assert ["reply_parameters" in call for _, call in office.telegram.calls] == [False, False]
    assert (await office.row())["state"] == "sent"


async def test_no_connection_is_certain_too(office: PostOffice) -> None:
    await office.put("раз")
    working, office.telegram.url = office.telegram.url, "http://127.0.0.1:9"
    await office.lose_patience(20)

    await office.send()
    row = await office.row()
    office.telegram.url = working
    await office.lose_patience(20)
    await office.send_all()

    assert (row["state"], row["unsure"], row["error"]) == ("ready", 0, "telegram-down")
    assert (await office.row())["state"] == "sent"


async def test_telegram_that_is_down_for_a_day_ends_the_delivery(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = [refusal(500, "Internal Server Error")] * 3
    await office.send()
    assert await office.seconds_to_wait(office.shop.chat_id) < 1
    await office.owner.execute("update deliveries set attempts = $1 where state = 'ready'", MAX_ATTEMPTS - 2)

    await office.hurry()
    await office.send()
    late = await office.seconds_to_wait(office.shop.chat_id)
    await office.hurry()
    await office.send()

    assert 50 < late <= 60
    assert (await office.row())["state"] == "failed"


# ---- sent or not, nobody knows ------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    ["hang", "drop", Stranger(200), Stranger(504), {"ok": True, "result": {}}, {"ok": False}],
    ids=["timeout", "reset", "garbage", "gateway timeout", "no message", "no reason"],
)
async def test_lost_answer_is_sent_again_as_a_reply_and_counted(office: PostOffice, answer: dict[str, Any] | Stranger | str) -> None:
    await office.owner.execute("update messages set telegram_message_id = 55 where role = 'user' and chat_id = $1", office.shop.chat_id)
    await office.put("раз")
    office.telegram.answers = [answer]
    await office.lose_patience()

    await office.send()
    waits = await office.seconds_to_wait(office.shop.chat_id)
    await office.hurry()
    await office.send()

    first, second = (call for _, call in office.telegram.calls)
    assert waits <= 1
    assert "reply_parameters" not in first
    assert second["reply_parameters"] == {"message_id": 55, "allow_sending_without_reply": True}
    row = await office.row()
    assert (row["state"], row["unsure"]) == ("sent", 1)


async def test_lost_answers_end_when_the_message_may_have_arrived_often_enough(office: PostOffice) -> None:
    await office.put("раз")
    await office.put("два")
    office.telegram.answers = ["drop"] * (MAX_UNSURE + 1)

    await office.send_all()

    first, second = await office.rows()
    assert office.texts() == ["раз"] * (MAX_UNSURE + 1) + ["два"]
    assert (first["state"], second["state"]) == ("failed", "sent")


@pytest.mark.parametrize("answer", [refusal(502, "Bad Gateway"), Stranger(502), Stranger(503), Stranger(500)])
async def test_gateway_that_failed_counts_once_and_is_tried_for_longer(office: PostOffice, answer: dict[str, Any] | Stranger) -> None:
    await office.put("раз")
    office.telegram.answers = [answer] * (MAX_UNSURE + 2)

    await office.send_all()

    row = await office.row()
    assert (row["state"], row["unsure"], len(office.telegram.calls)) == ("sent", 1, MAX_UNSURE + 3)
    assert "reply_parameters" in office.telegram.calls[-1][1] or row["reply_to"] is None


async def test_gateway_that_fails_for_too_long_ends_the_delivery(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = [Stranger(502)] * 2
    await office.send()
    await office.owner.execute("update deliveries set attempts = $1 where state = 'ready'", MAX_GATEWAY_ATTEMPTS - 1)

    await office.send_all()

    assert (await office.row())["state"] == "failed"
