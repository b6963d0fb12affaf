"""Everything that clients, members, time and a clumsy programmer can do to bookings, in any order, against a model of ten lines.

Each example is one transaction, undone at its end; after each step the deferred rules of the database are asked at once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import asyncpg
import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.bookings.conftest import NOW, Asker, at, plant_askers_in
from tests.cast import World
from valera.bookings.desk import acting
from valera.bookings.desk.acting import AlreadyThere, Caller, NotItsDay
from valera.bookings.desk.times import Term, TimeInvalid, TimeTaken
from valera.bookings.life.booking import BookingUnclear, BookingUnknown, get_by_number
from valera.bookings.life.change import SlotTaken
from valera.bookings.life.status import StatusConflict
from valera.bookings.proposals.decide import accept, decline
from valera.bookings.proposals.holds import expire_stale_holds
from valera.bookings.proposals.offer import Purpose, offer
from valera.bookings.proposals.proposal import Proposal, ProposalExpired, ProposalKind, SecondWish, SlotUnknown, open_proposal
from valera.bookings.proposals.propose import propose_cancel, propose_move, propose_request, take_offer
from valera.kit.db import AccountTx, Database, account_scope, value

T = TypeVar("T")
BAYS = 2
HOUR = timedelta(hours=1)
HOURS = st.integers(9, 13)
"""Few enough that bays run out."""
WHO = st.integers(0, 2)
WHICH = st.integers(1, 6)
REFUSED = (
    SlotTaken,
    SlotUnknown,
    ProposalExpired,
    BookingUnknown,
    BookingUnclear,
    SecondWish,
    TimeTaken,
    TimeInvalid,
    NotItsDay,
    AlreadyThere,
)
NEXT = {  # written down once more, apart from the code that it judges
    "held": {"requested", "confirmed", "expired"},
    "requested": {"confirmed", "cancelled"},
    "confirmed": {"arrived", "cancelled", "no_show", "confirmed"},
    "arrived": {"in_work", "cancelled"},
    "in_work": {"done"},
    "no_show": {"arrived"},
    "done": set[str](),
    "cancelled": set[str](),
    "expired": set[str](),
}
ACTS = {"arrived": acting.arrive, "in_work": acting.begin, "done": acting.finish, "no_show": acting.give_up}


class Book(RuleBasedStateMachine):
    """``status`` is what the model believes of each number."""

    world: World
    url: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.now = NOW
        self.status: dict[int, str] = {1: "confirmed"}
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        self.scope = account_scope(self.world.garage.account_id)
        self.scope.__enter__()
        self.db = Database(self.url, min_size=1, max_size=1)
        await self.db.open()
        self.opened = self.db.account_tx()
        self.tx: AccountTx = await self.opened.__aenter__()
        await self.tx.connection.execute("set local idle_in_transaction_session_timeout = 0")  # a step may take its time
        self.askers: list[Asker] = await plant_askers_in(self.tx, self.world.garage, 3)

    def teardown(self) -> None:
        self.runner.run(self._end())
        self.runner.close()

    async def _end(self) -> None:
        with contextlib.suppress(ZeroDivisionError):
            await self.opened.__aexit__(ZeroDivisionError, ZeroDivisionError(), None)
        await self.db.close()
        self.scope.__exit__(None, None, None)

    def do(self, act: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
        """None: refused, with a reason, and nothing has changed."""

        async def attempt() -> T | None:
            try:
                async with self.tx.savepoint():
                    done = await act()
                    await self.tx.connection.execute("set constraints all immediate; set constraints all deferred")
                    return done
            except REFUSED:
                return None

        return self.runner.run(attempt())

    # ---- clients --------------------------------------------------------------------------------

    @rule(who=WHO, hour=HOURS, moves=st.booleans(), number=WHICH)
    def wishes(self, who: int, hour: int, number: int, *, moves: bool) -> None:
        asker = self.askers[who]

        async def act() -> Proposal:
            (shown,) = await offer(self.tx, asker.chat_id, [at(23, hour)], Purpose("", 60), now=self.now, hours=24)
            if not moves:
                return await take_offer(
                    self.tx, chat_id=asker.chat_id, client_id=asker.client_id, offer_key=shown.key, turn_id=None, now=self.now
                )
            return await propose_move(
                self.tx, chat_id=asker.chat_id, client_id=asker.client_id, number=number, slot_key=shown.key, turn_id=None, now=self.now
            )

        self.do(act)

    @rule(who=WHO)
    def asks_the_shop_to_name_a_time(self, who: int) -> None:
        asker = self.askers[who]
        self.do(
            lambda: propose_request(
                self.tx, chat_id=asker.chat_id, client_id=asker.client_id, service="", wish="утром", turn_id=None, now=self.now
            )
        )

    @rule(who=WHO, number=WHICH)
    def wants_to_cancel(self, who: int, number: int) -> None:
        asker = self.askers[who]
        self.do(
            lambda: propose_cancel(self.tx, chat_id=asker.chat_id, client_id=asker.client_id, number=number, turn_id=None, now=self.now)
        )

    @rule(who=WHO, times=st.integers(1, 2), is_yes=st.booleans())
    def answers(self, who: int, times: int, *, is_yes: bool) -> None:
        asker = self.askers[who]
        proposal = self.runner.run(open_proposal(self.tx, asker.chat_id, self.now))
        if proposal is None:
            return
        for _ in range(times):
            if not is_yes:
                self.do(lambda: decline(self.tx, chat_id=asker.chat_id, key=proposal.key, now=self.now))
                continue
            accepted = self.do(lambda: accept(self.tx, chat_id=asker.chat_id, key=proposal.key, message_id=asker.message_id, now=self.now))
            if accepted is not None:
                becomes = {ProposalKind.CANCEL: "cancelled", ProposalKind.MOVE: "confirmed"}.get(
                    accepted.kind, "requested" if proposal.starts_at is None else "confirmed"
                )
                self.status[accepted.booking.number or 0] = becomes

    # ---- members --------------------------------------------------------------------------------

    @rule(who=WHO, hour=HOURS)
    def writes_down_who_called(self, who: int, hour: int) -> None:
        caller, term = Caller(self.askers[who].client_id, ""), Term(at(23, hour), HOUR)
        acted = self.do(lambda: acting.add(self.tx, caller, term, by=self.world.garage.member_id, now=self.now))
        if acted is not None:
            self.status[acted.booking.number or 0] = "confirmed"

    @rule(number=WHICH, hour=HOURS, is_request=st.booleans())
    def names_a_time(self, number: int, hour: int, *, is_request: bool) -> None:
        by = self.world.garage.member_id
        if is_request:
            self.member_does(
                number, "confirmed", lambda: acting.confirm(self.tx, number, Term(at(23, hour), HOUR), by=by, now=self.now), "requested"
            )
        else:
            self.member_does(number, "confirmed", lambda: acting.move_to(self.tx, number, at(23, hour), by=by, now=self.now), "confirmed")

    @rule(number=WHICH)
    def calls_it_off(self, number: int) -> None:
        by = self.world.garage.member_id
        self.member_does(number, "cancelled", lambda: acting.cancel(self.tx, number, by=by, now=self.now, reason="мастер болен"))

    @rule(number=WHICH, becomes=st.sampled_from(sorted(ACTS)))
    def leads_it_through_its_day(self, number: int, becomes: str) -> None:
        by = self.world.garage.member_id
        self.member_does(number, becomes, lambda: ACTS[becomes](self.tx, number, by=by, now=self.now))

    def member_does(
        self, number: int, becomes: str, act: Callable[[], Coroutine[Any, Any, acting.Acted]], only_from: str | None = None
    ) -> None:
        """Refused for its status if and only if the table of steps says so."""
        stands = self.status.get(number)
        allowed = stands is not None and becomes in NEXT[stands] and only_from in (None, stands)
        try:
            acted = self.do(act)
        except StatusConflict:
            assert stands is not None
            assert not allowed
            return
        if acted is not None:
            assert allowed
            self.status[number] = becomes

    # ---- time, and a clumsy programmer ----------------------------------------------------------

    @rule(minutes=st.sampled_from([1, 11, 60, 1200]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.do(lambda: expire_stale_holds(self.tx, self.now))

    @precondition(lambda self: self.status)
    @rule(data=st.data(), becomes=st.sampled_from(sorted(NEXT)), tells=st.booleans())
    def writes_past_the_code(self, data: st.DataObject, becomes: str, *, tells: bool) -> None:
        """Whatever does not follow, or is not told, the database refuses."""
        number = data.draw(st.sampled_from(sorted(self.status)))
        if becomes in NEXT[self.status[number]] and tells:
            return
        member_id = self.world.garage.member_id

        async def act() -> None:
            booking_id = (await get_by_number(self.tx, number)).id
            touched = "update bookings set status = $2, description = description || '!' where id = $1"
            if becomes == self.status[number]:
                touched = "update bookings set status = $2, during = during + interval '0', bay_id = bay_id where id = $1"
            await self.tx.connection.execute(touched, booking_id, becomes)
            if tells:
                await self.tx.connection.execute(
                    "insert into booking_events (booking_id, event, actor, member_id) values ($1, $2, 'member', $3)",
                    booking_id,
                    becomes,
                    member_id,
                )

        if becomes == self.status[number]:
            return  # nothing changes, so nothing has to be told
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            self.do(act)

    # ---- what is always true --------------------------------------------------------------------

    @invariant()
    def the_book_is_as_the_model_believes(self) -> None:
        rows = self.runner.run(self._fetch("select number, status from bookings where number is not null"))
        assert {row["number"]: row["status"] for row in rows} == self.status
        assert sorted(self.status) == list(range(1, len(self.status) + 1))

    @invariant()
    def events_read_in_order_are_the_life_of_each_booking(self) -> None:
        events = self.runner.run(
            self._fetch(
                "select booking_id, revision, event, status, during, bay_id, actor from booking_events order by booking_id, revision"
            )
        )
        told: dict[int, tuple[Any, ...]] = {}
        for event in events:
            before = told.get(event["booking_id"])
            if before is not None and before[1] is not None:
                assert event["status"] in NEXT[before[1]]
                assert event["revision"] == before[0] + 1
                assert (event["event"] == "moved") == (event["status"] == before[1])
            told[event["booking_id"]] = (event["revision"], event["status"], event["during"], event["bay_id"])
        rows = self.runner.run(self._fetch("select id, revision, status, during, bay_id from bookings"))
        first = self.world.garage.booking_id  # planted by hand, so its first event bears no state
        assert all(told[row["id"]] == tuple(row)[1:] for row in rows if row["id"] != first or row["revision"] > 1)

    @invariant()
    def no_bay_holds_two_cars(self) -> None:
        for hour in range(9, 20):
            taken = self.runner.run(self._fetch(TAKEN, at(23, hour)))[0][0]
            assert taken <= BAYS

    @invariant()
    def whatever_is_held_waits_for_somebodys_yes(self) -> None:
        assert self.runner.run(value(self.tx, HELD_FOR_NOBODY)) == 0

    async def _fetch(self, sql: str, *values: object) -> list[asyncpg.Record]:
        return await self.tx.connection.fetch(sql, *values)


TAKEN = """select count(*) from bookings
            where during @> $1::timestamptz and status not in ('cancelled', 'expired', 'no_show')"""
HELD_FOR_NOBODY = """select count(*) from bookings b where b.status = 'held'
                        and not exists (select from proposals p where p.booking_id = b.id and p.state = 'open')"""


def test_whatever_happens_the_book_adds_up(world: World, database_url: str) -> None:
    machine = type("Book", (Book,), {"world": world, "url": database_url})
    rare = settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    run_state_machine_as_test(machine, settings=rare)
