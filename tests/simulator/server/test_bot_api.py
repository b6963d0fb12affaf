from __future__ import annotations

import io
import json
from typing import Any

import aiohttp
import pytest

from tests.simulator.conftest import Running


@pytest.fixture
async def started(running: Running) -> Running:
    await running.post(f"{running.chat}/messages", {"text": "/start"})
    return running


async def ask(running: Running, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
    async with running.session.post(path, **options) as answer:
        return answer.status, await answer.json()


async def test_unknown_token_is_unauthorized(running: Running) -> None:
    assert await ask(running, "/bot1:a/getMe") == (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})


@pytest.mark.parametrize("path", ["/bot{token}/getNothing", "/bot/getMe", "/botnonsense/getMe", "/somebody/getMe"])
async def test_unknown_method_is_not_found(running: Running, path: str) -> None:
    status, body = await ask(running, path.format(token=running.token))
    assert (status, body["ok"], body["error_code"]) == (404, False, 404)
    assert body["description"].startswith("Not Found")


async def test_method_names_ignore_case(running: Running) -> None:
    assert (await running.call("GETME"))["result"]["username"] == "garage_bot"


async def test_query_form_multipart_and_json_mean_the_same(started: Running) -> None:
    path, person_id = f"/bot{started.token}/sendMessage", str(started.person.id)
    given = {"chat_id": person_id, "text": "Привет 😀", "entities": json.dumps([{"type": "bold", "offset": 0, "length": 6}])}
    multipart = aiohttp.FormData(default_to_multipart=True)
    for name, entry in given.items():
        multipart.add_field(name, entry)
    async with started.session.get(path, params=given) as answer:
        assert (await answer.json())["result"]["text"] == "Привет 😀"
    for options in ({"data": given}, {"data": multipart}, {"json": given | {"entities": json.loads(given["entities"])}}, {"json": given}):
        status, body = await ask(started, path, **options)
        assert (status, body["ok"]) == (200, True)
        assert (body["result"]["text"], body["result"]["entities"][0]["length"]) == ("Привет 😀", 6)


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff", b"[1]", b'"text"', b'{"chat_id":1,"text":"\\ud83d"}', b"[" * 100_000, b'{"text":' + b"[" * 100_000],
    ids=["broken", "not utf-8", "list", "string", "lone surrogate", "deep", "deep value"],
)
async def test_body_that_is_no_json_object_is_a_bad_request(running: Running, body: bytes) -> None:
    status, answer = await ask(running, f"/bot{running.token}/sendMessage", data=body, headers={"Content-Type": "application/json"})
    assert (status, answer["error_code"]) == (400, 400)
    assert answer["description"].startswith("Bad Request: ")


async def test_deep_markup_is_a_bad_request(started: Running) -> None:
    markup: Any = {"inline_keyboard": []}
    for _ in range(200):
        markup = {"inline_keyboard": [markup]}
    assert (await started.call("sendMessage", chat_id=started.person.id, text="x", reply_markup=markup))["error_code"] == 400


async def test_body_past_a_mebibyte_is_refused(running: Running) -> None:
    path = f"/bot{running.token}/sendMessage"
    async with running.session.post(path, data=io.BytesIO(b"x" * ((1 << 20) + 1)), headers={"Content-Type": "application/json"}) as answer:
        assert 400 <= answer.status < 500


async def test_null_characters_do_not_reach_the_chat(started: Running) -> None:
    assert (await started.call("sendMessage", chat_id=started.person.id, text="a\0b"))["result"]["text"] == "ab"
