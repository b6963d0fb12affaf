"""Call-backs: a number that the client gave, a time at which somebody is there, a timer, an outcome."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.followup.conftest import Aftermath
from tests.followup.people import MOSCOW, person, shop
from tests.same_models import SameModels
from valera.bookings.schedule.calendar import lay_out
from valera.bookings.schedule.opening_hours import parse_hours
from valera.bookings.schedule.rules import BookingRules
from valera.bookings.schedule.workshop import Workshop
from valera.followup.callbacks.callback import CallbackClosed, Outcome, call_again, close, list_callbacks
from valera.followup.callbacks.due import Due, due_for
from valera.followup.callbacks.tools import REQUEST_CALLBACK
from valera.reception.receptionist import ScriptedReceptionist
from valera.reception.turn import Turns
from valera.russian.time.when import Wish, read_wish

SUNDAY = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)
"""14:05 in Moscow."""
VERA, DINA = 900_010, 900_011


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("", Due(at(22, 14, 5), is_now=True)),
        ("наберите после шести", Due(at(22, 18))),
        ("сегодня в 18:30", Due(at(22, 18, 30), is_exact=True)),
        ("до шести", Due(at(22, 14, 5), is_now=True)),
        ("завтра утром", Due(at(23, 9))),
        ("сегодня в 22:00", Due(at(23, 9), is_shut=True)),
        ("после девяти вечера", Due(at(23, 9), is_shut=True)),
        ("в среду в 10", Due(at(26, 9), is_shut=True)),  # a holiday
    ],
)
def test_a_wish_outside_the_hours_means_the_next_opening(words: str, due: Due) -> None:
    hours = lay_out(parse_hours("ежедневно 9-20"), {at(25, 0).date()}, zone=MOSCOW, first=at(21, 0).date(), days=30)
    wish = read_wish(words, now=SUNDAY, zone=MOSCOW) if words else None
    assert wish is None or isinstance(wish, Wish)
    assert due_for(wish, Workshop(hours, BookingRules(), SUNDAY)) == due


def test_a_shop_that_names_no_hours_calls_by_day() -> None:
    night = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    shut = lay_out((), (), zone=MOSCOW, first=at(21, 0).date(), days=3)
    assert due_for(None, Workshop(shut, BookingRules(), night)) == Due(at(23, 9), is_shut=True)


async def test_the_number_is_one_that_the_client_gave(after: Aftermath) -> None:
    vera = await person(after, VERA, "наберите после шести, 8 916 123-45-67")
    invented = await vera.asks(REQUEST_CALLBACK, phone="+79990001122")
    unreadable = await vera.asks(REQUEST_CALLBACK, phone="12")
    unknown = await vera.asks(REQUEST_CALLBACK)
    assert "Так далеко вперёд" in str(await vera.asks(REQUEST_CALLBACK, when="через полгода", phone="89161234567"))
    noted = await vera.commits(REQUEST_CALLBACK, when="наберите после шести", phone="89161234567", reason="цена крыла")

    assert invented == unknown == "По какому номеру вам перезвонить?"
    assert isinstance(unreadable, str)
    assert noted.pop("id")
    assert noted == {
        "kind": "call_back",
        "starts_at": "2026-11-22T18:00:00+03:00",
        "phone": "+79161234567",
        "text": "Передал сотрудникам: вам перезвонят по номеру +7 916 123-45-67. Не раньше: воскресенье, 22 ноября, 18:00.",
    }
    assert [kind for kind, _ in await after.notices()] == ["callback_requested"]
    assert await after.stage.owner.fetchval("select phone from clients where id = $1", vera.client_id) == "+79161234567"


async def test_asked_for_again_it_is_the_same_request_with_another_time(after: Aftermath) -> None:
    vera = await person(after, VERA, "перезвоните на 89161234567")
    first = await vera.commits(REQUEST_CALLBACK, phone="89161234567", reason="цена")
    second = await vera.commits(REQUEST_CALLBACK, when="завтра в 11")

    assert first["id"] == second["id"]
    assert second["text"].startswith("Обновил просьбу о звонке")
    async with shop(after) as tx:
        (kept,) = await list_callbacks(tx)
    assert (kept.due_at, kept.reason, kept.wish) == (at(23, 11), "цена", "завтра в 11")
    assert len(await after.notices()) == 1


async def test_nobody_called_and_the_team_is_told_once(after: Aftermath) -> None:
    vera = await person(after, VERA, "89161234567")
    await vera.commits(REQUEST_CALLBACK, when="сегодня в 18:00", phone="89161234567")
    ((due_at, payload),) = await after.waiting("callback_due")
    await after.do_next("callback_due")
    ((overdue_at, _),) = await after.waiting("callback_overdue")
    await after.do_next("callback_overdue")
    await after.do("callback_overdue", payload)

    assert (due_at, overdue_at) == (at(22, 18), at(22, 18, 15))
    assert [kind for kind, _ in await after.notices()] == ["callback_requested", "callback_due", "callback_overdue"]
    assert await after.stage.owner.fetchval("select count(*) from notices where kind = 'callback_overdue'") == 1


async def test_no_answer_is_tried_again_and_an_outcome_ends_it(after: Aftermath) -> None:
    vera = await person(after, VERA, "89161234567")
    noted = await vera.commits(REQUEST_CALLBACK, phone="89161234567")
    async with shop(after) as tx:
        again = await call_again(tx, noted["id"], wait=timedelta(minutes=30), now=after.stage.clock.now())
    stale = (await after.waiting("callback_overdue"))[0][1]
    await after.do("callback_overdue", stale, at=after.stage.clock.now() + timedelta(minutes=20))
    async with shop(after) as tx:
        closed = await close(tx, noted["id"], Outcome.REACHED, now=after.stage.clock.now())
        with pytest.raises(CallbackClosed):
            await close(tx, noted["id"], Outcome.REACHED, now=after.stage.clock.now())
    await after.do_next("callback_due")

    assert (again.attempts, again.outcome, closed.outcome) == (1, None, Outcome.REACHED)
    assert await after.notices() == []


async def test_the_receptionist_asks_for_the_number_and_passes_the_wish_on(after: Aftermath) -> None:
    stage = after.stage
    turns = Turns(stage.db, stage.clock, SameModels(ScriptedReceptionist()), stage.turns.tools, stage.caps)

    async def hear(text: str) -> str:
        await stage.write(text, user=DINA)
        await stage.take_in()
        for claim in await turns.claim(worker=1, limit=10):
            await turns.run_turn(claim)
        return (await stage.said(DINA))[-1]

    asked = await hear("наберите меня сегодня после шести")
    noted = await hear("89161234567")

    assert asked.endswith("По какому номеру вам перезвонить?")
    assert "вам перезвонят по номеру +7 916 123-45-67. Не раньше: воскресенье, 22 ноября, 18:00." in noted
    assert await stage.owner.fetchval("select wish from callbacks where outcome is null") == "наберите меня сегодня после шести"
