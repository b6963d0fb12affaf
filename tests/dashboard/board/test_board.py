"""What the board's pages show, and to whom."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING

from tests.dashboard.board.asking import DAY, in_garage, shown, shown_draft
from tests.dashboard.board.conftest import MOSCOW, Book, at
from tests.dashboard.office import HTMX, Office
from valera.accounts.account import open_account
from valera.bookings.schedule.opening_hours import OpeningHours
from valera.bookings.schedule.workshop import open_bay, set_hours
from valera.dashboard.board.views import count_today
from valera.identity.membership import TeamRole, add_member
from valera.kit.db import AccountId, account_scope, execute, value

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


async def test_a_day_shows_each_work_in_its_bay(office: Office, book: Book) -> None:
    await book("Kia Rio", "Осмотр", at(23, 10), hours=1.5, bay=1, plate="А512КМ77")
    page = await shown(office, DAY)
    job = re.search(r'<a class="job ([^"]+)" id="job-2".*?</a>', page)
    assert job
    assert job[1].split() == ["ra0", "rb4", "na0", "nb6", "ca0", "cb2"]
    for said in ("Kia Rio", "А512КМ77", "Осмотр", "10:00–11:30", "Пост 2"):
        assert said in job[0]


async def test_a_work_of_days_stands_on_each_of_them(office: Office, book: Book) -> None:
    await book("Kia Rio", "Окраска", at(23, 9), hours=30)
    assert "data-beyond" in await shown(office, DAY)
    assert "data-before" in await shown(office, "/board?day=2026-11-24")
    week = await shown(office, "/board/week?day=2026-11-25")
    assert {"job-2026-11-23-2", "job-2026-11-24-2"} <= set(re.findall(r'id="(job-[^"]+)"', week))


async def test_what_the_assistant_made_is_marked(office: Office, book: Book) -> None:
    await book("Kia Rio", "Осмотр", at(23, 10))
    assert "записал Валера" not in await shown(office, DAY)
    assert "записал Валера" in await shown(office, "/board?day=2026-12-01")


async def test_a_hold_of_a_client_who_is_deciding_is_seen(office: Office) -> None:
    garage = office.world.garage

    async def hold(tx: AccountTx) -> None:
        await execute(
            tx,
            "with held as (insert into bookings (chat_id, client_id, bay_id, during, hold_expires_at)"
            " values ($1, $2, $3, tstzrange('2026-11-23 10:00+03', '2026-11-23 11:00+03'), $4) returning id)"
            " insert into booking_events (booking_id, event, actor) select id, 'held', 'assistant' from held",
            garage.chat_id,
            garage.client_id,
            garage.bays[0],
            at(22, 14, 15),
        )

    await in_garage(office, hold)
    assert "Клиент решает" in await shown(office, DAY)
    refused = await shown_draft(office, "/board/draft", {"day": "2026-11-23", "time": "10:30", "bay": str(garage.bays[0])})
    assert "Время сейчас предложено клиенту" in refused


async def test_a_shop_without_bays_or_hours_is_told_what_is_missing(office: Office) -> None:
    await in_garage(office, lambda tx: execute(tx, "delete from opening_hours"))
    await in_garage(office, lambda tx: execute(tx, "delete from special_hours"))
    assert "Укажите часы работы" in await shown(office, DAY)
    assert "настраивает администратор" in await shown(office, DAY, as_="support")
    for path in ("/board/week", "/board/list", "/board/new", "/board/sheet"):
        assert (await office.get(path)).status_code == 200


async def open_shop(office: Office, hours: tuple[tuple[int, int], ...], zone: str) -> AccountId:
    """A shop of its own, without bays, whose first member is called fresh."""
    async with office.given.db.identity_tx() as tx:
        account_id = await open_account(tx, slug="fresh", name="Fresh", time_zone=zone, locale="ru", data_key=b"key")
    with account_scope(account_id):
        async with office.given.db.account_tx() as tx:
            member = await add_member(tx, name="Вера", role=TeamRole.ADMIN)
            week = [OpeningHours(day, time(opens), time(closes % 24)) for day in range(1, 8) for opens, closes in hours]
            await set_hours(tx, week)
    await office.sign_in("fresh", replace(office.world.garage, account_id=account_id), member.id)
    return account_id


async def test_a_shop_without_bays_learns_what_bays_are(office: Office) -> None:
    await open_shop(office, ((9, 18),), "Europe/Moscow")
    assert "Добавьте посты" in await shown(office, DAY, as_="fresh", shop="fresh")
    draft = await office.post("/board/draft", {"day": "2026-11-23", "time": "10:00"}, as_="fresh", shop="fresh")
    assert "Все посты заняты." in draft.text


async def test_a_night_shift_of_a_shop_in_berlin_is_one_board_also_when_the_clock_changes(office: Office) -> None:
    account_id = await open_shop(office, ((0, 7), (23, 24)), "Europe/Berlin")
    with account_scope(account_id):
        async with office.given.db.account_tx() as tx:
            bay_id = await open_bay(tx, "Пост")
    form = {"client": "new", "phone": "+79165550000", "day": "2027-03-28", "time": "03:30", "bay": str(bay_id)}
    made = await office.post("/board", form, as_="fresh", shop="fresh")
    assert made.status_code == 204
    page = await shown(office, "/board?day=2027-03-27", as_="fresh", shop="fresh")
    assert 'data-rows="28"' in page  # 23:00 to 07:00 on the night that is an hour shorter
    assert "ra1 rb4" in re.findall(r'class="job ([^"]+)" id="job-1"', page)[0]
    assert 'id="job-1"' not in await shown(office, "/board?day=2027-03-28", as_="fresh", shop="fresh")
    led = await office.get("/board?booking=1", headers={"accept": "text/html"}, as_="fresh", shop="fresh")
    assert 'id="job-1"' in led.text
    draft = await office.post("/board/draft", form | {"time": "02:30"}, as_="fresh", shop="fresh")
    assert "Такого времени в этот день нет." in draft.text


async def test_the_list_finds_by_name_phone_plate_and_number(office: Office, book: Book) -> None:
    await book("Kia Rio", "Осмотр", at(23, 10), name="Пётр", plate="А512КМ77")
    await book("Lada Vesta", "Полировка", at(24, 10), name="Жанна")
    for search, number in (("пётр", 2), ("A512KM", 2), ("111 0001", 2), ("№ 3", 3), ("lada", 3), ("жанн", 3)):
        page = await shown(office, f"/board/list?status=all&q={search}")
        assert re.findall(r'id="line-(\d+)"', page) == [str(number)], search
    assert "Ничего не нашлось" in await shown(office, "/board/list?q=нет такого")
    assert "Ничего не нашлось" in await shown(office, "/board/list?q=%25%27_%00")


async def test_the_list_filters_by_state_and_the_coming_ones_come_first(office: Office, book: Book) -> None:
    for day in (24, 23):
        await book("Kia Rio", "Осмотр", at(day, 10))
    assert re.findall(r'id="line-(\d+)"', await shown(office, "/board/list")) == ["3", "2", "1"]
    assert re.findall(r'id="line-(\d+)"', await shown(office, "/board/list?status=done")) == []


async def test_the_sheet_has_names_cars_and_works(office: Office, book: Book) -> None:
    await book("Kia Rio", "Осмотр", at(23, 10), name="Пётр", plate="А512КМ77")
    page = await shown(office, "/board/sheet?day=2026-11-23")
    for said in ("Garage", "Пост 1", "Kia Rio", "А512КМ77", "Осмотр", "Пётр", "10:00–11:00"):
        assert said in page


async def test_the_navigation_counts_bookings_of_today(office: Office, book: Book) -> None:
    for day in (22, 22, 23):
        await book("Kia Rio", "Осмотр", at(day, 16), bay=None)
    assert await in_garage(office, lambda tx: count_today(tx, at(22, 23, 59), MOSCOW)) == 2


async def test_rival_sees_nothing(office: Office, book: Book) -> None:
    booking = await book("Kia Rio", "Осмотр", at(23, 10), name="Секретов", plate="А512КМ77")
    for path in (DAY, "/board/week?day=2026-11-23", "/board/list?status=all", "/board/sheet?day=2026-11-23"):
        page = await shown(office, path, as_="rival", shop="rival")
        assert "Kia Rio" not in page
    draft = await office.post("/board/draft", {"find": "Секретов"}, as_="rival", shop="rival")
    assert "А512КМ77" not in draft.text
    garages_client = await in_garage(office, lambda tx: value(tx, "select client_id from bookings where id = $1", booking.id))
    draft = await office.post("/board/draft", {"client": str(garages_client)}, as_="rival", shop="rival")
    assert "Секретов" not in draft.text
    for path in (f"/board/{booking.number}", "/board/999", f"/board/{10**30}"):
        assert (await office.get(path, headers=HTMX, as_="rival", shop="rival")).status_code == 404
    for path in ("place", "place/draft", "status", "place/undo?at=2026-11-24T09:00:00Z"):
        data = {"status": "cancelled", "day": "2026-11-24", "time": "10:00"}
        assert (await office.post(f"/board/{booking.number}/{path}", data, as_="rival", shop="rival")).status_code == 404
