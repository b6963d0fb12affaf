"""An ordinary answer leaves at once; a burst that Telegram would refuse leaves in a row."""

from __future__ import annotations

import pytest

from valera.telegram.outbox.pacing import BOT_SECONDS, CHAT_BURST, CHAT_SECONDS, MAX_CHATS, Pacing


def test_answers_that_come_one_by_one_never_wait() -> None:
    pacing = Pacing()

    assert {pacing.reserve(1, 1, now=100.0 + CHAT_SECONDS * number) for number in range(200)} == {0.0}


def test_answers_of_many_chats_do_not_hold_each_other_up() -> None:
    pacing = Pacing()

    assert {pacing.reserve(1, chat, now=100.0) for chat in range(1000)} == {0.0}


def test_a_burst_to_one_chat_is_followed_by_a_steady_pace() -> None:
    pacing, now = Pacing(), 100.0
    waits: list[float] = []
    for _ in range(CHAT_BURST + 5):  # one after another, as a chat's deliveries are
        waits.append(pacing.reserve(1, 1, now=now))
        now += waits[-1]

    assert waits == [0.0] * CHAT_BURST + [CHAT_SECONDS] * 5
    assert pacing.reserve(1, 2, now=now) == 0.0
    assert pacing.reserve(1, 1, now=now + 60 * CHAT_SECONDS) == 0.0


def test_a_bot_that_was_told_to_slow_down_sends_in_a_row_for_a_while() -> None:
    pacing = Pacing()
    now = 0.0
    pacing.slow_down(1)

    waits = [pacing.reserve(1, chat, now=now) for chat in range(50)]
    later = pacing.reserve(1, 99, now=1e12)

    assert waits == pytest.approx([number * BOT_SECONDS for number in range(50)])
    assert {pacing.reserve(2, chat, now=now) for chat in range(100, 150)} == {0.0}
    assert later == 0.0


def test_what_is_remembered_is_bounded() -> None:
    pacing = Pacing()
    for chat in range(MAX_CHATS + 10):
        pacing.reserve(1, chat, now=100.0)

    assert pacing.reserve(1, 0, now=100.0) == 0.0
