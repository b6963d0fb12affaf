"""What members do with the book: the same steps and the same bays for everybody, and the client is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.bookings.conftest import MINUTES, NOW, Asker, at, events_of, force, status_of
from tests.disclosure import answer_of
from valera.accounts.notice import open_notices
from valera.bookings.desk import acting
from valera.bookings.desk.acting import Caller, NotItsDay
from valera.bookings.desk.book import list_book, show
from valera.bookings.desk.times import Term, TimeInvalid, TimeTaken, read_time
from valera.bookings.life.booking import Booking, BookingUnknown, list_client_requests
from valera.bookings.life.status import Status, StatusConflict
from valera.bookings.proposals.holds import expire_stale_holds
from valera.bookings.proposals.propose import propose_cancel, propose_request
from valera.bookings.telling.team import note_requests
from valera.chats.chat import Chat
from valera.chats.queries import lock_chat
from valera.kit.db import account_scope, execute, value

if TYPE_CHECKING:
    from tests.cast import Shop, World
    from valera.kit.db import AccountTx, Database

HOUR = timedelta(hours=1)


@pytest.fixture
def by(garage: Shop) -> int:
    return garage.member_id


async def said_to(tx: AccountTx, asker: Asker) -> list[str]:
    """What was put on its way to this client since the shop opened; a file with its first line."""
    rows = await tx.connection.fetch(
        "select text, document from deliveries where chat_id = $1 and state = 'ready' order by id", asker.chat_id
    )
    return [row["document"]["name"] if row["document"] else answer_of(row["text"]) for row in rows]


async def test_a_caller_is_booked_at_any_hour_and_told_nothing_where_there_is_no_chat(tx: AccountTx, by: int) -> None:
    client_id = await value(tx, "insert into clients (name, phone) values ('Пётр', '+79160000009') returning id")
    acted = await acting.add(tx, Caller(client_id, "Бампер"), Term(at(23, 22), HOUR), by=by, now=NOW)
    assert isinstance(acted.booking, Booking)
    assert (acted.booking.number, acted.booking.status, acted.booking.starts_at) == (2, Status.CONFIRMED, at(23, 22))
    assert not acted.is_told
    assert await events_of(tx, acted.booking.id) == ["confirmed by member"]
    (line,) = await list_book(tx, since=at(23, 0), until=at(24, 0))
    assert (line.client, line.phone, line.service) == ("Пётр", "+79160000009", "Бампер")


async def test_a_client_with_a_chat_gets_card_and_file(tx: AccountTx, anna: Asker, by: int) -> None:
    acted = await acting.add(tx, Caller(anna.client_id, "Бампер"), Term(at(23, 11), HOUR), by=by, now=NOW)
    assert acted.is_told
    card, file = await said_to(tx, anna)
    assert card.startswith("Запись № 2\nПонедельник, 23 ноября, 11:00\nБампер\nАвтомобиль: Toyota Camry")
    assert file == "zapis-2.ics"


async def test_a_blocked_client_is_not_written_to(tx: AccountTx, anna: Asker, by: int) -> None:
    await execute(tx, "update clients set unreachable_at = now() where id = $1", anna.client_id)
    acted = await acting.cancel(tx, 1, by=by, now=NOW, reason="нет краски")
    assert (acted.is_told, acted.booking.status) == (False, Status.CANCELLED)
    assert await said_to(tx, anna) == []


async def test_more_cars_than_bays_are_refused_with_the_nearest_free_times(tx: AccountTx, anna: Asker, boris: Asker, by: int) -> None:
    for asker in (anna, boris):
        await asker.books(tx, at(23, 11))
    with pytest.raises(TimeTaken) as taken:
        await acting.add(tx, Caller(boris.client_id, ""), Term(at(23, 11), HOUR), by=by, now=NOW)
    assert taken.value.nearest
    assert at(23, 11) not in taken.value.nearest
    assert "понедельник, 23 ноября, 11:00: every bay is taken. Nearest free times: понедельник, 23 ноября" in taken.value.detail
    with pytest.raises(TimeTaken):
        await acting.move_to(tx, 1, at(23, 11), by=by, now=NOW)
    assert await value(tx, "select max(number) from bookings") == 3


async def test_a_member_moves_and_cancels_with_a_reason_that_the_client_reads(tx: AccountTx, anna: Asker, by: int, garage: Shop) -> None:
    await acting.move_to(tx, 1, at(24, 22), by=by, now=NOW, reason="мастер болен")
    await acting.cancel(tx, 1, by=by, now=NOW, reason="нет краски")
    assert await events_of(tx, garage.booking_id) == ["confirmed by client", "moved by member", "cancelled by member"]
    moved, _, cancelled, _ = await said_to(tx, anna)
    assert moved.startswith("Запись № 1 перенесена\nВторник, 24 ноября, 22:00\nБыло: вторник, 1 декабря, 12:00")
    assert cancelled.splitlines()[0] == "Запись № 1 отменена"
    assert [text.splitlines()[-1] if "Причина" in text.splitlines()[-1] else "Причина" in text for text in (moved, cancelled)]
    _, life = await show(tx, 1)
    assert [(event.event, event.member, event.reason) for event in life[1:]] == [
        ("moved", "Мастер", "мастер болен"),
        ("cancelled", "Мастер", "нет краски"),
    ]


async def test_a_day_of_a_booking(tx: AccountTx, anna: Asker, by: int) -> None:
    number = (await anna.books(tx, at(23, 11))).booking.number or 0
    with pytest.raises(NotItsDay):
        await acting.arrive(tx, number, by=by, now=NOW)
    with pytest.raises(NotItsDay):
        await acting.give_up(tx, number, by=by, now=NOW)
    with pytest.raises(StatusConflict):
        await acting.begin(tx, number, by=by, now=at(23, 11))
    for act in (acting.arrive, acting.begin, acting.finish):
        acted = await act(tx, number, by=by, now=at(23, 11))
    assert acted.booking.status is Status.DONE
    for act in (acting.arrive, acting.begin, acting.finish, acting.give_up):
        with pytest.raises(StatusConflict):
            await act(tx, number, by=by, now=at(23, 12))
    with pytest.raises(StatusConflict):
        await acting.cancel(tx, number, by=by, now=at(23, 12), reason="")


async def test_who_comes_late_the_same_day_gets_a_bay_from_now(tx: AccountTx, anna: Asker, boris: Asker, by: int) -> None:
    late = (await anna.books(tx, at(23, 11))).booking
    assert late.number is not None
    await acting.give_up(tx, late.number, by=by, now=at(23, 12))
    with pytest.raises(NotItsDay):
        await acting.arrive(tx, late.number, by=by, now=at(24, 9))
    acted = await acting.arrive(tx, late.number, by=by, now=at(23, 13, 20))
    assert isinstance(acted.booking, Booking)
    assert (acted.booking.status, acted.booking.starts_at, acted.booking.ends_at) == (Status.ARRIVED, at(23, 13, 20), at(23, 14, 20))

    await boris.books(tx, at(23, 13, 30))
    other = (await boris.books(tx, at(25, 16))).booking
    with pytest.raises(TimeTaken):
        await acting.move_to(tx, other.number or 0, at(23, 13, 30), by=by, now=at(23, 13, 20))


async def test_a_request_waits_for_the_shop_to_name_a_time(tx: AccountTx, anna: Asker, by: int) -> None:
    proposal = await propose_request(
        tx, chat_id=anna.chat_id, client_id=anna.client_id, service="Бампер", wish="на выходных", turn_id=anna.turn_id, now=NOW
    )
    assert (proposal.starts_at, proposal.wish, await status_of(tx, proposal.booking_id)) == (None, "на выходных", "held")
    request = (await anna.accepts(tx, proposal)).booking
    await note_requests(tx)
    assert (request.number, request.status) == (2, Status.REQUESTED)
    assert await events_of(tx, request.id) == ["held by assistant", "requested by client"]
    assert [notice.kind for notice in await open_notices(tx)] == ["booking_requested"]
    assert [line.number for line in await list_book(tx, status=Status.REQUESTED)] == [2]
    with pytest.raises(StatusConflict):
        await acting.move_to(tx, 2, at(28, 11), by=by, now=NOW)

    acted = await acting.confirm(tx, 2, Term(at(28, 11), HOUR), by=by, now=NOW)
    assert isinstance(acted.booking, Booking)
    assert (acted.booking.number, acted.booking.status, acted.is_told) == (2, Status.CONFIRMED, True)
    assert (await said_to(tx, anna))[0].startswith("Запись № 2\nСуббота, 28 ноября, 11:00")
    assert await open_notices(tx) == []
    with pytest.raises(StatusConflict):
        await acting.confirm(tx, 2, Term(at(29, 11), HOUR), by=by, now=NOW)


async def test_a_client_takes_his_request_back(tx: AccountTx, boris: Asker) -> None:
    proposal = await propose_request(tx, chat_id=boris.chat_id, client_id=boris.client_id, service="", wish="", turn_id=None, now=NOW)
    request = (await boris.accepts(tx, proposal)).booking
    taken_back = await propose_cancel(tx, chat_id=boris.chat_id, client_id=boris.client_id, number=request.number, turn_id=None, now=NOW)
    assert (await boris.accepts(tx, taken_back)).booking.status is Status.CANCELLED
    assert await list_client_requests(tx, boris.client_id) == []


async def test_rival_sees_nothing(tx: AccountTx, world: World, by: int) -> None:
    """Number 1 is there in both shops, and a number is looked for in one's own."""
    for act in (acting.arrive, acting.begin, acting.finish, acting.give_up):
        with pytest.raises(BookingUnknown):
            await act(tx, 2, by=by, now=NOW)
    await acting.cancel(tx, 1, by=by, now=NOW, reason="")
    await force(tx, "select set_config('app.account_id', $1, true)", str(world.rival.account_id))
    assert await status_of(tx, world.rival.booking_id) == "confirmed"
    await force(tx, "select set_config('app.account_id', $1, true)", str(world.garage.account_id))
    assert [line.number for line in await list_book(tx)] == [1]


