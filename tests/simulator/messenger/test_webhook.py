from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from tests.simulator.conftest import Bench, Receiver, Running, Serving
from valera.simulator.messenger.actions import pressing, writing
from valera.simulator.messenger.updates.loopback import is_loopback
from valera.simulator.messenger.updates.webhook import SECRET_HEADER, WebhookSender, pause_after


@pytest.mark.parametrize(
    ("failures", "retry_after", "seconds"),
    [(1, None, 0), (2, None, 2), (3, None, 4), (4, None, 8), (6, None, 32), (7, None, 60), (500, None, 60), (1, 5.0, 5), (9, 1e9, 3600)],
)
def test_pauses_grow_as_telegrams_do(failures: int, retry_after: float | None, seconds: float) -> None:
    assert pause_after(failures, retry_after) == seconds


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "LOCALHOST.", "x.localhost"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "localhost.org", "127.1", "2130706433", "::2", "", None])
def test_what_may_be_another_machine_is_not_this_one(host: str | None) -> None:
    assert not is_loopback(host)


async def write(running: Running, text: str, *, person: int = 0) -> None:
    people = running.store.list("select id from people order by id")
    status, _ = await running.post(f"/api/bots/{running.bot.id}/people/{people[person]['id']}/messages", {"text": text})
    assert status == 201


async def settled(running: Running) -> None:
    async with asyncio.timeout(5):
        while (await running.call("getWebhookInfo"))["result"]["pending_update_count"]:
            await asyncio.sleep(0.005)


async def test_update_comes_with_its_secret_and_is_forgotten_after_200(running: Running, receiver: Receiver) -> None:
    await running.call("setWebhook", url=receiver.url, secret_token="abc-1")
    await write(running, "Привет")
    [update] = await receiver.until(1)
    assert update["message"]["text"] == "Привет"
    assert receiver.headers[0][SECRET_HEADER] == "abc-1"
    await settled(running)


async def test_no_secret_means_no_header(running: Running, receiver: Receiver) -> None:
    await running.call("setWebhook", url=receiver.url)
    await write(running, "Привет")
    await receiver.until(1)
    assert SECRET_HEADER not in receiver.headers[0]


async def test_failed_update_is_repeated_at_once_and_before_the_next_of_its_chat(running: Running, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=500)]
    await running.call("setWebhook", url=receiver.url)
    for text in ("раз", "два"):
        await write(running, text)
    got = await receiver.until(3)
    assert [update["message"]["text"] for update in got] == ["раз", "раз", "два"]
    assert got[0]["update_id"] == got[1]["update_id"] == got[2]["update_id"] - 1


async def test_one_chat_is_served_in_order_and_one_by_one(running: Running, receiver: Receiver) -> None:
    receiver.delay = 0.005
    await running.call("setWebhook", url=receiver.url)
    for number in range(20):
        await write(running, str(number))
    got = await receiver.until(20)
    assert [update["message"]["text"] for update in got] == [str(number) for number in range(20)]
    assert receiver.most_at_once == 1


async def test_chats_are_served_side_by_side_up_to_max_connections(running: Running, receiver: Receiver) -> None:
    receiver.delay = 0.5
    await running.call("setWebhook", url=receiver.url, max_connections=3)
    for person in range(5):
        await write(running, "привет", person=person)
    await receiver.until(5)
    assert receiver.most_at_once == 3


async def test_failing_chat_does_not_hold_up_another(running: Running, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=503, headers={"Retry-After": "30"})]
    await running.call("setWebhook", url=receiver.url)
    await write(running, "застряло")
    await receiver.until(1)
    await write(running, "прошло", person=1)
    got = await receiver.until(2)
    assert [update["message"]["text"] for update in got] == ["застряло", "прошло"]


async def test_retry_after_is_honoured_and_a_new_webhook_ends_the_waiting(running: Running, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=503, headers={"Retry-After": "30"})]
    await running.call("setWebhook", url=receiver.url)
    await write(running, "раз")
    await receiver.until(1)
    await asyncio.sleep(0.1)
    assert len(receiver.got) == 1
    info = (await running.call("getWebhookInfo"))["result"]
    assert (info["pending_update_count"], info["last_error_message"]) == (1, "Wrong response from the webhook: 503 Service Unavailable")
    await running.call("setWebhook", url=receiver.url)
    await receiver.until(2)
    await settled(running)


async def test_redirects_are_not_followed(running: Running, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=302, headers={"Location": "http://127.0.0.1:9/"})]
    await running.call("setWebhook", url=receiver.url)
    await write(running, "раз")
    await receiver.until(2)
    assert (await running.call("getWebhookInfo"))["result"]["last_error_message"].startswith("Wrong response from the webhook: 302")


