"""Hop 6: what Telegram refuses has one rule each; nothing is dropped, nothing overtakes. The table is in docs/reliability.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.telegram.post_office import PostOffice
from tests.telegram.scripted_telegram import SENT, Stranger, refusal

FLOOD = "Too Many Requests: retry after 17"


# ---- 429 ----------------------------------------------------------------------------------------


async def test_flood_wait_is_exactly_what_telegram_said_and_no_attempt(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = [refusal(429, FLOOD, retry_after=17)]

    await office.send()

    assert 12 < await office.seconds_to_wait(office.shop.chat_id) <= 17
    assert ((await office.row())["attempts"], (await office.row())["unsure"]) == (0, 0)


async def test_proxy_that_limits_the_rate_is_heeded_by_its_header(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = [Stranger(429, {"Retry-After": "40"})]

    await office.send()

    assert 35 < await office.seconds_to_wait(office.shop.chat_id) <= 40


async def test_flood_in_one_chat_holds_no_other(office: PostOffice) -> None:
    await office.put("раз")
    other = await office.another_chat(900_010)
    await office.put("два", chat_id=other)
    office.telegram.answers = [refusal(429, FLOOD, retry_after=17)]

    await office.send()

    assert sorted(row["state"] for row in await office.rows()) == ["ready", "sent"]


async def test_flood_in_two_chats_at_once_holds_the_whole_bot(office: PostOffice) -> None:
    second, third = await office.another_chat(900_010), await office.another_chat(900_011)
    await office.put("раз")
    await office.put("два", chat_id=second)
    office.telegram.answers = [refusal(429, FLOOD, retry_after=seconds) for seconds in (17, 30)]
    claims = await office.claim()
    await office.put("три", chat_id=third)

    for claim in claims:
        await office.sender.deliver(claim)

    assert 25 < await office.seconds_to_wait(third) <= 30
    assert 25 < await office.seconds_to_wait(office.shop.chat_id) <= 30
    assert await office.send() == 0


async def test_what_is_written_while_the_bot_waits_waits_too(office: PostOffice) -> None:
    second, third = await office.another_chat(900_010), await office.another_chat(900_011)
    await office.put("раз")
    await office.put("два", chat_id=second)
    office.telegram.answers = [refusal(429, FLOOD, retry_after=30)] * 2
    await office.send()

    await office.put("три", chat_id=third, sender=1)

    assert await office.send() == 0
    assert await office.seconds_to_wait(third) > 25
    assert "три" not in office.texts()


async def test_two_chats_that_are_flooded_each_by_itself_hold_no_third(office: PostOffice) -> None:
    second, third = await office.another_chat(900_010), await office.another_chat(900_011)
    for chat_id in (office.shop.chat_id, second):
        await office.owner.execute(
            "insert into messages (account_id, chat_id, role, content) select $1, $2, 'assistant', 'ещё' from generate_series(1, 20)",
            office.shop.account_id,
            chat_id,
        )
        await office.put("раз", chat_id=chat_id)
    office.telegram.answers = [refusal(429, FLOOD, retry_after=30)] * 2
    claims = await office.claim()
    await office.put("три", chat_id=third)

    for claim in claims:
        await office.sender.deliver(claim)

    assert await office.seconds_to_wait(third) <= 0
    assert await office.seconds_to_wait(second) > 25


# ---- 403, chat not found, migrate ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "description"),
    [
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: user is deactivated"),
        (403, "Forbidden: bot can't initiate conversation with a user"),
        (403, "Forbidden: bot was kicked from the supergroup chat"),
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: PEER_ID_INVALID"),
    ],
)
async def test_client_out_of_reach_ends_the_delivery_and_is_marked(office: PostOffice, code: int, description: str) -> None:
    await office.put("раз")
    office.telegram.answers = [refusal(code, description)]

    await office.send()

    row = await office.row()
    assert row["state"] == "failed"
    assert description in row["error"]
    assert office.gone == [office.shop.chat_id]


async def test_migrated_group_is_followed_once_with_all_that_waits(office: PostOffice) -> None:
    await office.put("раз")
    await office.put("два")
    office.telegram.answers = [refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100500)]

    await office.send_all()
    await office.put("три")
    await office.send_all()

    assert [(call["text"], call["chat_id"]) for _, call in office.telegram.calls] == [
        ("раз", office.shop.telegram_chat_id),
        ("раз", -100500),
        ("два", -100500),
        ("три", -100500),
    ]


async def test_group_that_migrates_to_where_it_is_ends_the_delivery(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = [refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100500)] * 3

    await office.send_all()

    assert (len(office.telegram.calls), (await office.row())["state"]) == (2, "failed")


async def test_migrated_group_whose_new_chat_is_open_already_is_followed_without_it(office: PostOffice) -> None:
    await office.another_chat(900_010)
    await office.put("раз")
    office.telegram.answers = [refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=900_010)]

    await office.send_all()

    assert [call["chat_id"] for _, call in office.telegram.calls] == [office.shop.telegram_chat_id, 900_010]
    assert (await office.row())["state"] == "sent"


# ---- entities, too long, refused for good -------------------------------------------------------


async def test_refused_entities_are_sent_again_plain(office: PostOffice) -> None:
    await office.put("это **важно**")
    office.telegram.answers = [refusal(400, "Bad Request: can't parse entities")]

    await office.send_all()

    first, second = (call for _, call in office.telegram.calls)
    assert (first["text"], "entities" in first) == ("это важно", True)
    assert (second["text"], "entities" in second) == ("это важно", False)
    assert (await office.row())["state"] == "sent"


async def test_entities_that_were_not_there_are_refused_once(office: PostOffice) -> None:
    await office.put("просто текст")
    office.telegram.answers = [refusal(400, "Bad Request: ENTITY_BOUNDS_INVALID")] * 3

    await office.send_all()

    assert (len(office.telegram.calls), (await office.row())["state"]) == (1, "failed")


@pytest.mark.parametrize(
    "answer", [refusal(400, "Bad Request: message is too long"), refusal(413, "Request Entity Too Large"), Stranger(413)]
)
async def test_text_that_is_too_long_arrives_in_pieces_in_its_place(office: PostOffice, answer: dict[str, Any] | Stranger) -> None:
    sentences = [f"Предложение номер {number} о покраске. " for number in range(60)]
    await office.put("".join(sentences), keyboard=[[{"text": "Да", "callback_data": "yes:1"}]])
    await office.put("следующее")
    office.telegram.answers = [answer]

    await office.send_all()

    whole, *pieces, following = [call for _, call in office.telegram.calls]
    assert len(pieces) >= 2
    assert " ".join(piece["text"] for piece in pieces) == whole["text"]
    assert ["reply_markup" in piece for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert following["text"] == "следующее"
    assert {row["state"] for row in await office.rows()} == {"sent"}


async def test_short_text_that_is_called_too_long_ends(office: PostOffice) -> None:
    await office.put("раз")
    office.telegram.answers = [refusal(400, "Bad Request: message is too long")] * 3

    await office.send_all()

    assert (len(office.telegram.calls), (await office.row())["state"]) == (1, "failed")


async def test_refusal_for_good_fails_with_telegrams_reason(office: PostOffice) -> None:
    await office.put("раз")
    await office.put("два")
    office.telegram.answers = [refusal(400, "Bad Request: BUTTON_DATA_INVALID"), SENT]

    await office.send_all()

    row = await office.row()
    assert row["state"] == "failed"
    assert "BUTTON_DATA_INVALID" in row["error"]
    assert office.texts() == ["раз", "два"]
