from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import Bench
from valera.simulator.messenger.actions import pressing, writing
from valera.simulator.server.refusal import Refusal

HOOK = "http://127.0.0.1:9/hook"


def test_webhook_is_shown_as_it_was_set(bench: Bench) -> None:
    assert bench.call("setWebhook", url=HOOK, secret_token="s3cret_-A", max_connections=7, allowed_updates=["message"]) is True
    assert bench.call("getWebhookInfo") == {
        "url": HOOK, "has_custom_certificate": False, "pending_update_count": 0, "ip_address": "127.0.0.1", "max_connections": 7,
        "allowed_updates": ["message"],
    }  # fmt: skip
    assert bench.bot.webhook.secret == "s3cret_-A"


@pytest.mark.parametrize(
    "url", ["https://example.org/hook", "http://10.0.0.1/", "http://127.0.0.1.example.org/", "http://localhost.evil/", "http://[::2]/"]
)
def test_webhook_of_another_machine_is_refused(bench: Bench, url: str) -> None:
    with pytest.raises(Refusal, match="this machine only"):
        bench.call("setWebhook", url=url)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "nonsense", "http://", "http://127.0.0.1:port/", "http://[::1/"])
def test_webhook_that_is_no_address_is_refused(bench: Bench, url: str) -> None:
    with pytest.raises(Refusal, match="bad webhook: invalid HTTP URL"):
        bench.call("setWebhook", url=url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "https://127.9.9.9:8443/x", "http://[::1]:80/", "http://localhost/", "http://a.localhost/"]
)
def test_webhook_of_this_machine_is_taken(bench: Bench, url: str) -> None:
    assert bench.call("setWebhook", url=url) is True


@pytest.mark.parametrize("secret", ["с", "a b", "a" * 257, "a\n"])
def test_secret_that_telegram_refuses_is_refused(bench: Bench, secret: str) -> None:
    with pytest.raises(Refusal, match="secret token"):
        bench.call("setWebhook", url=HOOK, secret_token=secret)


def test_allowed_updates_that_are_left_out_stay(bench: Bench) -> None:
    bench.call("setWebhook", url=HOOK, allowed_updates=["callback_query"])
    bench.call("setWebhook", url=HOOK)
    assert bench.bot.webhook.allowed_updates == ("callback_query",)


def test_update_that_is_not_wanted_is_not_kept(bench: Bench) -> None:
    bench.call("setWebhook", url=HOOK, allowed_updates=["callback_query"])
    assert writing.write(bench.telegram, bench.bot, bench.people[0], "привет").update_id is None
    assert bench.updates() == []


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-5, 1), (101, 100), (None, 40)])
def test_connections_stay_between_1_and_100(bench: Bench, asked: int | None, given: int) -> None:
    bench.call("setWebhook", url=HOOK, max_connections=asked)
    assert bench.bot.webhook.max_connections == given


@pytest.mark.parametrize("method", ["deleteWebhook", "setWebhook"])
def test_webhook_is_removed_and_what_waits_stays(bench: Bench, method: str) -> None:
    bench.call("setWebhook", url=HOOK)
    writing.write(bench.telegram, bench.bot, bench.people[0], "привет")
    given: dict[str, Any] = {"url": ""} if method == "setWebhook" else {}
    assert bench.call(method, **given) is True
    assert (bench.call("getWebhookInfo")["url"], bench.call("getWebhookInfo")["pending_update_count"]) == ("", 1)


def test_pending_updates_are_dropped_when_asked(bench: Bench) -> None:
    writing.write(bench.telegram, bench.bot, bench.people[0], "привет")
    bench.call("setWebhook", url=HOOK, drop_pending_updates=True)
    assert bench.call("getWebhookInfo")["pending_update_count"] == 0


def test_updates_are_forgotten_after_a_day_and_presses_after_150_seconds(bench: Bench) -> None:
    person = bench.people[0]
    writing.write(bench.telegram, bench.bot, person, "/start")
    sent = bench.call(
        "sendMessage", chat_id=person.id, text="?", reply_markup={"inline_keyboard": [[{"text": "да", "callback_data": "y"}]]}
    )
    pressing.press(bench.telegram, bench.bot, person, message_id=sent["message_id"], data="y")
    pending = [bench.call("getWebhookInfo")["pending_update_count"]]
    for seconds in (151, 24 * 3600):
        bench.wait(seconds)
        pending.append(bench.call("getWebhookInfo")["pending_update_count"])
    assert pending == [2, 1, 0]
