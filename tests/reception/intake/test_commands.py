"""What is a command, and what a link to the bot carries."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valera.reception.intake.commands import Command, Verb, read_command
from valera.reception.intake.source import MAX_SOURCE, read_source


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", Command(Verb.START)),
        (" /START ", Command(Verb.START)),
        ("/start@garage_bot", Command(Verb.START)),
        ("/start utm_avito", Command(Verb.START, "utm_avito")),
        ("/start@garage_bot utm_avito", Command(Verb.START, "utm_avito")),
        ("/start\nutm_avito", Command(Verb.START, "utm_avito")),
        ("/help", Command(Verb.HELP)),
        ("/reset", Command(Verb.RESET)),
        ("/cancel", Command(Verb.UNKNOWN)),
        ("/price", Command(Verb.UNKNOWN)),
        ("/start сколько стоит покрасить бампер", None),
        ("/price бампер", None),
        ("/reset всё и запишите заново", None),
        ("/", None),
        ("/ 2 бампера", None),
        ("/человек", None),
        ("сброс", None),
        ("reset", None),
        ("отмена", None),
        ("cancel", None),
        ("help", None),
        ("и /help", None),
        ("", None),
    ],
)
def test_a_command_stands_alone(text: str, expected: Command | None) -> None:
    assert read_command(text) == expected


def base64url(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("utm_avito", "utm_avito"),
        ("avito", "avito"),
        ("telegram", "telegram"),
        ("promo2026", "promo2026"),
        ("yandex_maps", "yandex_maps"),
        ("utm_source-vk__utm_campaign-spring", "utm_source-vk__utm_campaign-spring"),
        (base64url("utm_source=avito&utm_campaign=spring"), "utm_source=avito&utm_campaign=spring"),
        (base64url('{"utm_source": "vk", "utm_term": 7}'), "utm_source=vk&utm_term=7"),
        (base64url("Визитка"), "Визитка"),
        (base64url("a=b"), base64url("a=b")),
        ("-", "-"),
        ("A" * 64, "A" * 64),
    ],
)
def test_a_link_says_where_a_client_comes_from(payload: str, expected: str) -> None:
    assert read_source(payload) == expected


@settings(deadline=None)
@given(st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))
def test_any_payload_is_a_source(payload: str) -> None:
    source = read_source(payload)

    assert 0 < len(source) <= MAX_SOURCE
    assert source.isprintable()
