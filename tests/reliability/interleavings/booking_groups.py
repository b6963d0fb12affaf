"""Buttons, words and clocks around one booking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reliability.interleavings import parts
from tests.reliability.interleavings.group import BOOKED, Group, ours
from tests.reliability.interleavings.props import ANNA, BORIS, HOLD_IS_OVER, book, chat_id, greet, hold, offer_slot, press, propose, take_in

if TYPE_CHECKING:
    from tests.reliability.interleavings.scene import Parts, Scene


async def button_hold_expiry(scene: Scene) -> Parts:
    key = await hold(scene)
    await press(scene, f"yes:{key}", ANNA)
    return {"button": parts.intake(scene), "hold expiry": parts.sweeper(scene, later=HOLD_IS_OVER), "second": parts.intake(scene)}


async def button_button(scene: Scene) -> Parts:
    key = await hold(scene)
    await press(scene, f"yes:{key}", ANNA)
    again = parts.ingest(scene, parts.press_update(f"yes:{key}", user=ANNA))
    return {"button": parts.intake(scene), "again": again, "second": parts.intake(scene)}


async def button_lease_loss_second_intake(scene: Scene) -> Parts:
    key = await hold(scene)
    await press(scene, f"yes:{key}")
    return {"button": parts.intake(scene), "lease loss": parts.lapse(scene), "second": parts.intake(scene)}


async def button_takeover_delivery(scene: Scene) -> Parts:
    key = await hold(scene)
    await press(scene, f"yes:{key}")
    return {
        "button": parts.intake(scene),
        "takeover": parts.take_over(scene, await chat_id(scene)),
        "delivery": parts.sender(scene, 2),
    }


async def button_word(scene: Scene) -> Parts:
    key = await hold(scene)
    word = parts.both(parts.ingest(scene, parts.message("да", user=ANNA)), parts.intake(scene))
    await press(scene, f"yes:{key}", ANNA)
    return {"button": parts.intake(scene), "word": word}


async def word_takeover_hold_expiry(scene: Scene) -> Parts:
    await hold(scene)
    await scene.stage.receive(parts.message("да", user=ANNA))
    takeover = parts.take_over(scene, await chat_id(scene))
    return {"word": parts.intake(scene), "takeover": takeover, "hold expiry": parts.sweeper(scene, later=HOLD_IS_OVER)}


async def button_takeover_turn(scene: Scene) -> Parts:
    key = await hold(scene)
    await take_in(scene, "бета")
    await press(scene, f"yes:{key}", ANNA)
    return {
        "button": parts.intake(scene),
        "takeover": parts.take_over(scene, await chat_id(scene)),
        "turn": parts.worker(scene, 1),
    }


async def yes_no(scene: Scene) -> Parts:
    key = await hold(scene)
    await press(scene, f"yes:{key}", ANNA)
    no = parts.both(parts.ingest(scene, parts.press_update(f"no:{key}", user=ANNA)), parts.intake(scene))
    return {"yes": parts.intake(scene), "no": no, "hold expiry": parts.sweeper(scene, later=HOLD_IS_OVER)}


async def move_cancel(scene: Scene) -> Parts:
    """Yes to the move is on its way while the assistant proposes to cancel: two wishes for one booking."""
    number, move_key = await book(scene, then_move=True)
    await take_in(scene, "отмените")
    await press(scene, f"yes:{move_key}", ANNA)
    return {"move": parts.intake(scene), "cancel": parts.worker(scene, 1, ("cancel_booking", {"number": number}))}


async def move_cancel_of_two_chats(scene: Scene) -> Parts:
    """The client has two chats with the shop: in one the yes to a move, in the other the yes to a cancellation of the same booking."""
    number, move_key = await book(scene, then_move=True)
    await greet(scene, BORIS)
    await scene.stage.owner.execute(
        "update chats set client_id = (select client_id from chats where id = $1) where id = $2",
        await chat_id(scene),
        await chat_id(scene, BORIS),
    )
    cancel_key = await propose(scene, BORIS, ("cancel_booking", {"number": number}))
    await press(scene, f"yes:{move_key}", ANNA)
    await press(scene, f"yes:{cancel_key}", BORIS)
    return {"move": parts.intake(scene, limit=1), "cancel": parts.intake(scene, limit=1)}


async def two_clients_one_bay(scene: Scene) -> Parts:
    for user in (ANNA, BORIS):
        await greet(scene, user)
        await press(scene, f"slot:{await offer_slot(scene, user)}", user)
    return {
        "anna": parts.intake(scene, limit=1),
        "boris": parts.intake(scene, limit=1),
        "hold expiry": parts.sweeper(scene, later=HOLD_IS_OVER / 2),
    }


async def hold_and_yes_of_others(scene: Scene) -> Parts:
    """Anna's hold is over; her yes, Boris' press on the same slot and the sweeper come together."""
    await greet(scene, BORIS)
    key = await hold(scene)
    await press(scene, f"yes:{key}", ANNA)
    await press(scene, f"slot:{await offer_slot(scene, BORIS)}", BORIS)
    return {
        "anna": parts.intake(scene, limit=1),
        "boris": parts.intake(scene, limit=1),
        "hold expiry": parts.sweeper(scene, later=HOLD_IS_OVER),
    }


async def real_or_not(scene: Scene) -> list[str]:
    """One booking and one card that names it, or none and no card."""
    rows = await scene.prompter.fetch(BOOKED, *ours(scene))
    cards = {sent.text for sent in scene.sent if "№" in sent.text}
    statuses = [row["status"] for row in rows]
    match statuses, len(cards):
        case (["confirmed"], 1) | (["expired"] | ["held"], 0):
            return []
        case _:
            return [f"{statuses} and {len(cards)} cards"]


async def confirmed(scene: Scene) -> list[str]:
    """And the client was told, whoever answers the chat by now."""
    statuses = [row["status"] for row in await scene.prompter.fetch(BOOKED, *ours(scene))]
    is_told = any("№" in sent.text for sent in scene.sent)
    return [] if statuses == ["confirmed"] and is_told else [f"{statuses}, {'told' if is_told else 'and nobody was told'}"]


async def at_most_one_lives(scene: Scene) -> list[str]:
    rows = await scene.prompter.fetch(BOOKED, *ours(scene))
    lives = [row["status"] for row in rows if row["status"] in ("held", "confirmed")]
    return [] if len(lives) <= 1 else [f"{lives} in one bay"]


async def moved_before_cancelled(scene: Scene) -> list[str]:
    rows = await scene.prompter.fetch(
        "select event from booking_events where account_id = $1 and booking_id <> $2 order by id", *ours(scene)
    )
    told = " ".join(row["event"] for row in rows)
    return ["moved after it was cancelled"] if "cancelled moved" in told else []


GROUPS = (
    Group("button × hold expiry × second intake", button_hold_expiry, real_or_not),
    Group("button × button × second intake", button_button, confirmed),
    Group("button × lease loss × second intake", button_lease_loss_second_intake, confirmed),
    Group("button × takeover × delivery", button_takeover_delivery, confirmed),
    Group("button × «да»", button_word, confirmed, bound=2),
    Group("«да» × takeover × hold expiry", word_takeover_hold_expiry, real_or_not),
    Group("button × takeover × turn", button_takeover_turn, confirmed),
    Group("yes × no × hold expiry", yes_no, real_or_not),
    Group("yes to a move × cancelling turn", move_cancel, moved_before_cancelled, bound=2),
    Group("yes to a move × yes to a cancellation", move_cancel_of_two_chats, moved_before_cancelled, bound=2),
    Group("two clients × one bay × housekeeping", two_clients_one_bay, at_most_one_lives),
    Group("yes × another client × hold expiry", hold_and_yes_of_others, at_most_one_lives),
)