async def test_unsent_updates_chats_and_ids_survive_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    path = tmp_path / "telegram.sqlite"
    async with Serving(path) as running:
        await write(running, "раз")
        await write(running, "два")
    async with Serving(path) as running:
        await running.call("setWebhook", url=receiver.url)
        got = await receiver.until(2)
        await write(running, "три")
        await receiver.until(3)
    assert [update["message"]["text"] for update in got] == ["раз", "два", "три"]
    assert [update["message"]["message_id"] for update in got] == [1, 2, 3]
    assert got[2]["update_id"] == got[0]["update_id"] + 2


async def test_webhook_set_before_a_restart_is_served_after_it(tmp_path: Path, receiver: Receiver) -> None:
    path = tmp_path / "telegram.sqlite"
    receiver.answers = [web.Response(status=503, headers={"Retry-After": "30"})]
    async with Serving(path) as running:
        await running.call("setWebhook", url=receiver.url)
        await write(running, "раз")
        await receiver.until(1)
    async with Serving(path):
        await receiver.until(2)
    assert receiver.got[0] == receiver.got[1]


async def test_nobody_listening_is_tried_again(bench: Bench, receiver: Receiver) -> None:
    tried: list[int] = []

    def pause(failures: int, _: float | None) -> float:
        tried.append(failures)
        if failures == 3:
            bench.call("setWebhook", url=receiver.url)
        return 0.01

    sender = WebhookSender(bench.telegram.store, bench.clock, pause=pause, chance=bench.telegram.chance)
    bench.call("setWebhook", url="http://127.0.0.1:9/nobody")
    writing.write(bench.telegram, bench.bot, bench.people[0], "привет")
    await sender.start()
    [update] = await receiver.until(1)
    await sender.stop()
    assert update["message"]["text"] == "привет"
    assert tried == [1, 2, 3]


async def test_presses_of_150_seconds_ago_are_not_sent(bench: Bench, receiver: Receiver) -> None:
    person = bench.people[0]
    writing.write(bench.telegram, bench.bot, person, "раз")
    sent = bench.call(
        "sendMessage", chat_id=person.id, text="?", reply_markup={"inline_keyboard": [[{"text": "да", "callback_data": "y"}]]}
    )
    pressing.press(bench.telegram, bench.bot, person, message_id=sent["message_id"], data="y")
    bench.wait(151)
    bench.call("setWebhook", url=receiver.url)
    sender = WebhookSender(bench.telegram.store, bench.clock, chance=bench.telegram.chance)
    await sender.start()
    writing.write(bench.telegram, bench.bot, person, "два")
    sender.wake(bench.bot.id)
    got = await receiver.until(2)
    await sender.stop()
    assert [update["message"]["text"] for update in got] == ["раз", "два"]
    assert bench.updates() == []


async def sent_through(bench: Bench, receiver: Receiver, count: int, *, pause: float = 0.01) -> None:
    """Delivers to the receiver until it has heard so much."""
    sender = WebhookSender(bench.telegram.store, bench.clock, pause=lambda *_: pause, chance=bench.telegram.chance)
    await sender.start()
    await receiver.until(count)
    await asyncio.sleep(0.05)
    await sender.stop()


async def test_webhook_that_never_succeeded_gets_one_request_at_a_time(bench: Bench, receiver: Receiver) -> None:
    receiver.delay, receiver.answers = 0.02, [web.Response(status=500) for _ in range(8)]
    bench.call("setWebhook", url=receiver.url)
    for person in bench.people:
        writing.write(bench.telegram, bench.bot, person, "привет")
    sender = WebhookSender(bench.telegram.store, bench.clock, pause=lambda *_: 0.001, chance=bench.telegram.chance)
    await sender.start()
    async with asyncio.timeout(10):
        while len(receiver.got) < 8:
            await asyncio.sleep(0.005)
    most = receiver.most_at_once
    await receiver.until(8 + len(bench.people))
    await sender.stop()
    assert most == 1


async def test_webhook_that_says_410_for_23_hours_is_closed(bench: Bench, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=410) for _ in range(50)]
    bench.call("setWebhook", url=receiver.url)
    writing.write(bench.telegram, bench.bot, bench.people[0], "привет")

    def pause(failures: int, _: float | None) -> float:
        bench.wait(11 * 3600 if failures < 3 else 3600 + 1)
        return 0.0

    sender = WebhookSender(bench.telegram.store, bench.clock, pause=pause, chance=bench.telegram.chance)
    await sender.start()
    async with asyncio.timeout(10):
        while bench.bot.webhook.url:
            await asyncio.sleep(0.005)
    await sender.stop()
    assert len(receiver.got) == 4


async def test_update_is_dropped_when_its_next_attempt_would_be_too_late(bench: Bench, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=503, headers={"Retry-After": "3600"})]
    bench.call("setWebhook", url=receiver.url)
    writing.write(bench.telegram, bench.bot, bench.people[0], "привет")
    bench.wait(23 * 3600 + 60)
    await sent_through(bench, receiver, 1, pause=3600)
    assert bench.updates() == []
