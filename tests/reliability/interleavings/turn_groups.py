"""Turns, and what may come between their transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reliability.interleavings import parts
from tests.reliability.interleavings.group import BOOKED, Group, ours
from tests.reliability.interleavings.props import ANNA, chat_id, greet, offer_slot, take_in
from valera.reception.turn import MAX_FAILURES

if TYPE_CHECKING:
    from tests.reliability.interleavings.scene import Parts, Scene


async def turn_takeover_delivery(scene: Scene) -> Parts:
    await take_in(scene, "альфа")
    return {
        "turn": parts.thinker(scene, 1),
        "takeover": parts.take_over(scene, await chat_id(scene)),
        "delivery": parts.sender(scene, 2),
    }


async def departing_turn_takeover_hand_back(scene: Scene) -> Parts:
    await take_in(scene, "альфа")
    chat = await chat_id(scene)
    return {"turn": parts.worker(scene, 1), "takeover": parts.take_over(scene, chat), "hand back": parts.hand_back(scene, chat)}


async def turn_message_second_worker(scene: Scene) -> Parts:
    await take_in(scene, "альфа")
    client = parts.both(parts.ingest(scene, parts.message("бета", user=ANNA)), parts.intake(scene))
    return {"turn": parts.worker(scene, 1), "client": client, "second": parts.worker(scene, 2)}


async def turn_lease_loss_second_worker(scene: Scene) -> Parts:
    await greet(scene)
    key = await offer_slot(scene)
    await take_in(scene, "бета")
    calls = ("hold_slot", {"slot_id": key})
    return {
        "turn": parts.worker(scene, 1, calls),
        "lease loss": parts.frees_turns,
        "second": parts.worker(scene, 2, calls),
    }


async def turn_takeover_lease_loss(scene: Scene) -> Parts:
    await take_in(scene, "альфа")
    second = parts.both(parts.frees_turns, parts.worker(scene, 2))
    return {"turn": parts.worker(scene, 1), "takeover": parts.take_over(scene, await chat_id(scene)), "second": second}


async def turn_message_lease_loss(scene: Scene) -> Parts:
    await take_in(scene, "альфа")
    client = parts.both(parts.ingest(scene, parts.message("бета", user=ANNA)), parts.intake(scene))
    return {"turn": parts.worker(scene, 1), "client": client, "second": parts.both(parts.frees_turns, parts.worker(scene, 2))}


async def turn_message_answer(scene: Scene) -> Parts:
    await take_in(scene, "альфа")
    client = parts.both(parts.ingest(scene, parts.message("бета", user=ANNA)), parts.intake(scene))
    return {"turn": parts.worker(scene, 1), "client": client, "answer": parts.answer(scene, await chat_id(scene), "Это Марина.")}


async def proposing_turn_yes(scene: Scene) -> Parts:
    await greet(scene)
    key = await offer_slot(scene)
    await take_in(scene, "запишите")
    client = parts.both(parts.ingest(scene, parts.message("да", user=ANNA)), parts.intake(scene))
    return {"turn": parts.worker(scene, 1, ("hold_slot", {"slot_id": key})), "client": client}


async def giving_up_takeover_hand_back(scene: Scene) -> Parts:
    """Three attempts have failed: the worker apologises and calls a person, while one comes by himself."""
    await take_in(scene, "альфа")
    await scene.stage.owner.execute("update turns set failures = $1 where state = 'waiting'", MAX_FAILURES)
    chat = await chat_id(scene)
    client = parts.both(parts.ingest(scene, parts.message("бета", user=ANNA)), parts.intake(scene))
    person = parts.both(parts.take_over(scene, chat), parts.hand_back(scene, chat))
    return {"turn": parts.worker(scene, 1), "takeover and hand back": person, "client": client}


async def one_hold(scene: Scene) -> list[str]:
    holds = await scene.prompter.fetchval(f"select count(*) from ({BOOKED}) b", *ours(scene))
    return [] if holds == 1 else [f"{holds} holds"]


async def nothing_confirmed_unheard(scene: Scene) -> list[str]:
    """A yes counts only to a proposal that was said before it."""
    rows = await scene.prompter.fetch(
        "select e.booking_id from booking_events e join proposals p on p.booking_id = e.booking_id and e.event = 'confirmed'"
        "  join messages said on said.turn_id = p.turn_id and said.role = 'assistant'"
        " where said.id > e.message_id and e.account_id = $1 and e.booking_id <> $2",
        *ours(scene),
    )
    return [f"booking {row['booking_id']} was confirmed before it was proposed" for row in rows]


GROUPS = (
    Group("turn × takeover × delivery", turn_takeover_delivery),
    Group("departing turn × takeover × hand back", departing_turn_takeover_hand_back),
    Group("turn × new message × second worker", turn_message_second_worker),
    Group("turn × lease loss × second worker", turn_lease_loss_second_worker, one_hold),
    Group("turn × takeover × lease loss, second worker", turn_takeover_lease_loss),
    Group("turn × new message × lease loss, second worker", turn_message_lease_loss),
    Group("turn × new message × a person answers", turn_message_answer),
    Group("giving up × takeover, hand back × new message", giving_up_takeover_hand_back),
    Group("proposing turn × «да»", proposing_turn_yes, nothing_confirmed_unheard, bound=2),
)
