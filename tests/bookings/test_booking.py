"""Hold, accept, decline, expire: on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from tests.bookings.conftest import MINUTES, NOW, Asker, at, events_of, force, plant_askers, status_of, timed
from valera.bookings.life.change import SlotTaken
from valera.bookings.life.status import Status, StatusConflict, require_step, steps_after
from valera.bookings.proposals.decide import accept, decline
from valera.bookings.proposals.holds import expire_stale_holds
from valera.bookings.proposals.proposal import ProposalExpired, ProposalKind, ProposalState, ProposalUnknown, SlotUnknown, open_proposal
from valera.bookings.proposals.propose import hold_slot, take_offer
from valera.bookings.schedule.workshop import close_on, open_bay
from valera.kit.db import Database, execute, value

if TYPE_CHECKING:
    from tests.cast import Shop, World
    from valera.kit.db import AccountTx

LATE = NOW + 11 * MINUTES


async def test_a_hold_keeps_a_bay_and_has_no_number(tx: AccountTx, anna: Asker) -> None:
    proposal = await anna.holds(tx, at(23, 11), service="Бампер")
    assert (proposal.kind, proposal.number, proposal.starts_at, proposal.service) == (ProposalKind.BOOK, None, at(23, 11), "Бампер")
    assert await status_of(tx, proposal.booking_id) == "held"
    assert await events_of(tx, proposal.booking_id) == ["held by assistant"]


async def test_a_yes_makes_a_hold_a_numbered_booking(tx: AccountTx, anna: Asker) -> None:
    accepted = await anna.books(tx, at(23, 11))
    assert (accepted.booking.status, accepted.booking.number, timed(accepted).starts_at) == (Status.CONFIRMED, 2, at(23, 11))
    assert await events_of(tx, accepted.booking.id) == ["held by assistant", "confirmed by client"]


async def test_a_repeated_yes_books_once(tx: AccountTx, anna: Asker) -> None:
    proposal = await anna.holds(tx, at(23, 11))
    first = await anna.accepts(tx, proposal)
    again = await anna.accepts(tx, proposal, now=LATE)
    assert again == first
    assert await value(tx, "select count(*) from bookings where number is not null") == 2


async def test_two_yeses_at_once_book_once(db: Database, anna: Asker) -> None:
    async with db.account_tx() as tx:
        proposal = await anna.holds(tx, at(23, 11))

    async def say_yes() -> int | None:
        async with db.account_tx() as tx:
            return (await anna.accepts(tx, proposal)).booking.number

    assert await asyncio.gather(*(say_yes() for _ in range(6))) == [2] * 6


async def test_the_first_number_of_a_shop_is_one(tx: AccountTx, anna: Asker) -> None:
    await force(tx, "update bookings set status = 'expired', number = null where account_id = current_setting('app.account_id')::bigint")
    await execute(tx, "update counters set value = 0")
    assert (await anna.books(tx, at(23, 11))).booking.number == 1


async def test_a_hundred_clients_who_want_one_slot_get_three_bays_and_no_deadlock(db: Database, database_url: str, garage: Shop) -> None:
    askers = await plant_askers(db, garage, 100)
    async with db.account_tx() as tx:
        await open_bay(tx, "Пост 3")
        keys = [await asker.is_offered(tx, at(23, 11)) for asker in askers]
    crowd = Database(database_url, min_size=20, max_size=20)
    await crowd.open()

    async def hold(asker: Asker, key: str) -> bool:
        with contextlib.suppress(SlotTaken):
            async with crowd.account_tx() as tx:
                await hold_slot(tx, chat_id=asker.chat_id, client_id=asker.client_id, slot_key=key, service=None, turn_id=None, now=NOW)
                return True
        return False

    held = await asyncio.gather(*(hold(asker, key) for asker, key in zip(askers, keys, strict=True)))
    await crowd.close()
    assert sum(held) == 3
    async with db.account_tx() as tx:
        assert await value(tx, "select count(distinct bay_id) from bookings where status = 'held'") == 3
        assert await value(tx, "select count(*) from proposals where state = 'open'") == 3


async def test_numbers_have_no_gaps_whatever_fails(db: Database, garage: Shop) -> None:
    askers = await plant_askers(db, garage, 12)

    async def book(asker: Asker, hour: int, *, fails: bool) -> None:
        with contextlib.suppress(ZeroDivisionError, SlotTaken):
            async with db.account_tx() as tx:
                await asker.books(tx, at(24, hour))
                assert not fails or 1 / 0

    await asyncio.gather(*(book(asker, 9 + n % 4, fails=n % 3 == 0) for n, asker in enumerate(askers)))
    async with db.account_tx() as tx:
        numbers = await value(tx, "select array_agg(number order by number) from bookings where number is not null")
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 4


async def test_a_slot_that_is_taken_meanwhile_is_refused_and_leaves_the_open_proposal(tx: AccountTx, anna: Asker) -> None:
    await open_bay(tx, "Пост 3")
    open_one = await anna.holds(tx, at(23, 15))
    for hour in (11, 11, 11):
        await force(
            tx,
            "insert into bookings (number, status, during, bay_id) select 100 + id, 'confirmed', tstzrange($1, $2), id from bays"
            " where account_id = current_setting('app.account_id')::bigint"
            "   and is_open and id not in (select bay_id from bookings where during && tstzrange($1, $2)) limit 1",
            at(23, hour),
            at(23, hour + 1),
        )
    with pytest.raises(SlotTaken):
        await anna.holds(tx, at(23, 11))
    assert timed(await anna.accepts(tx, open_one)).starts_at == at(23, 15)


async def test_a_new_wish_frees_what_the_old_one_held(tx: AccountTx, anna: Asker) -> None:
    old = await anna.holds(tx, at(23, 11))
    new = await anna.holds(tx, at(23, 15))
    assert await status_of(tx, old.booking_id) == "expired"
    assert await events_of(tx, old.booking_id) == ["held by assistant", "expired by system"]
    assert await open_proposal(tx, anna.chat_id, NOW) == new
    with pytest.raises(ProposalExpired):
        await anna.accepts(tx, old)


async def test_the_same_wish_again_renews_the_proposal(tx: AccountTx, anna: Asker) -> None:
    first = await anna.holds(tx, at(23, 11))
    again = await anna.holds(tx, at(23, 11), now=NOW + 5 * MINUTES)
    assert again.key == first.key
    assert (await anna.accepts(tx, first, now=LATE)).booking.number == 2


async def test_an_expired_hold_cannot_be_accepted_even_if_the_slot_is_free(tx: AccountTx, anna: Asker) -> None:
    proposal = await anna.holds(tx, at(23, 11))
    with pytest.raises(ProposalExpired):
        await anna.accepts(tx, proposal, now=LATE)
    assert await open_proposal(tx, anna.chat_id, LATE) is None
    assert await status_of(tx, proposal.booking_id) == "expired"


async def test_a_stale_hold_makes_room_for_the_next_client(tx: AccountTx, anna: Asker, boris: Asker) -> None:
    await execute(tx, "update bays set is_open = false where name = 'Пост 2'")
    await anna.holds(tx, at(23, 11))
    with pytest.raises(SlotTaken):
        await boris.holds(tx, at(23, 11))
    assert (await boris.holds(tx, at(23, 11), now=LATE)).starts_at == at(23, 11)


async def test_the_sweeper_ends_what_waited_too_long_and_nothing_else(tx: AccountTx, anna: Asker, boris: Asker) -> None:
    stale = await anna.holds(tx, at(23, 11))
    fresh = await boris.holds(tx, at(23, 11), now=NOW + 5 * MINUTES)
    assert await expire_stale_holds(tx, LATE) == [stale.booking_id]
    assert await expire_stale_holds(tx, LATE) == []
    assert await status_of(tx, fresh.booking_id) == "held"
    assert await events_of(tx, stale.booking_id) == ["held by assistant", "expired by system"]


async def test_a_no_frees_the_bay_and_may_be_said_twice(tx: AccountTx, anna: Asker) -> None:
    proposal = await anna.holds(tx, at(23, 11))
    for _ in range(2):
        declined = await decline(tx, chat_id=anna.chat_id, key=proposal.key, now=NOW)
        assert declined.state is ProposalState.DECLINED
    assert await status_of(tx, proposal.booking_id) == "expired"
    with pytest.raises(ProposalExpired):
        await anna.accepts(tx, proposal)


async def test_a_no_after_the_yes_changes_nothing(tx: AccountTx, anna: Asker) -> None:
    proposal = await anna.holds(tx, at(23, 11))
    await anna.accepts(tx, proposal)
    assert (await decline(tx, chat_id=anna.chat_id, key=proposal.key, now=NOW)).state is ProposalState.ACCEPTED
    assert await status_of(tx, proposal.booking_id) == "confirmed"


async def test_another_chat_cannot_say_yes_or_no(tx: AccountTx, anna: Asker, boris: Asker) -> None:
    proposal = await anna.holds(tx, at(23, 11))
    with pytest.raises(ProposalUnknown):
        await boris.accepts(tx, proposal)
    with pytest.raises(ProposalUnknown):
        await decline(tx, chat_id=boris.chat_id, key=proposal.key, now=NOW)


async def test_another_chats_offer_is_unknown(tx: AccountTx, anna: Asker, boris: Asker) -> None:
    key = await anna.is_offered(tx, at(23, 11))
    with pytest.raises(SlotUnknown):
        await take_offer(tx, chat_id=boris.chat_id, client_id=boris.client_id, offer_key=key, turn_id=None, now=NOW)


@pytest.mark.parametrize("key", ["nope", "", "\x00", "\ud800", "k7f2-99999999999999999999", "'; drop table bookings"])
async def test_a_key_that_nobody_made_is_unknown(tx: AccountTx, anna: Asker, key: str) -> None:
    with pytest.raises(SlotUnknown):
        await take_offer(tx, chat_id=anna.chat_id, client_id=anna.client_id, offer_key=key, turn_id=None, now=NOW)
    with pytest.raises(ProposalUnknown):
        await accept(tx, chat_id=anna.chat_id, key=key, message_id=anna.message_id, now=NOW)


async def test_a_button_books_until_its_offer_ends(tx: AccountTx, anna: Asker) -> None:
    key = await anna.is_offered(tx, at(24, 11), service="Бампер")
    later = NOW + 23 * 60 * MINUTES
    proposal = await take_offer(tx, chat_id=anna.chat_id, client_id=anna.client_id, offer_key=key, turn_id=None, now=later)
    assert (proposal.starts_at, proposal.service) == (at(24, 11), "Бампер")
    with pytest.raises(SlotUnknown):
        await take_offer(tx, chat_id=anna.chat_id, client_id=anna.client_id, offer_key=key, turn_id=None, now=later + 90 * MINUTES)


async def test_a_slot_is_gone_when_its_day_became_a_holiday(tx: AccountTx, anna: Asker) -> None:
    key = await anna.is_offered(tx, at(23, 11))
    await close_on(tx, at(23, 11).date(), "Переезд")
    with pytest.raises(SlotUnknown):
        await take_offer(tx, chat_id=anna.chat_id, client_id=anna.client_id, offer_key=key, turn_id=None, now=NOW)


async def test_a_slot_is_gone_when_its_lead_is_over(tx: AccountTx, anna: Asker) -> None:
    key = await anna.is_offered(tx, at(22, 15))
    with pytest.raises(SlotUnknown):
        await take_offer(tx, chat_id=anna.chat_id, client_id=anna.client_id, offer_key=key, turn_id=None, now=NOW + 40 * MINUTES)


async def test_a_work_named_only_when_holding_takes_its_own_time(tx: AccountTx, anna: Asker) -> None:
    await execute(tx, "update service_durations set minutes = 180")
    key = await anna.is_offered(tx, at(23, 11))
    proposal = await hold_slot(
        tx, chat_id=anna.chat_id, client_id=anna.client_id, slot_key=key, service="окраска бампера", turn_id=None, now=NOW
    )
    assert (proposal.starts_at, proposal.ends_at) == (at(23, 11), at(23, 14))


async def test_a_writer_who_does_not_know_the_lock_is_stopped_by_the_constraint(db: Database, anna: Asker) -> None:
    async with db.account_tx() as tx:
        key = await anna.is_offered(tx, at(23, 11))
        await execute(tx, "update bays set is_open = false where name = 'Пост 2'")
    async with db.account_tx() as board, db.account_tx() as tx:
        await force(
            board,
            "insert into bookings (number, status, during, bay_id) select 50, 'confirmed', tstzrange($1, $2), id from bays"
            " where is_open and account_id = current_setting('app.account_id')::bigint",
            at(23, 11),
            at(23, 12),
        )
        hold = asyncio.ensure_future(
            hold_slot(tx, chat_id=anna.chat_id, client_id=anna.client_id, slot_key=key, service=None, turn_id=None, now=NOW)
        )
        await asyncio.sleep(0.2)
        await board.connection.execute("commit")
        with pytest.raises(SlotTaken):
            await hold
        assert await value(tx, "select count(*) from proposals where state = 'open'") == 0


async def test_a_booking_is_tracked_for_the_owner(tx: AccountTx, anna: Asker) -> None:
    accepted = await anna.books(tx, at(23, 11))
    properties = await value(tx, "select properties from analytics_events where event_type = 'booked'")
    assert properties == {"booking": accepted.booking.id, "chat": anna.chat_id}


async def test_rival_sees_nothing(world: World, tx: AccountTx, anna: Asker) -> None:
    rival = world.rival
    with pytest.raises(SlotUnknown):
        await take_offer(tx, chat_id=rival.chat_id, client_id=rival.client_id, offer_key=rival.offer_key, turn_id=None, now=NOW)
    with pytest.raises(ProposalUnknown):
        await accept(tx, chat_id=rival.chat_id, key=rival.proposal_key, message_id=anna.message_id, now=NOW)
    assert await open_proposal(tx, rival.chat_id, NOW) is None


def test_every_status_has_its_next_steps_and_ends_stay_ends() -> None:
    assert {status for status in Status if not steps_after(status)} == {Status.DONE, Status.CANCELLED, Status.EXPIRED}
    require_step(Status.HELD, Status.CONFIRMED)
    with pytest.raises(StatusConflict):
        require_step(Status.EXPIRED, Status.CONFIRMED)
