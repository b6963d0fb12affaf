"""What getWebhookInfo means: whose address it is, and whether Telegram can hand updates over."""

from __future__ import annotations

from typing import Any

import pytest

from valera.telegram.api.client import WebhookInfo
from valera.telegram.bots.webhook import MAX_CONNECTIONS, Failing, Where, host_of, judge, why
from valera.telegram.update_kinds import ALLOWED_UPDATES

HERE = "https://valera.example.org"
KEY, OLD = "k" * 22, "o" * 22
NOW = 1_700_000_000


def found(**info: Any) -> tuple[Where, bool, Failing | None]:
    finding = judge(WebhookInfo(**info), base_url=HERE, keys={KEY, OLD}, key=KEY, now=NOW)
    return finding.where, finding.is_as_asked, finding.failing


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("", Where.NOWHERE),
        (f"{HERE}/telegram/{KEY}", Where.HERE),
        (f"{HERE}/telegram/{OLD}", Where.OURS),
        (f"https://before.example.org/telegram/{KEY}", Where.OURS),
        (f"http://127.0.0.1:8000/telegram/{KEY}", Where.OURS),
        (f"{HERE}/telegram/{'x' * 22}", Where.ELSEWHERE),
        (f"https://else.example.org/telegram/{'x' * 22}", Where.ELSEWHERE),
        (f"https://else.example.org/{KEY}", Where.ELSEWHERE),
        ("https://n8n.example.org/webhook/1", Where.ELSEWHERE),
        ("https://else.example.org", Where.ELSEWHERE),
        ("nonsense", Where.ELSEWHERE),
    ],
)
def test_whose_address_it_is(url: str, where: Where) -> None:
    assert found(url=url)[0] == where


def test_a_bot_without_any_key_has_no_address_of_ours() -> None:
    finding = judge(WebhookInfo(url="https://else.example.org/telegram/"), base_url=HERE, keys=frozenset(), key="", now=NOW)

    assert finding.where == Where.ELSEWHERE


@pytest.mark.parametrize(
    ("allowed", "connections", "is_as_asked"),
    [
        (list(ALLOWED_UPDATES), MAX_CONNECTIONS, True),
        (list(reversed(ALLOWED_UPDATES)), MAX_CONNECTIONS, True),
        (["message"], MAX_CONNECTIONS, False),
        (None, MAX_CONNECTIONS, False),
        (list(ALLOWED_UPDATES), 1, False),
        (list(ALLOWED_UPDATES), None, False),
    ],
)
def test_what_was_asked_for(allowed: list[str] | None, connections: int | None, *, is_as_asked: bool) -> None:
    assert found(url=f"{HERE}/telegram/{KEY}", allowed_updates=allowed, max_connections=connections)[1] is is_as_asked


@pytest.mark.parametrize(
    ("info", "failing"),
    [
        ({}, None),
        ({"pending_update_count": 20}, None),
        ({"pending_update_count": 21}, Failing.SLOW),
        ({"last_error_date": NOW - 5, "last_error_message": "Connection refused"}, Failing.UNREACHABLE),
        ({"last_error_date": NOW - 3600, "last_error_message": "Connection refused"}, None),
        ({"last_error_date": NOW - 3600, "last_error_message": "Connection refused", "pending_update_count": 50}, Failing.UNREACHABLE),
        ({"last_error_date": NOW + 3, "last_error_message": "Wrong response from the webhook: 503 Service Unavailable"}, Failing.REFUSED),
    ],
)
def test_whether_updates_arrive(info: dict[str, Any], failing: Failing | None) -> None:
    assert found(url=f"{HERE}/telegram/{KEY}", **info)[2] == failing


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("SSL error {error:0A000086:SSL routines::certificate verify failed}", Failing.CERTIFICATE),
        ("SSL error {error:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed}", Failing.CERTIFICATE),
        ("Wrong response from the webhook: 404 Not Found", Failing.REFUSED),
        ("Wrong response from the webhook: 302 Found", Failing.REFUSED),
        ("Read timeout expired", Failing.SLOW),
        ("Connection timed out", Failing.UNREACHABLE),
        ("Connection reset by peer", Failing.UNREACHABLE),
        ("Failed to resolve host: Name or service not known", Failing.UNREACHABLE),
        ("", Failing.UNREACHABLE),
    ],
)
def test_telegrams_sentence_is_understood(said: str, reason: Failing) -> None:
    assert why(said) == reason


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://else.example.org/hook/123:SECRET", "else.example.org"),
        ("https://user:password@else.example.org:8443/x", "else.example.org:8443"),
        ("https://[::1]:8443/x", "[::1]:8443"),
    ],
)
def test_only_the_host_of_a_foreign_address_is_shown(url: str, host: str) -> None:
    assert host_of(url) == host
