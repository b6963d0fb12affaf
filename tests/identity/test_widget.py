"""The Login Widget's answer: every field counts, and so does the moment."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.identity.people import TELEGRAM_ID
from valera.identity.telegram.person import ProofRefused, TelegramPerson
from valera.identity.telegram.widget import Widget
from valera.kit.clock import FixedClock
from valera.kit.secrets import Secret

TOKEN = "7654321:AAExampleOfAToken"


def answer(at: int, *, token: str = TOKEN, **more: str) -> list[tuple[str, str]]:
    """As Telegram signs it: https://core.telegram.org/widgets/login#checking-authorization."""
    fields = {"id": str(TELEGRAM_ID), "first_name": "Игорь", "username": "igor", "auth_date": str(at)} | more
    signed = "\n".join(f"{name}={text}" for name, text in sorted(fields.items()))
    key = hashlib.sha256(token.encode()).digest()
    return [*fields.items(), ("hash", hmac.new(key, signed.encode(), hashlib.sha256).hexdigest())]


@pytest.fixture
def at(clock: FixedClock) -> int:
    return int(clock.now().timestamp())


def test_telegrams_word_says_who_it_is(clock: FixedClock, at: int) -> None:
    person, proof = Widget(Secret(TOKEN)).identify(answer(at), now=clock.now())

    assert person == TelegramPerson(TELEGRAM_ID, "Игорь", None, "igor")
    assert proof == Widget(Secret(TOKEN)).identify(list(reversed(answer(at))), now=clock.now())[1], "in any order"


@pytest.mark.parametrize("seconds", [-301, -3600, 31, 3600])
def test_it_is_good_for_five_minutes(clock: FixedClock, at: int, seconds: int) -> None:
    Widget(Secret(TOKEN)).identify(answer(at - 299), now=clock.now())

    with pytest.raises(ProofRefused):
        Widget(Secret(TOKEN)).identify(answer(at + seconds), now=clock.now())


def test_every_change_is_noticed(clock: FixedClock, at: int) -> None:
    good = answer(at)
    changed = {
        "another id": [(name, "1" if name == "id" else text) for name, text in good],
        "a field more": [*good, ("last_name", "Чужой")],
        "a field of no kind": [*good, ("admin", "1")],
        "a field twice": [*good, ("id", "1")],
        "a field less": [pair for pair in good if pair[0] != "username"],
        "no id": [pair for pair in good if pair[0] != "id"],
        "no moment": [pair for pair in good if pair[0] != "auth_date"],
        "no signature": [pair for pair in good if pair[0] != "hash"],
        "another bot's": answer(at, token="1:AAOther"),
        "joined fields": [("id", f"{TELEGRAM_ID}\nfirst_name=Игорь"), *good[2:]],
        "a moment that is none": answer(at, auth_date="soon"),
        "an id that is none": answer(at, id="-5"),
        "nothing": [],
    }
    believed: list[str] = []
    for what, fields in changed.items():
        with contextlib.suppress(ProofRefused):
            Widget(Secret(TOKEN)).identify(fields, now=clock.now())
            believed.append(what)

    assert believed == []


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=50)), max_size=8))
def test_whatever_comes_is_refused_by_name(fields: list[tuple[str, str]]) -> None:
    from datetime import UTC, datetime

    with pytest.raises(ProofRefused):
        Widget(Secret(TOKEN)).identify(fields, now=datetime(2026, 11, 22, tzinfo=UTC))


def test_the_way_there_names_the_bot_and_not_its_token() -> None:
    address = Widget(Secret(TOKEN)).address(return_to="https://shop.example/sign-in/widget/back?state=abc", language="ru")

    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked == {
        "lang": "ru", "bot_id": "7654321", "origin": "https://shop.example", "return_to": "https://shop.example/sign-in/widget/back?state=abc"
    }  # fmt: skip
    assert "AAExample" not in address
