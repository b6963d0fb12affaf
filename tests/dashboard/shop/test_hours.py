"""Hours, days, bays and durations; whom a change would leave out is told before it is made."""

from __future__ import annotations

from typing import Any

from tests.dashboard.office import HTML, Office
from valera.bookings.schedule.floor import show_floor
from valera.kit.db import account_scope, value

WEEK = {f"day_{day}": "9-20" for day in range(1, 8)}


async def floor(office: Office) -> Any:
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            return await show_floor(tx, office.given.clock.now().date(), "ru")


async def test_a_week_is_saved_as_it_was_written(office: Office) -> None:
    assert (await office.post("/hours", WEEK | {"day_6": "22-6", "day_7": ""})).status_code == 204
    assert (await floor(office)).hours == "пн–пт 9:00–20:00, сб 22:00–24:00, вс 0:00–6:00"
    assert 'value="22:00–6:00"' in (await office.get("/hours")).text


async def test_a_line_that_makes_no_sense_keeps_the_whole_form(office: Office) -> None:
    answer = await office.post("/hours", WEEK | {"day_3": "когда как", "day_1": "10-18"}, headers=HTML)
    assert answer.status_code == 422
    assert 'id="day-3-bad"' in answer.text
    assert 'value="10-18"' in answer.text
    assert (await office.post("/hours", {f"day_{day}": "" for day in range(1, 8)}, headers=HTML)).status_code == 422
    assert (await floor(office)).hours == "ежедневно 9:00–20:00"


async def test_bookings_that_would_be_left_out_are_named_first(office: Office) -> None:
    form = WEEK | {"day_2": "14-20"}
    asked = await office.post("/hours", form, headers=HTML)
    assert asked.status_code == 409
    assert "Без места останется 1 запись" in asked.text
    assert "/shops/garage/board?day=2026-12-01&amp;booking=1" in asked.text
    assert (await floor(office)).hours == "ежедневно 9:00–20:00"
    assert (await office.post("/hours", form | {"agreed": "on"})).status_code == 204
    assert "вт 14:00–20:00" in (await floor(office)).hours


async def test_special_days(office: Office) -> None:
    assert (await office.post("/hours/days", {"first": "2027-01-01", "last": "2027-01-08", "name": "Каникулы"})).status_code == 204
    assert (await office.post("/hours/days", {"first": "2027-01-05", "hours": "10-15"})).status_code == 204
    days = {day.on_day.isoformat(): day.hours for day in (await floor(office)).other_days}
    assert (days["2027-01-04"], days["2027-01-05"]) == ([], ["10:00-15:00"])
    page = (await office.get("/hours")).text
    assert "1 января 2027 – 4 января 2027" in page
    assert (await office.post("/hours/days/removal", {"first": "2027-01-01", "last": "2027-01-04"})).status_code == 204
    assert "2027-01-04" not in {day.on_day.isoformat() for day in (await floor(office)).other_days}
    closing = await office.post("/hours/days", {"first": "2026-12-01"}, headers=HTML)
    assert (closing.status_code, "Без места" in closing.text) == (409, True)


async def test_days_that_make_no_sense(office: Office) -> None:
    for form in (
        {"first": "завтра"},
        {"first": "2027-01-08", "last": "2027-01-01"},
        {"first": "2027-01-01", "last": "2029-01-01"},
        {"first": "2027-01-01", "last": "2027-01-02", "hours": "10-15"},
        {"first": "2027-01-01", "hours": "пн 10-15"},
        {"first": "2020-01-01"},
        {"first": "9999-12-31", "hours": "x"},
    ):
        answer = await office.post("/hours/days", form, headers=HTML)
        assert (form, answer.status_code, 'role="alert"' in answer.text) == (form, 422, True)


async def test_bays(office: Office) -> None:
    bay = office.world.garage.bays[1]
    assert (await office.post("/hours/bays", {"name": "Подъёмник"})).status_code == 204
    assert (await office.post("/hours/bays", {"name": "подъёмник"}, headers=HTML)).status_code == 422
    assert (await office.post(f"/hours/bays/{bay}", {"name": "Малярка"})).status_code == 204
    assert (await office.post(f"/hours/bays/{bay}", {"name": " "}, headers=HTML)).status_code == 422
    assert (await office.post(f"/hours/bays/{bay}/works", {"section": ["Окраска", "Чужой раздел"]})).status_code == 204
    assert (await office.post(f"/hours/bays/{bay}/state", {"is_open": "no"})).status_code == 204
    bays = {one.name: (one.is_open, one.sections) for one in (await floor(office)).bays}
    assert bays["Малярка"] == (False, ["Окраска"])
    assert bays["Подъёмник"] == (True, [])
    busy = office.world.garage.bays[0]
    asked = await office.post(f"/hours/bays/{busy}/state", {"is_open": "no"}, headers=HTML)
    assert (asked.status_code, "Без места" in asked.text) == (409, True)
    assert {(await office.post(f"/hours/bays/{no}", {"name": "x"})).status_code for no in (999, 0)} == {404}


async def test_durations(office: Office) -> None:
    for minutes, status, kept in (("90", 204, 90), ("4", 422, 90), ("1.5", 422, 90), ("10081", 422, 90), ("", 204, None)):
        answer = await office.post("/hours/durations", {"section": "Окраска", "minutes": minutes})
        assert (minutes, answer.status_code) == (minutes, status)
        with account_scope(office.world.garage.account_id):
            async with office.given.db.account_tx() as tx:
                assert await value(tx, "select minutes from service_durations where section = 'Окраска'") == kept


async def test_rival_sees_nothing(office: Office) -> None:
    bay = office.world.garage.bays[0]
    assert (await office.get("/hours", as_="rival")).status_code == 404
    for path, form in (
        (f"/hours/bays/{bay}", {"name": "x"}),
        (f"/hours/bays/{bay}/state", {"is_open": "no"}),
        (f"/hours/bays/{bay}/works", {}),
    ):
        assert (await office.post(path, form, as_="rival", shop="rival")).status_code == 404
    assert (await office.get("/hours", as_="support")).status_code == 403
