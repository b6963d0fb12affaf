"""Deliveries and the inbox: what is sent, and what was brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reliability.interleavings import parts
from tests.reliability.interleavings.group import Group
from tests.reliability.interleavings.props import ANNA, chat_id, greet, take_in

if TYPE_CHECKING:
    from tests.reliability.interleavings.scene import Parts, Scene


async def delivery_takeover_hand_back(scene: Scene) -> Parts:
    await greet(scene, keep_ready=True)
    chat = await chat_id(scene)
    return {"delivery": parts.sender(scene, 2), "takeover": parts.take_over(scene, chat), "hand back": parts.hand_back(scene, chat)}


async def delivery_message_second_worker(scene: Scene) -> Parts:
    """The answer to what follows may not depart before the one that is still in the outbox."""
    await greet(scene, keep_ready=True)
    client = parts.both(parts.ingest(scene, parts.message("бета", user=ANNA)), parts.intake(scene), parts.worker(scene, 1))
    return {"delivery": parts.sender(scene, 2), "client": client}


async def delivery_lease_loss_second_sender(scene: Scene) -> Parts:
    await greet(scene, keep_ready=True)
    await greet(scene, keep_ready=True, text="бета")
    return {
        "delivery": parts.sender(scene, 1),
        "lease loss": parts.frees_deliveries,
        "second": parts.both(parts.sender(scene, 2), parts.sender(scene, 2)),
    }


async def departing_turn_lease_loss_second_sender(scene: Scene) -> Parts:
    """The answer is claimed for its worker as it is written: that one may be dead before it is at the wire, or stopped at it."""
    await take_in(scene, "альфа")
    return {"turn": parts.worker(scene, 1), "lease loss": parts.frees_deliveries, "delivery": parts.sender(scene, 2)}


async def intake_ingest_second_intake(scene: Scene) -> Parts:
    await greet(scene)
    await scene.stage.receive(parts.message("бета", user=ANNA))
    return {
        "intake": parts.intake(scene),
        "ingest": parts.ingest(scene, parts.message("гамма", user=ANNA)),
        "second": parts.intake(scene),
    }


async def same_update_twice(scene: Scene) -> Parts:
    """Telegram brings one update to two web processes at once, and another one after it."""
    update, other = parts.message("альфа", user=ANNA), parts.message("бета", user=ANNA)
    return {
        "ingest": parts.ingest(scene, update),
        "again": parts.ingest(scene, update, other),
        "intake": parts.both(parts.intake(scene), parts.intake(scene)),
    }


async def intake_lease_loss_second_intake(scene: Scene) -> Parts:
    await scene.stage.receive(parts.message("альфа", user=ANNA))
    return {
        "intake": parts.intake(scene),
        "lease loss": parts.lapse(scene),
        "second": parts.both(parts.ingest(scene, parts.message("бета", user=ANNA)), parts.intake(scene)),
    }


GROUPS = (
    Group("delivery × takeover × hand back", delivery_takeover_hand_back),
    Group("delivery × new message, its turn", delivery_message_second_worker, bound=2),
    Group("delivery × lease loss × second sender", delivery_lease_loss_second_sender),
    Group("departing turn × lease loss × second sender", departing_turn_lease_loss_second_sender),
    Group("intake × ingest × second intake", intake_ingest_second_intake),
    Group("the same update twice × intake", same_update_twice),
    Group("intake × lease loss × second intake", intake_lease_loss_second_intake),
)
