from __future__ import annotations

import asyncpg
import pytest

from tests.cast import World
from valera.accounts.notice import NoticeKind, raise_notice
from valera.kit.db import Database, account_scope, current_account_id, execute
from valera.kit.errors import Upstream
from valera.simulator.page.shop.panel import BotWithoutShop, NobodyToAnswer, Panel

GARAGE_BOT, RIVAL_BOT = 9_000_001, 9_000_002


@pytest.fixture
def panel(db: Database) -> Panel:
    return Panel(db)


async def journal(db: Database, world: World) -> None:
    """One turn of the garage that looked up a price and answered."""
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await execute(
                tx,
                "insert into turn_steps (turn_id, step_no, round, kind, content, ms) values ($1, 101, 1, 'tool', $2, 12)",
                world.garage.turn_id,
                {
                    "tool": "find_prices",
                    "arguments": {"works": ["бампер"]},
                    "outcome": "done",
                    "content": {"found": [{"text": "Бампер: 20 000 ₽"}]},
                },
            )


async def test_panel_shows_the_chat_its_turns_and_bookings(db: Database, world: World, panel: Panel) -> None:
    await journal(db, world)
    view = await panel.look(GARAGE_BOT, world.garage.telegram_chat_id)
    assert (view.shop.name, view.shop.member_id) == ("Garage", world.garage.member_id)
    assert view.chat is not None
    assert (view.chat.id, view.chat.status) == (world.garage.chat_id, "assistant")
    assert world.garage.booking_number in {booking.number for booking in view.bookings}
    [turn] = [turn for turn in view.turns if turn.row.id == world.garage.turn_id]
    assert "Бампер: 20 000 ₽" in [line for step in turn.steps for line in step.lines]


async def test_rival_sees_nothing(db: Database, world: World, panel: Panel) -> None:
    await journal(db, world)
    view = await panel.look(RIVAL_BOT, world.garage.telegram_chat_id)
    assert (view.chat, view.bookings, view.turns) == (None, (), ())
    with pytest.raises(NobodyToAnswer):
        await panel.take_over(RIVAL_BOT, world.garage.telegram_chat_id)
    own = await panel.look(RIVAL_BOT, world.rival.telegram_chat_id)
    assert world.garage.turn_id not in {turn.row.id for turn in own.turns}


async def test_bot_of_no_shop_is_not_found(panel: Panel) -> None:
    with pytest.raises(BotWithoutShop):
        await panel.look(1, 1)


async def test_staff_takes_over_answers_and_hands_back(world: World, panel: Panel) -> None:
    chat = (GARAGE_BOT, world.garage.telegram_chat_id)
    await panel.take_over(*chat)
    taken = await panel.look(*chat)
    assert taken.chat is not None
    assert (taken.chat.status, taken.chat.assignee) == ("human", "Мастер")
    await panel.answer(*chat, "Здравствуйте, это мастер")
    await panel.hand_back(*chat)
    returned = await panel.look(*chat)
    assert returned.chat is not None
    assert returned.chat.status == "assistant"


async def test_answer_goes_out_as_the_members_delivery(database_url: str, world: World, panel: Panel) -> None:
    await panel.answer(GARAGE_BOT, world.garage.telegram_chat_id, "Приезжайте")
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute("set local role valera_owner")
            author = await connection.fetchval("select author_id from deliveries where text = 'Приезжайте'")
    finally:
        await connection.close()
    assert author == world.garage.member_id


async def plant_notice(db: Database, world: World) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await raise_notice(tx, NoticeKind.TOKEN_REVOKED, bot_id=world.garage.bot_id, details={"bot": "garage_bot"})


async def test_panel_shows_the_open_notices_of_its_shop(db: Database, world: World, panel: Panel) -> None:
    await plant_notice(db, world)

    shown = await panel.look(GARAGE_BOT, 1)
    rivals = await panel.look(RIVAL_BOT, 1)

    assert [notice.kind for notice in shown.notices] == [NoticeKind.TOKEN_REVOKED]
    assert rivals.notices == ()


async def test_paused_bots_of_the_shop_are_checked_and_nobody_elses(db: Database, world: World) -> None:
    await plant_notice(db, world)
    checked: list[tuple[int, int]] = []

    async def check(bot_id: int) -> bool:
        checked.append((current_account_id(), bot_id))
        return True

    panel = Panel(db, check)
    assert await panel.resume(RIVAL_BOT)
    assert await panel.resume(GARAGE_BOT)

    assert checked == [(world.garage.account_id, world.garage.bot_id)]


async def test_bot_that_telegram_does_not_answer_for_stays_paused(db: Database, world: World) -> None:
    await plant_notice(db, world)

    async def check(bot_id: int) -> bool:
        raise Upstream(f"bot {bot_id}: no answer")

    assert not await Panel(db, check).resume(GARAGE_BOT)
    assert not await Panel(db).resume(GARAGE_BOT)
