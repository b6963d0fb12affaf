from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.simulator.conftest import Receiver, Running

YES = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes:1"}]]}


async def test_bots_are_listed_without_their_tokens(running: Running) -> None:
    status, body = await running.get("/api/bots")
    assert status == 200
    assert [bot["username"] for bot in json.loads(body)] == ["garage_bot"]
    assert running.token not in body


async def test_person_is_made_by_name_once(running: Running) -> None:
    first = await running.post("/api/people", {"name": "Пётр"})
    assert first == await running.post("/api/people", {"name": "пётр"})
    assert first[1]["name"] == "Пётр"


async def test_messages_are_read_on_from_an_id(running: Running) -> None:
    await running.post(f"{running.chat}/messages", {"text": "/start"})
    await running.call("sendMessage", chat_id=running.person.id, text="Записать?", reply_markup=YES)
    _, body = await running.get(f"{running.chat}/messages?after=1")
    read = json.loads(body)
    assert [(message["message_id"], message["text"], message["reply_markup"]) for message in read["messages"]] == [(2, "Записать?", YES)]
    assert read["keyboard"] is None
    assert not read["is_blocked"]


async def test_typing_is_seen_until_the_message_comes(running: Running) -> None:
    await running.post(f"{running.chat}/messages", {"text": "/start"})
    await running.call("sendChatAction", chat_id=running.person.id, action="typing")
    assert json.loads((await running.get(f"{running.chat}/messages"))[1])["is_typing"]
    await running.call("sendMessage", chat_id=running.person.id, text="да")
    assert not json.loads((await running.get(f"{running.chat}/messages"))[1])["is_typing"]


async def test_press_needs_a_button_that_is_there(running: Running) -> None:
    await running.post(f"{running.chat}/messages", {"text": "/start"})
    sent = (await running.call("sendMessage", chat_id=running.person.id, text="?", reply_markup=YES))["result"]["message_id"]
    assert (await running.post(f"{running.chat}/presses", {"message_id": sent, "data": "no:1"}))[0] == 404
    assert (await running.post(f"{running.chat}/presses", {"message_id": 1, "data": "yes:1"}))[0] == 404
    assert (await running.post(f"{running.chat}/presses", {"message_id": sent, "data": "yes:1"}))[0] == 201
    await running.call("editMessageReplyMarkup", chat_id=running.person.id, message_id=sent)
    assert (await running.post(f"{running.chat}/presses", {"message_id": sent, "data": "yes:1"}))[0] == 404


async def test_who_blocked_the_bot_cannot_write_to_it(running: Running) -> None:
    await running.post(f"{running.chat}/messages", {"text": "/start"})
    async with running.session.put(f"{running.chat}/block") as answer:
        assert answer.status == 204
    assert (await running.post(f"{running.chat}/messages", {"text": "ау"}))[0] == 409
    async with running.session.delete(f"{running.chat}/block") as answer:
        assert answer.status == 204
    assert (await running.post(f"{running.chat}/messages", {"text": "ау"}))[0] == 201


@pytest.mark.parametrize("text", ["", "  ", "\0", "я" * 4097])
async def test_text_that_nobody_can_send_is_refused(running: Running, text: str) -> None:
    status, body = await running.post(f"{running.chat}/messages", {"text": text})
    assert status == 422
    assert body["detail"]


@pytest.mark.parametrize("body", [{}, {"text": 5}, [], None, {"text": "x", "reply_to": []}])
async def test_body_of_a_wrong_shape_is_refused(running: Running, body: Any) -> None:
    assert (await running.post(f"{running.chat}/messages", body))[0] == 400


async def test_4096_emoji_reach_the_bot_whole(running: Running, receiver: Receiver) -> None:
    await running.call("setWebhook", url=receiver.url)
    await running.post(f"{running.chat}/messages", {"text": "😀" * 4096})
    [update] = await receiver.until(1)
    assert update["message"]["text"] == "😀" * 4096


@pytest.mark.parametrize("bot", ["1", "-1", "99999999999999999999", "x", "{bot}"])
@pytest.mark.parametrize("person", ["1", "{person}"])
async def test_who_is_not_there_is_not_found(running: Running, bot: str, person: str) -> None:
    path = f"/api/bots/{bot}/people/{person}/messages".format(bot=running.bot.id, person=running.person.id)
    assert (await running.get(path))[0] == (200 if (bot, person) == ("{bot}", "{person}") else 404)


async def test_stream_tells_what_happens_in_the_chat(running: Running) -> None:
    await running.post(f"{running.chat}/messages", {"text": "/start"})
    heard: list[tuple[str, dict[str, Any]]] = []
    async with running.session.get(f"{running.chat}/events") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        listening = asyncio.create_task(_listen(stream.content, heard, count=6))
        while not heard:
            await asyncio.sleep(0.005)
        sent = (await running.call("sendMessage", chat_id=running.person.id, text="?", reply_markup=YES))["result"]["message_id"]
        _, pressed = await running.post(f"{running.chat}/presses", {"message_id": sent, "data": "yes:1"})
        await running.call("answerCallbackQuery", callback_query_id=pressed["callback_query_id"], text="Записал")
        await running.call("editMessageText", chat_id=running.person.id, message_id=sent, text="!")
        await running.call("deleteMessage", chat_id=running.person.id, message_id=sent)
        await asyncio.wait_for(listening, 5)
    assert [name for name, _ in heard] == ["ready", "message", "pressed", "answer", "edited", "deleted"]
    assert heard[1][1]["text"] == "?"
    assert heard[3][1]["text"] == "Записал"


async def test_stream_of_one_person_tells_nothing_of_another(running: Running) -> None:
    other = running.store.list("select id from people order by id")[1]["id"]
    heard: list[tuple[str, dict[str, Any]]] = []
    async with running.session.get(f"{running.chat}/events") as stream:
        listening = asyncio.create_task(_listen(stream.content, heard, count=2))
        while not heard:
            await asyncio.sleep(0.005)
        await running.post(f"/api/bots/{running.bot.id}/people/{other}/messages", {"text": "чужое"})
        await running.post(f"{running.chat}/messages", {"text": "своё"})
        await asyncio.wait_for(listening, 5)
    assert heard[1][1]["text"] == "своё"


async def _listen(content: Any, heard: list[tuple[str, dict[str, Any]]], *, count: int) -> None:
    name = ""
    async for line in content:
        text = line.decode().strip()
        if text.startswith("event: "):
            name = text.removeprefix("event: ")
        if text.startswith("data: "):
            heard.append((name, json.loads(text.removeprefix("data: "))))
            if len(heard) == count:
                return
