"""Moves and cancellations: proposals like holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.bookings.conftest import MINUTES, NOW, Asker, at, events_of, force, status_of, timed
from valera.bookings.life.booking import BookingUnclear, BookingUnknown, list_client_bookings
from valera.bookings.life.change import SlotTaken
from valera.bookings.life.status import Status
from valera.bookings.proposals.decide import decline
from valera.bookings.proposals.offer import Purpose, offer
from valera.bookings.proposals.proposal import ProposalExpired, ProposalKind, open_proposal
from valera.bookings.proposals.propose import propose_cancel, propose_move, take_offer
from valera.kit.db import execute

if TYPE_CHECKING:
    from datetime import datetime

    from tests.cast import World
    from valera.bookings.proposals.proposal import Proposal
    from valera.kit.db import AccountTx

DECEMBER_1 = at(30, 12) + 24 * 60 * MINUTES
LATE = NOW + 11 * MINUTES


async def move(tx: AccountTx, asker: Asker, start: datetime, *, number: int | None = None, now: datetime = NOW) -> Proposal:
    key = await asker.is_offered(tx, start, now=now)
    return await propose_move(
        tx, chat_id=asker.chat_id, client_id=asker.client_id, number=number, slot_key=key, turn_id=asker.turn_id, now=now
    )


async def cancel(tx: AccountTx, asker: Asker, *, number: int | None = None, now: datetime = NOW) -> Proposal:
    return await propose_cancel(tx, chat_id=asker.chat_id, client_id=asker.client_id, number=number, turn_id=asker.turn_id, now=now)


async def close_second_bay(tx: AccountTx) -> None:
    await execute(tx, "update bays set is_open = false where name = 'Пост 2'")


async def test_a_move_is_real_after_the_yes_and_not_before(tx: AccountTx, anna: Asker) -> None:
    proposal = await move(tx, anna, at(24, 15))
    assert (proposal.kind, proposal.number, proposal.starts_at, proposal.previous_start) == (ProposalKind.MOVE, 1, at(24, 15), DECEMBER_1)
    assert (await list_client_bookings(tx, anna.client_id, NOW))[0].starts_at == DECEMBER_1
    accepted = await anna.accepts(tx, proposal)
    assert (timed(accepted).starts_at, accepted.booking.number, accepted.previous_start) == (at(24, 15), 1, DECEMBER_1)
    assert await events_of(tx, accepted.booking.id) == ["confirmed by client", "moved by client"]


async def test_a_repeated_yes_to_a_move_tells_the_same(tx: AccountTx, anna: Asker) -> None:
    proposal = await move(tx, anna, at(24, 15))
    first = await anna.accepts(tx, proposal)
    assert await anna.accepts(tx, proposal, now=LATE) == first


async def test_a_move_keeps_the_length_of_its_booking(tx: AccountTx, anna: Asker) -> None:
    accepted = await anna.books(tx, at(23, 10), minutes=180)
    moved = await anna.accepts(tx, await move(tx, anna, at(24, 15), number=accepted.booking.number))
    assert timed(moved).ends_at - timed(moved).starts_at == 180 * MINUTES


async def test_a_booking_does_not_stand_in_its_own_way(tx: AccountTx, anna: Asker) -> None:
    await close_second_bay(tx)
    accepted = await anna.accepts(tx, await move(tx, anna, DECEMBER_1 + 30 * MINUTES))
    assert timed(accepted).starts_at == DECEMBER_1 + 30 * MINUTES


async def test_an_open_move_keeps_its_new_time_free_until_it_ends(tx: AccountTx, anna: Asker, boris: Asker) -> None:
    await close_second_bay(tx)
    await move(tx, anna, at(24, 15))
    with pytest.raises(SlotTaken):
        await boris.holds(tx, at(24, 15, 30))
    assert (await boris.holds(tx, at(24, 15, 30), now=LATE)).starts_at == at(24, 15, 30)


async def test_a_declined_move_frees_what_it_kept_and_leaves_the_booking(tx: AccountTx, anna: Asker, boris: Asker) -> None:
    await close_second_bay(tx)
    proposal = await move(tx, anna, at(24, 15))
    await decline(tx, chat_id=anna.chat_id, key=proposal.key, now=NOW)
    await boris.holds(tx, at(24, 15))
    assert await status_of(tx, proposal.booking_id) == "confirmed"


async def test_a_move_whose_bay_closed_takes_another_or_is_refused(tx: AccountTx, anna: Asker) -> None:
    proposal = await move(tx, anna, at(24, 15))
    await execute(tx, "update bays set is_open = id <> $1", proposal.bay_id)
    assert timed(await anna.accepts(tx, proposal)).bay_id != proposal.bay_id
    again = await move(tx, anna, at(25, 15))
    await execute(tx, "update bays set is_open = false")
    with pytest.raises(SlotTaken):
        await anna.accepts(tx, again)


async def test_an_expired_move_is_not_made(tx: AccountTx, anna: Asker) -> None:
    proposal = await move(tx, anna, at(24, 15))
    with pytest.raises(ProposalExpired):
        await anna.accepts(tx, proposal, now=LATE)


async def test_a_booking_that_was_cancelled_meanwhile_cannot_be_moved(tx: AccountTx, anna: Asker) -> None:
    proposal = await move(tx, anna, at(24, 15))
    await force(tx, "update bookings set status = 'cancelled' where id = $1", proposal.booking_id)
    with pytest.raises(ProposalExpired):
        await anna.accepts(tx, proposal)


async def test_a_cancellation_is_real_after_the_yes(tx: AccountTx, anna: Asker) -> None:
    proposal = await cancel(tx, anna)
    assert await status_of(tx, proposal.booking_id) == "confirmed"
    accepted = await anna.accepts(tx, proposal)
    assert (accepted.kind, accepted.booking.status) == (ProposalKind.CANCEL, Status.CANCELLED)
    assert await events_of(tx, accepted.booking.id) == ["confirmed by client", "cancelled by client"]
    assert await anna.accepts(tx, proposal) == accepted
    assert await list_client_bookings(tx, anna.client_id, NOW) == []


async def test_the_same_move_or_cancellation_again_renews_its_proposal(tx: AccountTx, anna: Asker) -> None:
    for propose in (cancel, partial(move, start=at(24, 15))):
        first = await propose(tx, asker=anna)
        again = await propose(tx, asker=anna, now=NOW + 5 * MINUTES)
        assert again.key == first.key
        assert again.expires_at == first.expires_at + 5 * MINUTES


async def test_a_cancelled_time_is_free_again(tx: AccountTx, anna: Asker, boris: Asker) -> None:
    await close_second_bay(tx)
    booked = await anna.books(tx, at(23, 11))
    await anna.accepts(tx, await cancel(tx, anna, number=booked.booking.number))
    assert (await boris.books(tx, at(23, 11))).booking.number == 3


async def test_without_a_number_the_only_booking_is_meant(tx: AccountTx, anna: Asker) -> None:
    assert (await cancel(tx, anna)).number == 1


async def test_without_a_number_several_bookings_are_unclear(tx: AccountTx, anna: Asker) -> None:
    await anna.books(tx, at(23, 11))
    with pytest.raises(BookingUnclear) as unclear:
        await cancel(tx, anna)
    assert [booking.number for booking in unclear.value.bookings] == [2, 1]


@pytest.mark.parametrize("number", [None, 1, 2, 10**30, -1])
async def test_another_clients_booking_is_not_found(tx: AccountTx, boris: Asker, number: int | None) -> None:
    with pytest.raises(BookingUnknown):
        await cancel(tx, boris, number=number)
    with pytest.raises(BookingUnknown):
        await move(tx, boris, at(24, 15), number=number)


async def test_what_has_begun_can_be_neither_moved_nor_cancelled(tx: AccountTx, anna: Asker) -> None:
    with pytest.raises(BookingUnknown):
        await cancel(tx, anna, now=DECEMBER_1)
    await force(tx, "update bookings set status = 'arrived'")
    with pytest.raises(BookingUnknown):
        await move(tx, anna, at(24, 15))


async def test_a_second_booking_is_a_second_proposal_and_the_first_one_stays(tx: AccountTx, anna: Asker) -> None:
    await anna.books(tx, at(23, 11))
    assert [booking.number for booking in await list_client_bookings(tx, anna.client_id, NOW)] == [2, 1]


async def test_a_move_gives_way_to_a_cancellation_in_the_same_chat(tx: AccountTx, anna: Asker) -> None:
    moved = await move(tx, anna, at(24, 15))
    cancelled = await cancel(tx, anna)
    assert await open_proposal(tx, anna.chat_id, NOW) == cancelled
    with pytest.raises(ProposalExpired):
        await anna.accepts(tx, moved)


async def test_a_slot_that_was_looked_for_in_order_to_move_moves(tx: AccountTx, anna: Asker) -> None:
    (booking,) = await list_client_bookings(tx, anna.client_id, NOW)
    (shown,) = await offer(tx, anna.chat_id, [at(24, 15)], Purpose("", 60, booking), now=NOW, hours=24)
    proposal = await take_offer(tx, chat_id=anna.chat_id, client_id=anna.client_id, offer_key=shown.key, turn_id=None, now=NOW)
    assert (shown.moves, proposal.kind, proposal.number) == (1, ProposalKind.MOVE, 1)


async def test_rival_sees_nothing(world: World, tx: AccountTx, anna: Asker) -> None:
    rival = world.rival
    assert await list_client_bookings(tx, rival.client_id, NOW) == []
    with pytest.raises(BookingUnknown):
        await propose_cancel(tx, chat_id=anna.chat_id, client_id=rival.client_id, number=rival.booking_number, turn_id=None, now=NOW)
