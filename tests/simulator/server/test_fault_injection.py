"""Each fault of the switch as a client of the Bot API meets it, and as Valera's own client reads it."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.simulator.conftest import Running, Serving
from valera.kit.secrets import Secret
from valera.simulator.messenger.limits.fault import FLOOD_SECONDS, FaultKind
from valera.telegram.api.client import BotApi
from valera.telegram.api.errors import (
    BotBlocked,
    FloodWait,
    GatewayFailed,
    TelegramDown,
    TelegramError,
    TokenRevoked,
    Unsure,
)


@pytest.fixture
async def started(running: Running) -> Running:
    await running.post(f"{running.chat}/messages", {"text": "/start"})
    return running


async def switch(running: Running, kind: str, **options: Any) -> int:
    async with running.session.put(f"/api/bots/{running.bot.id}/fault", json={"kind": kind, **options}) as answer:
        return answer.status


async def switch_off(running: Running) -> None:
    async with running.session.delete(f"/api/bots/{running.bot.id}/fault"):
        pass


async def send(running: Running, *, seconds: float = 20) -> int | TelegramError:
    bot_api = BotApi(running.url, timeout_seconds=seconds)
    try:
        return await bot_api.send_message(Secret(running.token), {"chat_id": running.person.id, "text": "раз"})
    except TelegramError as error:
        return error
    finally:
        await bot_api.close()


def received(running: Running) -> int:
    return len(running.store.list("select 1 from messages where is_from_bot = 1"))


@pytest.mark.parametrize(
    ("kind", "error", "arrives"),
    [
        (FaultKind.FLOOD_CHAT, FloodWait, 0),
        (FaultKind.FLOOD_BOT, FloodWait, 0),
        (FaultKind.BLOCKED, BotBlocked, 0),
        (FaultKind.REVOKED, TokenRevoked, 0),
        (FaultKind.DOWN, TelegramDown, 0),
        (FaultKind.GATEWAY, GatewayFailed, 0),
        (FaultKind.GARBAGE, Unsure, 0),
        (FaultKind.RESET, Unsure, 0),
        (FaultKind.IGNORED, Unsure, 0),
        (FaultKind.UNANSWERED, Unsure, 1),
        (FaultKind.CUT, Unsure, 1),
    ],
)
async def test_each_fault_is_what_it_says_and_ends_when_it_is_switched_off(
    started: Running, kind: FaultKind, error: type[TelegramError], arrives: int
) -> None:
    await switch(started, kind)
    is_silent = kind in {FaultKind.IGNORED, FaultKind.UNANSWERED}

    failed = await send(started, seconds=3 if is_silent else 20)
    arrived = received(started)
    await switch_off(started)
    if isinstance(failed, FloodWait):
        await asyncio.sleep(FLOOD_SECONDS)

    assert (type(failed), arrived) == (error, arrives)
    assert isinstance(await send(started), int)


def test_no_fault_is_without_its_test() -> None:
    [mark] = test_each_fault_is_what_it_says_and_ends_when_it_is_switched_off.pytestmark  # pyright: ignore[reportFunctionMemberAccess]
    assert {kind for kind, *_ in mark.args[1]} == set(FaultKind)


async def test_reset_is_one_on_the_wire(started: Running) -> None:
    await switch(started, "reset")
    host, _, port = started.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /bot{started.token}/getMe HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())

    with pytest.raises(ConnectionResetError):
        await reader.read()

    writer.close()


async def test_flooded_chat_says_how_long_is_left_and_leaves_other_chats_alone(started: Running) -> None:
    [first, second, *_] = [person["id"] for person in await people(started)]
    for person_id in (first, second):
        await started.post(f"/api/bots/{started.bot.id}/people/{person_id}/messages", {"text": "/start"})
    await switch(started, "flood_chat")
    refused = await started.call("sendMessage", chat_id=first, text="раз")
    await switch_off(started)

    again = await started.call("sendMessage", chat_id=first, text="раз")
    other = await started.call("sendMessage", chat_id=second, text="два")

    assert (refused["error_code"], refused["parameters"]) == (429, {"retry_after": FLOOD_SECONDS})
    assert again["error_code"] == 429
    assert 1 <= again["parameters"]["retry_after"] <= FLOOD_SECONDS
    assert other["ok"]


async def test_flooded_bot_is_refused_everywhere(started: Running) -> None:
    await switch(started, "flood_bot")
    await started.call("sendMessage", chat_id=started.person.id, text="раз")
    await switch_off(started)

    assert (await started.call("getMe"))["error_code"] == 429


async def test_blocked_concerns_chats_and_revoked_concerns_everything(started: Running) -> None:
    await switch(started, "blocked")
    assert (await started.call("getMe"))["ok"]
    await switch(started, "revoked")
    assert (await started.call("getMe"))["error_code"] == 401


async def test_share_is_about_what_was_asked_for(started: Running) -> None:
    await switch(started, "down", share=30)

    answers = [(await started.call("getMe"))["ok"] for _ in range(300)]

    assert 40 < answers.count(False) < 140  # 90 is expected; beyond these bounds once in 10^9 runs


async def test_fault_ends_with_its_time(started: Running) -> None:
    await switch(started, "down", seconds=600)
    running = await fault_of(started)
    started.store.execute("update faults set until = until - 601")

    assert running["kind"] == "down"
    assert await fault_of(started) is None
    assert (await started.call("getMe"))["ok"]


async def test_another_bot_is_not_concerned_and_a_restart_forgets_nothing(started: Running, tmp_path: Any) -> None:
    await switch(started, "revoked")
    async with Serving(tmp_path / "telegram.sqlite") as again:
        assert (await again.call("getMe"))["error_code"] == 401


@pytest.mark.parametrize(
    "options", [{"kind": "nothing"}, {"kind": "down", "share": 0}, {"kind": "down", "share": 101}, {"kind": "down", "seconds": -1}, {}]
)
async def test_switch_that_makes_no_sense_is_refused(running: Running, options: dict[str, Any]) -> None:
    async with running.session.put(f"/api/bots/{running.bot.id}/fault", json=options) as answer:
        assert 400 <= answer.status < 500
    assert await fault_of(running) is None


async def test_server_stops_while_a_call_waits_for_its_answer(tmp_path: Any) -> None:
    async with Serving(tmp_path / "telegram.sqlite") as serving:
        await switch(serving, "ignored")
        waiting = asyncio.create_task(serving.call("getMe"))
        await asyncio.sleep(0.3)
    with pytest.raises((aiohttp.ClientError, RuntimeError)):
        await waiting


async def people(running: Running) -> list[dict[str, Any]]:
    async with running.session.get("/api/people") as answer:
        return await answer.json()


async def fault_of(running: Running) -> Any:
    async with running.session.get(f"/api/bots/{running.bot.id}/fault") as answer:
        return await answer.json()
