"""Many clients at once, doing what comes into their minds: afterwards everything still adds up."""

from __future__ import annotations

import asyncio
import contextlib
import random
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.bookings.conftest import MINUTES, NOW, Asker, at, plant_askers
from valera.bookings.life.booking import BookingUnclear, BookingUnknown
from valera.bookings.life.change import SlotTaken
from valera.bookings.proposals.decide import decline
from valera.bookings.proposals.holds import expire_stale_holds
from valera.bookings.proposals.proposal import ProposalExpired, SlotUnknown, open_proposal
from valera.bookings.proposals.propose import propose_cancel, propose_move
from valera.kit.db import Database, value

if TYPE_CHECKING:
    from tests.cast import Shop

REFUSED = (SlotTaken, SlotUnknown, ProposalExpired, BookingUnknown, BookingUnclear)


async def live(db: Database, asker: Asker, seed: int) -> None:
    """Twelve steps, the clock going on by two minutes at each."""
    dice = random.Random(seed)
    for step in range(12):
        now = NOW + 2 * step * MINUTES
        with contextlib.suppress(*REFUSED):
            async with db.account_tx() as tx:
                proposal = await open_proposal(tx, asker.chat_id, now)
                match dice.randrange(6):
                    case 0 | 1:
                        await asker.holds(tx, at(23, dice.randrange(9, 12)), minutes=dice.choice([30, 60, 90]), now=now)
                    case 2:
                        key = await asker.is_offered(tx, at(23, dice.randrange(9, 12), 30), now=now)
                        await propose_move(
                            tx, chat_id=asker.chat_id, client_id=asker.client_id, number=None, slot_key=key, turn_id=None, now=now
                        )
                    case 3 if proposal is None:
                        await propose_cancel(tx, chat_id=asker.chat_id, client_id=asker.client_id, number=None, turn_id=None, now=now)
                    case 4 if proposal is not None and dice.random() < 0.3:
                        await decline(tx, chat_id=asker.chat_id, key=proposal.key, now=now)
                    case _ if proposal is not None:
                        await asker.accepts(tx, proposal, now=now)
                    case _:
                        await expire_stale_holds(tx, now)


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_clients_do_at_once_everything_adds_up(db: Database, garage: Shop, seed: int) -> None:
    askers = await plant_askers(db, garage, 10)
    await asyncio.gather(*(live(db, asker, 100 * seed + n) for n, asker in enumerate(askers)))
    async with db.account_tx() as tx:
        ask = partial(value, tx)
        numbers = await ask("select array_agg(number order by number) from bookings where number is not null")
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) > 3
        events = dict(await tx.connection.fetch("select event, count(*) from booking_events group by event"))
        real = await ask("select count(*) from bookings where status in ('confirmed', 'cancelled')")
        ended = await ask("select count(*) from bookings where status = 'expired'")
        assert (events["confirmed"], events.get("expired", 0)) == (real, ended)
        reserved_twice = """select count(*) from proposals p join bookings b on b.bay_id = p.bay_id and b.during && p.during
                             where p.state = 'open' and p.kind = 'move' and b.id <> p.booking_id
                               and b.status not in ('cancelled', 'expired', 'no_show')"""
        assert await ask(reserved_twice) == 0
        held_without_proposal = """select count(*) from bookings b where b.status = 'held'
                                      and not exists (select from proposals p where p.booking_id = b.id and p.state = 'open')"""
        assert await ask(held_without_proposal) == 0
