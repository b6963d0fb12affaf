"""Schedules that broke a promise once, and those on which a promise rests: named, and said in borders, not in numbers of steps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.disclosure import answer_of
from tests.reliability.interleavings import booking_groups, mail_groups, turn_groups
from tests.reliability.interleavings.border import At, Border
from tests.reliability.interleavings.checks import look
from tests.reliability.interleavings.parts import SAID
from tests.reliability.interleavings.play import Play
from tests.reliability.interleavings.scene import Scene

if TYPE_CHECKING:
    from tests.reliability.interleavings.scene import Parts

pytestmark = pytest.mark.asyncio(loop_scope="module")


@asynccontextmanager
async def rehearsal(scene: Scene, set_up: Callable[[Scene], Awaitable[Parts]]) -> AsyncIterator[Play]:
    play = await scene.begin(await scene.set(set_up), again=False)
    yield play
    await play.let_go()


def commits(table: str) -> Callable[[Border], bool]:
    """Before the commit of a transaction that wrote to it."""
    return lambda border: border.at is At.COMMIT and table in border.touched.written


def begins(border: Border) -> bool:
    return border.at is At.BEGIN


def sends(border: Border) -> bool:
    return border.at is At.SEND


def answers(scene: Scene) -> list[str]:
    return [answer_of(sent.text) for sent in scene.sent if SAID in sent.text]


# ---- found by the explorer ----------------------------------------------------------------------


async def test_answer_that_a_takeover_withdrew_is_given_after_the_hand_back(scene: Scene) -> None:
    """Found: the withdrawn answer's question counted as answered, and the client never heard anything."""
    async with rehearsal(scene, mail_groups.delivery_takeover_hand_back) as play:
        await play.finish("takeover", "hand back", "delivery")

        assert await look(scene, play) == []
        [answer] = answers(scene)
        assert answer.endswith("альфа")


async def test_answer_that_its_sender_found_withdrawn_is_given_after_the_hand_back(scene: Scene) -> None:
    """Found: claimed before the takeover, looked at after it, forgotten by both."""
    async with rehearsal(scene, mail_groups.delivery_takeover_hand_back) as play:
        await play.until("delivery", commits("deliveries"))
        await play.until("delivery", begins)
        await play.finish("takeover", "delivery", "hand back")

        assert await look(scene, play) == []
        assert answers(scene) == [SAID + "альфа"]


async def test_apology_is_not_made_by_a_look_at_the_chat_from_before_a_takeover(scene: Scene) -> None:
    """Found: the status was read without a lock, before the wait for the chat's row."""
    async with rehearsal(scene, turn_groups.giving_up_takeover_hand_back) as play:
        await play.until("turn", commits("turns"))
        await play.until("turn", begins)
        await play.until("takeover and hand back", commits("chats"))
        await play.finish("turn")
        assert play.actors["turn"].is_blocked
        await play.until("takeover and hand back", begins)
        await play.finish("turn", "takeover and hand back", "client")

        assert await look(scene, play) == []
        [answer] = [sent.text for sent in scene.sent]
        assert answer.endswith("альфа, бета")


async def test_repeat_of_an_unsure_send_may_come_late_and_is_counted(scene: Scene) -> None:
    """Found, and no promise broken: a sender that was stopped at the wire sends when it wakes, after the one who took its place."""
    async with rehearsal(scene, mail_groups.delivery_lease_loss_second_sender) as play:
        await play.until("delivery", sends)
        await play.finish("lease loss", "second", "delivery")

        assert await look(scene, play) == []
        assert answers(scene) == [SAID + "альфа", SAID + "бета", SAID + "альфа"]


# ---- on which a promise rests -------------------------------------------------------------------


async def test_takeover_waits_for_a_turn_that_is_about_to_commit_and_withdraws_what_it_said(scene: Scene) -> None:
    async with rehearsal(scene, turn_groups.turn_takeover_delivery) as play:
        await play.until("turn", commits("deliveries"))
        await play.finish("takeover")
        assert play.actors["takeover"].is_blocked
        await play.finish("turn", "takeover", "delivery")

        assert await look(scene, play) == []
        assert answers(scene) == []


