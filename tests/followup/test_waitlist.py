"""The waitlist: in order, to one at a time, in waking hours; whoever says yes first has the time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.followup.conftest import Aftermath
from tests.followup.people import Person, person, shop
from valera.chats.chat import take_over
from valera.followup.waitlist.offering import match
from valera.followup.waitlist.tools import JOIN_WAITLIST, LEAVE_WAITLIST
from valera.kit.jobs.job import Job

VISIT = datetime(2026, 12, 1, 9, tzinfo=UTC)
VERA, DINA, LEV = 900_021, 900_022, 900_023
WISH = "1 декабря в 12:00"


@pytest.fixture
async def queue(after: Aftermath) -> list[Person]:
    """One bay, taken at the time that Vera, Dina and Lev wish, in this order; it is noon in Moscow on the day before."""
    await after.stage.owner.execute("update bays set is_open = false where id = $1", after.stage.shop.bays[1])
    await after.notice_changes()
    after.stage.clock.at = datetime(2026, 11, 30, 9, tzinfo=UTC)
    people = [await person(after, user) for user in (VERA, DINA, LEV)]
    for one in people:
        await one.commits(JOIN_WAITLIST, when=WISH)
    return people


async def offered(people: list[Person]) -> list[bool]:
    return [any(text.startswith("Освободилось время") for text in await one.said()) for one in people]


async def key_of(one: Person, title: str = "Да, записать") -> str:
    return (await one.buttons())[title]


async def test_only_a_time_that_is_taken_is_waited_for(after: Aftermath, queue: list[Person]) -> None:
    vera, dina, _ = queue
    again = await vera.commits(JOIN_WAITLIST, when=WISH)
    free = await dina.asks(JOIN_WAITLIST, when="1 декабря в 15:00")
    unclear = await dina.asks(JOIN_WAITLIST, when="когда-нибудь")
    await dina.commits(JOIN_WAITLIST, when=WISH, service="бампер, звоните +79001234567")
    service = await after.stage.owner.fetchval("select service from waitlist order by id desc limit 1")

    assert again["text"] == "Вы уже в листе ожидания: вторник, 1 декабря, 12:00. Если время освободится, сразу напишу вам."
    assert (free, unclear) == ("Ждать не нужно: на это время сейчас есть место.", "На какой день и на какое время ждать?")
    assert service == "бампер"  # a model's words go no further than what names a work
    assert await after.stage.owner.fetchval("select count(*) from waitlist where state = 'waiting'") == 4


async def test_a_freed_time_goes_to_one_after_the_other(after: Aftermath, queue: list[Person]) -> None:
    vera, dina, _ = queue
    await after.change("cancelled")
    await after.do_next("waitlist_match")
    first = await offered(queue)
    text, until = (await vera.said())[-1], (await after.waiting("waitlist_offer_over"))[0][0]
    skipped = await vera.presses(await key_of(vera, "Пропустить"))
    await after.do_next("waitlist_match")
    second = await offered(queue)
    await after.do_next("waitlist_offer_over")  # Vera's, decided long ago
    await after.do_next("waitlist_offer_over")  # Dina's, which nobody answers
    await after.do_next("waitlist_match")

    assert text.splitlines() == [
        "Освободилось время, которого вы ждали: вторник, 1 декабря, 12:00. Записать вас?",
        "Предложение ждёт вашего ответа до: понедельник, 30 ноября, 12:15.",
    ]
    assert until == datetime(2026, 11, 30, 9, 15, tzinfo=UTC)
    assert skipped.startswith("Хорошо. Вы остаётесь в листе ожидания.")
    assert (first, second, await offered(queue)) == ([True, False, False], [True, True, False], [True, True, True])
    assert len([text for text in await dina.said() if "Освободилось" in text]) == 1


async def test_a_yes_books_it_and_the_same_press_again_books_nothing_more(after: Aftermath, queue: list[Person]) -> None:
    vera, dina, _ = queue
    await after.change("cancelled")
    await after.do_next("waitlist_match")
    key = await key_of(vera)
    card, again = await vera.presses(key), await vera.presses(key)
    await after.notice_changes()
    for _ in range(3):
        await after.do_next("waitlist_match")

    assert card.splitlines()[:2] == ["Запись № 2", "Вторник, 1 декабря, 12:00"]
    assert "Запись № 2" in again
    assert await offered(queue) == [True, False, False]
    assert await after.stage.owner.fetchval("select count(*) from bookings where status = 'confirmed'") == 1 + 1  # and the rival's
    assert (await dina.presses(key)).startswith("Это предложение уже не действует")


async def test_first_accept_wins_however_many_press_at_once(after: Aftermath, queue: list[Person]) -> None:
    """Three late presses on one freed time: its offers are over, and the time is still free."""
    await after.change("cancelled")
    await after.do_next("waitlist_match")
    keys = [await key_of(queue[0])]
    for one in queue[1:]:
        await after.do_next("waitlist_offer_over")
        await after.do_next("waitlist_match")
        keys.append(await key_of(one))
    for one, key in zip(queue, keys, strict=True):
        await after.stage.press(key, user=one.user)
    claims = await after.stage.claim_mailboxes()
    await asyncio.gather(*(after.stage.intake.take_in(claim) for claim in claims))
    told = [(await one.said())[-1] for one in queue]

    assert sorted(text.split()[0] for text in told) == ["Запись", "Это", "Это"]
    assert sum("уже занято" in text for text in told) == 2
    assert (
        await after.stage.owner.fetchval("select count(*) from bookings where status = 'confirmed' and during @> $1::timestamptz", VISIT)
        == 2
    )


async def test_somebody_who_never_waited_may_be_faster(after: Aftermath, queue: list[Person]) -> None:
    vera, _, lev = queue
    await after.change("cancelled")
    await after.do_next("waitlist_match")
    await lev.books(VISIT)
    told = await vera.presses(await key_of(vera))
    await after.notice_changes()

    assert told == "Это время уже занято. Вы остаётесь в листе ожидания: освободится другое, напишу."
    states = await after.stage.rows("select state from waitlist where state <> 'expired' order by id")
    assert [row["state"] for row in states] == ["waiting", "waiting", "booked"]


async def test_two_looks_at_once_make_one_offer(after: Aftermath, queue: list[Person]) -> None:
    await after.change("cancelled")
    await asyncio.gather(*(after.do("waitlist_match", {}) for _ in range(4)))
    assert await offered(queue) == [True, False, False]
    with pytest.raises(asyncpg.ExclusionViolationError):
        await after.stage.owner.execute(
            "insert into waitlist_offers (account_id, entry_id, key, during, expires_at)"
            " select account_id, entry_id, 'other', during, expires_at from waitlist_offers where state = 'open'"
        )


async def test_killed_before_the_commit_it_offers_once_all_the_same(after: Aftermath, queue: list[Person]) -> None:
    await after.change("cancelled")
    with pytest.raises(RuntimeError, match="killed"):
        await _killed_after_match(after)
    before = await offered(queue)
    await after.do_next("waitlist_match")
    assert (before, await offered(queue)) == ([False] * 3, [True, False, False])


async def test_at_night_it_waits_for_the_morning_and_an_evening_offer_sleeps(after: Aftermath, queue: list[Person]) -> None:
    night = datetime(2026, 11, 30, 20, tzinfo=UTC)
    after.stage.clock.at = night
    await after.change("cancelled")
    await after.do("waitlist_match", {})
    asleep, looks = await offered(queue), [at for at, _ in await after.waiting("waitlist_match")]

    assert asleep == [False] * 3
    assert looks[-1] == datetime(2026, 12, 1, 6, tzinfo=UTC)

    await after.do("waitlist_match", {}, at=datetime(2026, 11, 30, 17, 50, tzinfo=UTC))  # 20:50 in Moscow
    assert (await after.waiting("waitlist_offer_over"))[0][0] == datetime(2026, 12, 1, 6, 5, tzinfo=UTC)


async def test_who_is_gone_or_left_or_talks_to_a_person_is_passed_over(after: Aftermath, queue: list[Person]) -> None:
    vera, dina, lev = queue
    await after.stage.owner.execute("update clients set unreachable_at = now() where id = $1", vera.client_id)
    async with shop(after) as tx:
        await take_over(tx, dina.chat_id, by=after.stage.shop.member_id)
    await after.change("cancelled")
    await after.do_next("waitlist_match")
    passed = await offered(queue)
    left = await lev.commits(LEAVE_WAITLIST)

    assert passed == [False, False, True]
    assert [(kind, details["chat"]) for kind, details in await after.notices()] == [("waitlist_by_person", dina.chat_id)]
    assert left == {"kind": "waitlist_left", "count": 1, "text": "Убрал вас из листа ожидания."}
    assert await lev.asks(LEAVE_WAITLIST) == "В листе ожидания вас нет."
    assert (await lev.presses(await key_of(lev))).startswith("Это предложение уже не действует")


async def test_a_bay_that_is_opened_is_found_within_the_hour(after: Aftermath, queue: list[Person]) -> None:
    await after.stage.owner.execute("update bays set is_open = true")
    await after.do_next("waitlist_match")
    assert (after.stage.clock.at, await offered(queue)) == (datetime(2026, 11, 30, 10, tzinfo=UTC), [True, False, False])


async def test_a_wish_whose_time_is_over_ends(after: Aftermath, queue: list[Person]) -> None:
    (at, _), *_ = await after.waiting("waitlist_wish_over")
    for _ in queue:
        await after.do_next("waitlist_wish_over")
    assert at - VISIT < timedelta(hours=1)
    assert await after.stage.owner.fetchval("select count(*) from waitlist where state = 'waiting'") == 0


async def test_beside_another_booking_the_yes_is_asked_for(after: Aftermath, queue: list[Person]) -> None:
    vera = queue[0]
    await vera.books(VISIT + timedelta(hours=4))
    await after.change("cancelled")
    await after.do_next("waitlist_match")
    question = await vera.presses(await key_of(vera))

    assert "У вас уже есть запись" in question
    assert [data.partition(":")[0] for data in (await vera.buttons()).values()] == ["yes", "no", "instead"]


async def _killed_after_match(after: Aftermath) -> None:
    async with shop(after) as tx:
        await match(tx, Job(1, "waitlist_match", {}, 1), after.stage.clock.now())
        raise RuntimeError("killed")


@pytest.mark.parametrize(("word", "begins"), [("да", "Запись № 2"), ("нет", "Хорошо. Вы остаётесь в листе ожидания.")])
async def test_a_plain_word_answers_the_offer(after: Aftermath, queue: list[Person], word: str, begins: str) -> None:
    vera = queue[0]
    await after.change("cancelled")
    await after.do_next("waitlist_match")
    await after.stage.owner.execute("update deliveries set state = 'sent', sent_at = now() - interval '1 second' where state = 'ready'")
    await after.stage.owner.execute("update turns set state = 'done' where state = 'waiting'")
    await after.stage.owner.execute("update messages set turn_id = (select max(id) from turns) where turn_id is null and account_id = 1")
    await after.stage.write(word, user=vera.user)
    await after.stage.take_in()
    assert (await vera.said())[-1].startswith(begins)
