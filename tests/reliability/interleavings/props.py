"""How groups begin: clients who have written, slots that are offered, bookings that wait for a yes. Done by hand, before any actor."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tests.reliability.interleavings.parts import FIRST_NAME, message, press_update, turns_of
from valera.bookings.proposals.offer import Purpose, offer
from valera.kit.db import account_scope
from valera.telegram.update import User

if TYPE_CHECKING:
    from tests.reliability.interleavings.scene import Scene

ANNA = 900_001
BORIS = 900_002
HOLD_IS_OVER = timedelta(hours=1)


async def chat_id(scene: Scene, user: int = ANNA) -> int:
    return await scene.stage.chat_id(user)


async def take_in(scene: Scene, text: str, user: int = ANNA) -> None:
    """The client has written; the turn waits."""
    await scene.stage.receive(message(text, user=user))
    await scene.stage.take_in()
    scene.known.add(User(id=user, first_name=FIRST_NAME, language_code="ru"))


async def press(scene: Scene, data: str, user: int = ANNA) -> None:
    """Telegram has brought a press; nobody has taken it in."""
    await scene.stage.receive(press_update(data, user=user))


async def greet(scene: Scene, user: int = ANNA, *, text: str = "альфа", keep_ready: bool = False) -> None:
    """The client has written and was answered."""
    await take_in(scene, text, user)
    await run_turns(scene)
    if not keep_ready:
        await hand_out(scene)


async def run_turns(scene: Scene, *calls: tuple[str, dict[str, Any]]) -> None:
    turns = turns_of(scene, scene.house, list(calls))
    for claim in await turns.claim(worker=1, limit=10):
        await turns.run_turn(claim)


async def hand_out(scene: Scene) -> None:
    await scene.stage.owner.execute("update deliveries set state = 'sent', sent_at = now() where state = 'ready'")


def in_days(scene: Scene, days: int) -> datetime:
    """Three in the afternoon in Moscow."""
    zone = ZoneInfo("Europe/Moscow")
    return datetime.combine(scene.stage.clock.at.astimezone(zone).date() + timedelta(days=days), time(15), zone)


async def offer_slot(scene: Scene, user: int = ANNA, *, days: int = 3, moving: Any = None) -> str:
    """The only bay that is left is free then."""
    await scene.stage.owner.execute("update bays set is_open = false where id = $1", scene.shop.bays[1])
    with account_scope(scene.shop.account_id):
        async with scene.house.account_tx() as tx:
            now = scene.stage.clock.now()
            (shown,) = await offer(tx, await chat_id(scene, user), [in_days(scene, days)], Purpose("Бампер", 60, moving), now=now, hours=24)
    return shown.key


async def hold(scene: Scene, user: int = ANNA) -> str:
    """The client has pressed a slot; the proposal's key."""
    await greet(scene, user)
    await press(scene, f"slot:{await offer_slot(scene, user)}", user)
    return await open_key(scene, user)


async def open_key(scene: Scene, user: int) -> str:
    await scene.stage.take_in()
    await hand_out(scene)
    key = await scene.stage.owner.fetchval("select key from proposals where chat_id = $1 and state = 'open'", await chat_id(scene, user))
    assert key is not None
    return key


async def book(scene: Scene, *, then_move: bool = False) -> tuple[int, str]:
    """Anna has a booking, and is asked whether to move it; its number and that proposal's key."""
    await press(scene, f"yes:{await hold(scene)}")
    await scene.stage.take_in()
    await hand_out(scene)
    number = await scene.stage.owner.fetchval("select max(number) from bookings where account_id = $1", scene.shop.account_id)
    assert number is not None
    return number, await propose(scene, ANNA, ("move_booking", {"slot_id": await offer_slot(scene, days=4)})) if then_move else ""


async def propose(scene: Scene, user: int, call: tuple[str, dict[str, Any]]) -> str:
    """The assistant has proposed something; the key of the yes."""
    await take_in(scene, "хочу", user)
    await run_turns(scene, call)
    return await open_key(scene, user)
