"""What the shop says of itself."""

from __future__ import annotations

from tests.dashboard.office import HTML, Office
from valera.accounts.fact import list_facts, state_fact
from valera.kit.db import account_scope


async def facts(office: Office) -> dict[str, str]:
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            return await list_facts(tx)


async def test_known_topics_are_said_and_unsaid(office: Office) -> None:
    form = {"text_address": "Лесная, 5", "was_address": "ул. Вымышленная, 1", "text_phone": "", "was_phone": "+7 916 000-00-00"}
    assert (await office.post("/facts/known", form)).status_code == 204
    said = await facts(office)
    assert said["address"] == "Лесная, 5"
    assert "phone" not in said


async def test_what_another_admin_changed_meanwhile_stays(office: Office) -> None:
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            await state_fact(tx, "address", "Новая, 7")
    await office.post("/facts/known", {"text_address": "ул. Вымышленная, 1", "was_address": "ул. Вымышленная, 1", "text_payment": "Карта"})
    said = await facts(office)
    assert (said["address"], said["payment"]) == ("Новая, 7", "Карта")


async def test_own_topics_are_renamed_and_removed(office: Office) -> None:
    await office.post("/facts", {"topic": "Подмена", "text": "Есть."})
    await office.post("/facts", {"topic": "Подменный автомобиль", "text": "Есть два.", "was": "Подмена"})
    said = await facts(office)
    assert said["Подменный автомобиль"] == "Есть два."
    assert "Подмена" not in said
    assert (await office.post("/facts/removal", {"topic": "Подменный автомобиль"})).status_code == 204
    assert (await office.post("/facts/removal", {"topic": "Подменный автомобиль"})).status_code == 404


async def test_what_makes_no_sense_stays_in_its_field(office: Office) -> None:
    before = await facts(office)
    for topic, text in (("", "x"), ("Тема", ""), ("Тема", "x" * 1001), ("Address", "x")):
        answer = await office.post("/facts", {"topic": topic, "text": text}, headers=HTML)
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert await facts(office) == before


async def test_rival_sees_nothing(office: Office) -> None:
    await office.post("/facts", {"topic": "Секрет", "text": "Пароль от ворот 1234"})
    assert (await office.get("/facts", as_="rival")).status_code == 404
    assert "1234" not in (await office.get("/facts", as_="rival", shop="rival")).text
    assert (await office.get("/facts", as_="support")).status_code == 403
