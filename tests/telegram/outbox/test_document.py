"""A small file behind a message: a delivery like any other, by sendDocument."""

from __future__ import annotations

import json

from tests.telegram.post_office import PostOffice
from tests.telegram.scripted_telegram import refusal
from valera.telegram.outbox.document import Document, File

FILE = Document(File('запись "12".ics', "text/calendar", "BEGIN:VCALENDAR\r\nSUMMARY:Гараж\r\n"), "Файл для календаря")


async def test_a_file_goes_behind_its_message_as_it_was_written(office: PostOffice) -> None:
    await office.put("Запись № 12", document=FILE)
    await office.put("ещё")

    await office.send_all()

    (first, card), (second, sent), (third, _) = office.telegram.calls
    assert (first, second, third) == ("sendMessage", "sendDocument", "sendMessage")
    assert card["text"] == "Запись № 12"
    assert (sent["caption"], sent["chat_id"]) == ("Файл для календаря", str(office.shop.telegram_chat_id))
    assert sent["document"] == ('запись "12".ics', "text/calendar", "BEGIN:VCALENDAR\r\nSUMMARY:Гараж\r\n")
    assert {"text", "link_preview_options", "parse_mode"}.isdisjoint(sent)
    assert [row["state"] for row in await office.rows()] == ["sent"] * 3


async def test_a_file_whose_answer_was_lost_is_repeated_as_a_reply(office: PostOffice) -> None:
    await office.put("Запись № 12", document=FILE)
    await office.send()
    office.telegram.answers = ["drop"]

    await office.send_all()

    _, (_, before), (method, again) = office.telegram.calls
    assert method == "sendDocument"
    assert "reply_parameters" not in before
    assert json.loads(again["reply_parameters"])["allow_sending_without_reply"] is True
    assert [(row["state"], row["unsure"]) for row in await office.rows()] == [("sent", 0), ("sent", 1)]


async def test_a_file_that_telegram_refuses_takes_nothing_with_it(office: PostOffice) -> None:
    await office.put("Запись № 12", document=FILE)
    await office.put("ещё")
    await office.send()
    office.telegram.answers = [refusal(400, "Bad Request: not enough rights to send documents to the chat")]

    await office.send_all()

    assert [row["state"] for row in await office.rows()] == ["sent", "failed", "sent"]


async def test_a_flood_wait_holds_the_file_and_what_follows_it(office: PostOffice) -> None:
    await office.put("Запись № 12", document=FILE)
    await office.send()
    office.telegram.answers = [refusal(429, "Too Many Requests: retry after 1", retry_after=1)]

    assert await office.send() == 1
    assert await office.send() == 0
    await office.send_all()

    assert [method for method, _ in office.telegram.calls] == ["sendMessage", "sendDocument", "sendDocument"]