async def test_turn_that_meets_a_takeover_before_its_last_transaction_says_nothing(scene: Scene) -> None:
    async with rehearsal(scene, turn_groups.turn_takeover_delivery) as play:
        await play.until("turn", lambda border: border.at is At.MODEL)
        await play.finish("takeover", "turn", "delivery")

        assert await look(scene, play) == []
        assert answers(scene) == []


async def test_answer_on_the_wire_is_the_only_one_that_comes_after_a_takeover(scene: Scene) -> None:
    async with rehearsal(scene, turn_groups.departing_turn_takeover_hand_back) as play:
        await play.until("turn", sends)
        await play.finish("takeover", "turn")

        assert [(answer_of(sent.text), sent.was_human) for sent in scene.sent] == [(SAID + "альфа", True)]
        await play.finish("hand back")
        assert await look(scene, play) == []
        assert answers(scene) == [SAID + "альфа"]


async def test_message_that_comes_while_the_model_thinks_is_answered_in_a_new_round(scene: Scene) -> None:
    async with rehearsal(scene, turn_groups.turn_message_second_worker) as play:
        await play.until("turn", lambda border: border.at is At.MODEL)
        await play.finish("client", "second", "turn")

        assert await look(scene, play) == []
        assert answers(scene) == [SAID + "альфа, бета"]


async def test_message_that_comes_before_the_last_commit_waits_and_is_answered_by_its_own_turn(scene: Scene) -> None:
    async with rehearsal(scene, turn_groups.turn_message_second_worker) as play:
        await play.until("turn", commits("deliveries"))
        await play.finish("client")
        assert play.actors["client"].is_blocked
        await play.finish("turn", "client", "second", "turn")

        assert await look(scene, play) == []
        assert answers(scene) == [SAID + "альфа", SAID + "бета"]


async def test_zombie_that_wakes_before_its_tool_does_nothing_a_second_time(scene: Scene) -> None:
    async with rehearsal(scene, turn_groups.turn_lease_loss_second_worker) as play:
        await play.until("turn", lambda border: border.at is At.MODEL)
        await play.finish("lease loss", "second", "turn")

        assert await look(scene, play) + await turn_groups.one_hold(scene) == []
        assert len(answers(scene)) == 1


async def test_zombie_that_wakes_after_its_tool_leaves_the_answer_to_its_successor(scene: Scene) -> None:
    async with rehearsal(scene, turn_groups.turn_lease_loss_second_worker) as play:
        await play.until("turn", commits("bookings"))
        await play.until("turn", begins)
        await play.finish("lease loss", "second", "turn")

        assert await look(scene, play) + await turn_groups.one_hold(scene) == []
        assert len(answers(scene)) == 1


async def test_yes_that_began_before_the_hold_was_over_and_came_after_books_nothing(scene: Scene) -> None:
    async with rehearsal(scene, booking_groups.button_hold_expiry) as play:
        await play.until("button", commits("mailboxes"))
        await play.until("button", begins)
        await play.finish("hold expiry", "button", "second")

        assert await look(scene, play) + await booking_groups.real_or_not(scene) == []
        assert not any("№" in sent.text for sent in scene.sent)


async def test_update_that_commits_while_its_mailbox_is_being_released_is_not_forgotten(scene: Scene) -> None:
    """The marks of a mailbox: the release compares them, for its snapshot is older than what it waited for."""
    async with rehearsal(scene, mail_groups.intake_ingest_second_intake) as play:
        await play.until("intake", commits("mailboxes"))
        await play.until("intake", begins)
        await play.until("ingest", commits("mailboxes"))
        await play.finish("intake")
        assert play.actors["intake"].is_blocked
        await play.finish("ingest", "intake", "second")

        assert await look(scene, play) == []
