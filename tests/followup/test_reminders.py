"""Reminders: said once, in time, about a booking that stands; and what a client answers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.followup.conftest import Aftermath
from valera.accounts.account import get_account
from valera.backoffice.verify import verify
from valera.followup.reminders.remind import plan_all_reminders
from valera.kit.db import Tx, account_scope, value
from valera.kit.errors import Invalid

VISIT = datetime(2026, 12, 1, 9, tzinfo=UTC)
DAY_BEFORE, TWO_HOURS_BEFORE = VISIT - timedelta(hours=24), VISIT - timedelta(hours=2)


@pytest.fixture
async def planned(after: Aftermath) -> Aftermath:
    await after.notice_changes()
    return after


async def test_a_confirmed_booking_is_reminded_of_a_day_and_two_hours_before(planned: Aftermath) -> None:
    waiting = await planned.waiting("remind")
    await planned.do_next("remind")
    first = await planned.said()
    buttons = await planned.buttons()
    await planned.do_next("remind")

    assert [at for at, _ in waiting] == [DAY_BEFORE, TWO_HOURS_BEFORE]
    assert len(first) == 2  # what the cast said, and the reminder
    assert first[-1].splitlines() == [
        "Напоминаем о записи № 1: вторник, 1 декабря, 12:00.",
        "Бампер",
        "Адрес: ул. Вымышленная, 1",
        "Вы приедете?",
    ]
    assert {title: data.partition(":")[0] for title, data in buttons.items()} == {
        "Приеду": "come", "Перенести": "move", "Отменить": "cancel",
    }  # fmt: skip
    assert len(await planned.said()) == 3
    assert [finding.tell() for finding in await verify(planned.stage.db) if finding.breaches] == []


async def test_the_same_job_run_again_or_at_once_says_nothing_more(planned: Aftermath) -> None:
    _, payload = (await planned.waiting("remind"))[0]
    planned.stage.clock.at = DAY_BEFORE

    await asyncio.gather(*(planned.do("remind", payload) for _ in range(4)))
    await planned.do("remind", payload)

    assert len(await planned.said()) == 2
    assert await planned.stage.owner.fetchval("select count(*) from reminders") == 1


async def test_the_database_itself_holds_one_row_for_a_reminder(planned: Aftermath) -> None:
    await planned.do_next("remind")

    with pytest.raises(asyncpg.UniqueViolationError):
        await planned.stage.owner.execute("insert into reminders select * from reminders")


async def test_none_after_a_move_and_the_new_time_has_its_own(planned: Aftermath) -> None:
    await planned.change("confirmed", starts_at=VISIT + timedelta(days=1))
    waiting = await planned.waiting("remind")
    for _ in range(4):
        await planned.do_next("remind")

    assert [at for at, _ in waiting] == [
        DAY_BEFORE, TWO_HOURS_BEFORE, DAY_BEFORE + timedelta(days=1), TWO_HOURS_BEFORE + timedelta(days=1),
    ]  # fmt: skip
    assert ["среда, 2 декабря, 12:00" in text for text in (await planned.said())[1:]] == [True, True]


@pytest.mark.parametrize("status", ["cancelled", "arrived", "no_show"])
async def test_none_for_who_does_not_come_any_more_or_is_there(planned: Aftermath, status: str) -> None:
    await planned.change(status)
    await planned.do_next("remind")
    await planned.do_next("remind")

    assert len(await planned.said()) == 1


async def test_one_that_was_not_sent_yet_is_called_back_with_the_booking(planned: Aftermath) -> None:
    await planned.do_next("remind")
    await planned.change("cancelled")

    assert len(await planned.said()) == 1
    assert await planned.stage.owner.fetchval("select count(*) from deliveries where state = 'withdrawn'") == 1


async def test_none_to_who_blocked_the_bot(planned: Aftermath) -> None:
    await planned.stage.owner.execute("update clients set unreachable_at = now()")
    await planned.do_next("remind")

    assert len(await planned.said()) == 1
    assert await planned.stage.owner.fetchval("select outcome from reminders") == "unreachable"


async def test_a_chat_that_a_person_answers_is_the_teams_to_remind(planned: Aftermath) -> None:
    shop = planned.stage.shop
    await planned.stage.owner.execute("update chats set status = 'human', assignee_id = $1 where id = $2", shop.member_id, shop.chat_id)
    await planned.do_next("remind")

    assert len(await planned.said()) == 1
    assert await planned.notices() == [
        ("reminder_by_person", {"chat": shop.chat_id, "number": 1, "moment": "вторник, 1 декабря, 12:00"})
    ]  # fmt: skip


async def test_a_bot_that_is_paused_is_waited_for_until_it_is_too_late(planned: Aftermath) -> None:
    await planned.stage.owner.execute("update bots set state = 'paused'")
    await planned.do_next("remind")
    waits_until = (await planned.waiting("remind"))[0][0]
    await planned.stage.owner.execute("update bots set state = 'active'")
    await planned.do_next("remind", late=timedelta(hours=13))

    assert waits_until == DAY_BEFORE + timedelta(minutes=10)
    assert len(await planned.said()) == 1


async def test_a_worker_that_was_away_says_it_late_but_not_at_night(planned: Aftermath) -> None:
    await planned.do_next("remind", late=timedelta(hours=10))  # 22:00 in Moscow
    moved_to = (await planned.waiting("remind"))[0][0]

    assert len(await planned.said()) == 1
    assert moved_to == datetime(2026, 12, 1, 6, tzinfo=UTC)


async def test_a_shop_says_how_long_before_or_not_at_all(planned: Aftermath) -> None:
    await planned.settle(reminder_hours=[72, 3])
    await planned.change("confirmed", starts_at=VISIT + timedelta(days=2))
    wanted = [at for at, _ in await planned.waiting("remind")]
    await planned.settle(reminder_hours=[])
    while await planned.waiting("remind"):
        await planned.do_next("remind")

    later = VISIT + timedelta(days=2)
    assert wanted == sorted([DAY_BEFORE, TWO_HOURS_BEFORE, later - timedelta(hours=72), later - timedelta(hours=3)])
    assert len(await planned.said()) == 1


async def test_what_a_shop_changes_holds_for_bookings_that_are_there(planned: Aftermath) -> None:
    await planned.settle(reminder_hours=[48], quiet_from="22:00", quiet_to="07:30")
    with account_scope(planned.stage.shop.account_id):
        async with planned.stage.db.account_tx() as tx:
            await plan_all_reminders(tx, await get_account(tx), planned.stage.clock.now())
    while await planned.waiting("remind"):
        await planned.do_next("remind")

    assert len(await planned.said()) == 2
    assert await planned.stage.owner.fetchval("select lead_minutes from reminders") == 48 * 60


@pytest.mark.parametrize(
    "wrong",
    [
        {"reminder_hours": [0]},
        {"reminder_hours": [24, 24]},
        {"reminder_hours": [24, 12, 6, 3, 1]},
        {"quiet_from": "25:00"},
        {"feedback": 1},
    ],
)
async def test_nonsense_is_refused(after: Aftermath, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        await after.settle(**wrong)


async def test_the_rivals_bookings_are_the_rivals(planned: Aftermath) -> None:
    rival: int = await value(Tx(planned.stage.owner), "select id from bookings where account_id <> $1", planned.stage.shop.account_id)

    await planned.do("remind", {"booking": rival, "starts": int(VISIT.timestamp()), "lead": 120}, at=TWO_HOURS_BEFORE)
    await planned.do("booking_changed", {"booking": rival, "event": 1})

    assert await planned.stage.owner.fetchval("select count(*) from reminders") == 0
    assert len(await planned.waiting("remind")) == 2


# ---- what a client answers ----------------------------------------------------------------------


async def test_i_come_is_noted(planned: Aftermath) -> None:
    await planned.do_next("remind")
    button = (await planned.buttons())["Приеду"]

    assert await planned.press(button) == "Спасибо, ждём вас: вторник, 1 декабря, 12:00."
    assert await planned.press(button) == "Спасибо, ждём вас: вторник, 1 декабря, 12:00."
    assert await planned.stage.owner.fetchval("select coming_at from reminders") == DAY_BEFORE


@pytest.mark.parametrize("words", ["да", "Да, приеду", "буду!", "Yes, I will come"])
async def test_i_come_in_words_is_noted(planned: Aftermath, words: str) -> None:
    await planned.do_next("remind")

    assert await planned.hear(words) == ["Спасибо, ждём вас: вторник, 1 декабря, 12:00."]
    assert await planned.stage.owner.fetchval("select coming_at from reminders") == DAY_BEFORE


@pytest.mark.parametrize("words", ["приеду, но на час позже", "а можно в среду?", "нет"])
async def test_anything_else_is_the_assistants(planned: Aftermath, words: str) -> None:
    await planned.do_next("remind")

    assert await planned.hear(words) == []
    assert await planned.stage.owner.fetchval("select count(*) from turns where state = 'waiting'") == 1


@pytest.mark.parametrize("data", ["come:1-1796000000", "come:1", "come:99-1796115600", "come:²-1", "come:" + "9" * 40, "come:"])
async def test_a_stale_or_forged_press_changes_nothing(planned: Aftermath, data: str) -> None:
    await planned.do_next("remind")

    said = await planned.press(data)

    assert said.startswith("Это предложение уже не действует")
    assert await planned.stage.owner.fetchval("select coming_at from reminders") is None


async def test_to_cancel_is_asked_about_and_to_move_shows_times(planned: Aftermath) -> None:
    await planned.do_next("remind")
    buttons = await planned.buttons()

    cancelling = await planned.press(buttons["Отменить"])
    moving = await planned.press(buttons["Перенести"])

    assert cancelling.startswith("Отменить запись № 1")
    assert moving
    assert any(data.startswith("slot:") for data in (await planned.buttons()).values())
    assert await planned.stage.owner.fetchval("select status from bookings where id = $1", planned.stage.shop.booking_id) == "confirmed"