async def test_times_are_read_in_the_shops_zone(tx: AccountTx) -> None:
    assert await read_time(tx, "2026-11-24 11:00", now=NOW) == at(24, 11)
    assert await read_time(tx, "24.11.2026 11:00", now=NOW) == at(24, 11)
    assert await read_time(tx, "завтра в 11", now=NOW) == at(23, 11)
    for unclear in ("завтра", "скоро", "2026-13-40 11:00", ""):
        with pytest.raises(TimeInvalid):
            await read_time(tx, unclear, now=NOW)


SENSELESS = [(at(21, 11), 60), (NOW + timedelta(days=400), 60), (at(23, 11), 0), (at(23, 11), 20_000)]


async def test_senseless_times_are_refused(tx: AccountTx, anna: Asker, by: int) -> None:
    for starts_at, minutes in SENSELESS:
        with pytest.raises(TimeInvalid):
            await acting.add(tx, Caller(anna.client_id, ""), Term(starts_at, minutes * MINUTES), by=by, now=NOW)


async def test_a_member_and_a_press_in_the_same_chat_do_not_wait_for_each_other(db: Database, world: World) -> None:
    """A press has its chat locked when it asks for the shop's lock; a member who had the shop's lock first would want that chat."""
    shop = world.garage
    watcher = await db.connect(role="valera_owner")

    async def cancel() -> None:
        async with db.account_tx() as tx:
            await acting.cancel(tx, 1, by=shop.member_id, now=NOW, reason="Сломался подъёмник")

    with account_scope(shop.account_id):
        async with db.account_tx() as pressing:
            assert await lock_chat(pressing, Chat, shop.chat_id) is not None
            member = asyncio.create_task(cancel())
            while not await watcher.fetchval("select count(*) from pg_locks where not granted"):
                await asyncio.sleep(0.02)
            await expire_stale_holds(pressing, NOW)
        await member
        async with db.account_tx() as tx:
            assert await value(tx, "select status from bookings where number = 1") == "cancelled"
    await watcher.close()
