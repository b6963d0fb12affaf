"""What is done on the board: what is refused and why, what is saved, what can be undone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.dashboard.board.asking import DAY, in_garage, place_of, shown, shown_draft, told
from tests.dashboard.board.conftest import Book, at
from tests.dashboard.office import Office
from valera.bookings.desk import acting
from valera.bookings.proposals.decide import accept
from valera.bookings.proposals.propose import propose_request
from valera.bookings.schedule.workshop import dedicate_bay
from valera.kit.db import value

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

# ---- a new booking ------------------------------------------------------------------------------


async def test_a_new_caller_is_booked_with_car_and_work(office: Office) -> None:
    data = {"find": "8 916 555-11-22", "client": "new", "name": "Олег", "phone": "", "car": "Lada Vesta", "plate": "a123bc 77"}
    answer = await office.post("/board", data | {"service": "Осмотр", "day": "2026-11-23", "time": "10:00", "minutes": "90"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/shops/garage/board?day=2026-11-23")
    page = await shown(office, DAY)
    for said in ("Lada Vesta", "А123ВС77", "10:00–11:30", "Олег"):
        assert said in page


async def test_a_known_client_is_found_and_keeps_his_car(office: Office) -> None:
    client_id = office.world.garage.client_id
    assert f'value="{client_id}"' in await shown_draft(office, "/board/draft", {"find": "анна"})
    chosen = await shown_draft(office, "/board/draft", {"client": str(client_id)})
    assert "Toyota Camry" in chosen
    await office.post("/board", {"client": str(client_id), "service": "Осмотр", "day": "2026-11-23", "time": "10:00"})
    assert "Toyota Camry" in await shown(office, DAY)


async def test_what_is_missing_is_said_at_its_field(office: Office) -> None:
    answer = await office.post("/board", {"day": "2026-11-23", "time": ""})
    assert answer.status_code == 422
    assert "Выберите клиента" in answer.text
    assert "Назначьте день и время" in answer.text
    answer = await office.post("/board", {"name": "Олег", "phone": "нет", "day": "2026-11-23", "time": "10:00"})
    assert (answer.status_code, "Впишите телефон" in answer.text) == (422, True)


async def test_what_was_typed_with_nul_and_at_length_is_taken(office: Office) -> None:
    data = {"client": "new", "name": "О\0" * 400, "phone": "+79165551122", "car": "L" * 300, "plate": "Я" * 60, "service": "\0" + "р" * 900}
    answer = await office.post("/board", data | {"comment": "к" * 3000, "day": "2026-11-23", "time": "10:00", "minutes": "-5"})
    assert answer.status_code == 204


# ---- conflicts ----------------------------------------------------------------------------------


async def test_a_taken_bay_is_told_before_saving_with_reason_other_bay_and_nearest_times(office: Office, book: Book) -> None:
    await book("Kia Rio", "Осмотр", at(23, 10), hours=2)
    bays = office.world.garage.bays
    form = {"client": str(office.world.garage.client_id), "day": "2026-11-23", "time": "11:00", "bay": str(bays[0]), "minutes": "60"}
    draft = await shown_draft(office, "/board/draft", form)
    for said in ("Пост 1 занят.", "Запись № 2, 10:00–12:00.", "В это время свободен Пост 2", "12:00", "disabled"):
        assert said in draft
    refused = await office.post("/board", form)
    assert (refused.status_code, "Пост 1 занят." in refused.text) == (409, True)
    assert 'id="job-3"' not in await shown(office, DAY)
    assert "Свободно: Пост 2." in await shown_draft(office, "/board/draft", form | {"bay": str(bays[1])})


async def test_a_bay_that_does_other_works_says_so(office: Office, book: Book) -> None:
    booking = await book("Kia Rio", "Осмотр", at(23, 10))
    bays = office.world.garage.bays
    await in_garage(office, lambda tx: dedicate_bay(tx, bays[1], ["Мойка"]))
    draft = await shown_draft(office, f"/board/{booking.number}/place/draft", {"day": "2026-11-23", "time": "12:00", "bay": str(bays[1])})
    assert "Пост 2 делает только: Мойка." in draft
    refused = await office.post(f"/board/{booking.number}/place", {"day": "2026-11-23", "time": "12:00", "bay": str(bays[1])})
    assert (refused.status_code, await place_of(office, booking.number)) == (409, ("23 10:00", "Пост 1"))


async def test_a_closed_bay_and_a_past_day_are_refused(office: Office, book: Book) -> None:
    booking = await book("Kia Rio", "Осмотр", at(23, 10))
    shut = await in_garage(office, lambda tx: value(tx, "select id from bays where not is_open"))
    path = f"/board/{booking.number}/place/draft"
    assert "Камера закрыт." in await shown_draft(office, path, {"day": "2026-11-24", "time": "12:00", "bay": str(shut)})
    assert "уже прошло" in await shown_draft(office, path, {"day": "2026-11-20", "time": "12:00"})
    assert "Такого времени" in await shown_draft(office, path, {"day": "2026-11-24", "time": "99:99"})
    assert "Вне часов работы" in await shown_draft(office, path, {"day": "2026-11-24", "time": "22:00"})


async def test_all_bays_taken_is_refused_and_the_constraint_stands_behind(office: Office, book: Book) -> None:
    for bay in (0, 1):
        await book("Kia Rio", "Осмотр", at(23, 10), bay=bay)
    draft = await shown_draft(office, "/board/draft", {"day": "2026-11-23", "time": "10:00"})
    assert "Все посты заняты." in draft
    with pytest.raises(acting.Conflict):
        await book("Lada Vesta", "Осмотр", at(23, 10), bay=0)


# ---- moving -------------------------------------------------------------------------------------


async def test_a_move_can_be_undone_with_its_bay(office: Office, book: Book) -> None:
    booking = await book("Kia Rio", "Осмотр", at(23, 10))
    bay = str(office.world.garage.bays[1])
    answer = await office.post(f"/board/{booking.number}/place", {"at": "2026-11-24T09:15:00.000Z", "bay": bay})
    assert (answer.status_code, answer.text) == (200, "")
    assert await place_of(office, booking.number) == ("24 12:15", "Пост 2")
    undone = await office.post(told(answer)["undo"].removeprefix("/shops/garage"))
    assert (undone.status_code, "undo" in told(undone)) == (200, False)
    assert await place_of(office, booking.number) == ("23 10:00", "Пост 1")


async def test_a_move_into_another_bay_tells_the_client_nothing(office: Office) -> None:
    count = "select count(*) from deliveries where chat_id = $1"
    before = await in_garage(office, lambda tx: value(tx, count, office.world.garage.chat_id))
    answer = await office.post("/board/1/place", {"day": "2026-12-01", "time": "12:00", "bay": str(office.world.garage.bays[1])})
    assert (answer.status_code, "написали" in told(answer)["text"]) == (200, False)
    assert await in_garage(office, lambda tx: value(tx, count, office.world.garage.chat_id)) == before


async def test_a_move_to_where_it_stands_saves_nothing(office: Office, book: Book) -> None:
    booking = await book("Kia Rio", "Осмотр", at(23, 10))
    answer = await office.post(f"/board/{booking.number}/place", {"day": "2026-11-23", "time": "10:00"})
    assert (answer.status_code, "Здесь запись стоит сейчас" in answer.text) == (409, True)


async def test_a_request_gets_its_time_here_and_no_undo(office: Office) -> None:
    garage, now = office.world.garage, office.given.clock.now()

    async def ask(tx: AccountTx) -> None:
        proposal = await propose_request(
            tx, chat_id=garage.chat_id, client_id=garage.client_id, service="Осмотр", wish="утром", turn_id=None, now=now
        )
        await accept(tx, chat_id=garage.chat_id, key=proposal.key, message_id=garage.message_id, now=now)

    await in_garage(office, ask)
    assert "Ждёт времени 1 заявка" in await shown(office, "/board")
    assert "Назначить время" in await shown(office, "/board/2")
    answer = await office.post("/board/2/place", {"day": "2026-11-23", "time": "10:00", "minutes": "30"})
    assert (answer.status_code, "undo" in told(answer)) == (200, False)
    assert "10:00–10:30" in await shown(office, DAY)


# ---- its day ------------------------------------------------------------------------------------


async def test_a_booking_is_led_through_its_day_by_one_button_each(office: Office, book: Book) -> None:
    booking = await book("Kia Rio", "Осмотр", at(22, 13))
    for status, offered in (("arrived", "in_work"), ("in_work", "done"), ("done", None)):
        answer = await office.post(f"/board/{booking.number}/status", {"status": status})
        assert (answer.status_code, "undo" in told(answer)) == (200, False)
        assert re.findall(r'name="status" value="(\w+)"><button', answer.text) == ([offered] if offered else [])


async def test_who_did_not_come_may_still_come_that_day(office: Office, book: Book) -> None:
    booking = await book("Kia Rio", "Осмотр", at(22, 13))
    await office.post(f"/board/{booking.number}/status", {"status": "no_show"})
    page = await shown(office, "/board")
    assert (f'id="absent-{booking.number}"' in page, f'id="job-{booking.number}"' in page) == (True, False)
    assert (await office.post(f"/board/{booking.number}/status", {"status": "arrived"})).status_code == 200


async def test_what_does_not_follow_is_refused(office: Office, book: Book) -> None:
    booking = await book("Kia Rio", "Осмотр", at(23, 13))
    for status in ("arrived", "no_show", "done", "in_work", "confirmed", "held"):
        assert (await office.post(f"/board/{booking.number}/status", {"status": status})).status_code in {409, 422}
    assert (await office.post(f"/board/{booking.number}/status", {"status": "nothing"})).status_code == 400
    await office.post(f"/board/{booking.number}/status", {"status": "cancelled"})
    assert (await office.post(f"/board/{booking.number}/place", {"day": "2026-11-24", "time": "10:00"})).status_code == 409


async def test_a_cancellation_is_final_and_offers_no_undo(office: Office) -> None:
    answer = await office.post("/board/1/status", {"status": "cancelled", "reason": "нет краски"})
    assert (answer.status_code, "undo" in told(answer), "написали" in told(answer)["text"]) == (200, False, True)
    card = await shown(office, "/board/1")
    assert ("Отменить запись" in card, "нет краски" in card) == (False, True)


async def test_without_scripts_forms_lead_back_to_the_board(office: Office, book: Book) -> None:
    booking = await book("Kia Rio", "Осмотр", at(22, 13))
    plain = {"accept": "text/html"}
    assert "<dialog" in (await office.get(f"/board?booking={booking.number}", headers=plain)).text
    answer = await office.post(f"/board/{booking.number}/status", {"status": "arrived"}, headers=plain)
    assert (answer.status_code, answer.headers["location"]) == (303, "/shops/garage/board")
