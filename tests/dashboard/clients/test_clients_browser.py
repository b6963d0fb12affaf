"""A receptionist's way: finds a client, corrects the card, makes two cards one, takes that back, and the owner takes the list along."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from tests.dashboard.clients.test_clients import run
from tests.dashboard.office import Browsing
from valera.simulator.messenger.files.sample import photo


async def _photo() -> AsyncIterator[bytes]:
    yield photo(0, 90)


@pytest.mark.timeout(90)
async def test_find_correct_merge_undo_export(browsing: Browsing) -> None:
    office = browsing.office
    other = await run(office, "insert into clients (name, phone, source) values ('Анна Рабочая', '+79165554433', 'avito') returning id")
    await run(office, "insert into vehicles (client_id, make, model, plate) values ($1, 'Kia', 'Rio', 'А512КМ797') returning id", other)
    await office.given.storage.put(f"{office.world.garage.account_id}/0123456789abcdef", _photo())
    seen = await browsing.visit("/clients")
    seen.expected.append("status of 422")
    page = seen.page

    await page.get_by_role("searchbox").fill("a512km")
    await page.get_by_text("Toyota Camry").wait_for(state="detached")
    await page.get_by_text("Анна Рабочая").click()
    await page.get_by_role("heading", name="Анна Рабочая").wait_for()
    await page.wait_for_selector('[data-live="on"]', state="attached")

    await page.get_by_role("link", name="Изменить", exact=True).click()
    await page.get_by_role("dialog").get_by_label("Телефон").fill("12")
    await page.get_by_role("button", name="Сохранить").click()
    await page.get_by_text("Это не номер телефона.").wait_for()
    await page.get_by_role("dialog").get_by_label("Телефон").fill("8 916 777 66 55")
    await page.get_by_role("button", name="Сохранить").click()
    await page.get_by_role("link", name=re.compile("777-66-55")).wait_for()
    await page.wait_for_selector('[data-live="on"]', state="attached")

    await page.get_by_role("link", name="Добавить машину").click()
    await page.get_by_role("dialog").get_by_label("Марка").fill("Lada")
    await page.get_by_role("dialog").get_by_label("Модель").fill("Vesta")
    await page.keyboard.press("Enter")
    await page.get_by_text("Lada Vesta").wait_for()
    await page.wait_for_selector('[data-live="on"]', state="attached")

    await page.get_by_role("link", name="Объединить").click()
    await page.get_by_role("dialog").get_by_role("searchbox").fill("camry")
    await page.get_by_role("dialog").get_by_role("link", name=re.compile("Анна")).click()
    await page.get_by_role("dialog").get_by_role("heading", name="Войдёт в неё").wait_for()
    await page.get_by_role("dialog").get_by_role("button", name="Объединить").click()
    await page.get_by_text("Toyota Camry").first.wait_for()
    await page.get_by_role("dialog").wait_for(state="detached")
    assert await page.get_by_role("heading", name="Объединённые карточки").is_visible()

    await page.get_by_role("button", name="Отменить").click()
    await page.get_by_text("Карточки снова отдельно").wait_for()
    assert await page.get_by_text("Toyota Camry").count() == 0
    assert await seen.overflow() == 0

    await page.goto(f"{browsing.url}/shops/garage/clients")
    await page.get_by_text("Выгрузить").click()
    async with page.expect_download() as taking:
        await page.get_by_role("link", name="Таблица CSV").click()
    taken = await taking.value
    assert taken.suggested_filename.startswith("garage-clients-")


@pytest.mark.timeout(90)
async def test_a_key_is_shown_once(browsing: Browsing) -> None:
    seen = await browsing.visit("/keys", phone=True)
    page = seen.page

    await page.get_by_label("Для чего").fill("CRM")
    await page.get_by_role("button", name="Создать ключ").click()
    key = page.get_by_label("Ключ", exact=True)
    await key.wait_for()
    assert (await key.input_value()).startswith("vk_")
    await page.reload()
    assert await page.get_by_label("Ключ", exact=True).count() == 0
    await page.get_by_role("button", name="Отозвать").first.click()
    await page.get_by_role("dialog").get_by_role("button", name="Отозвать").click()
    await page.get_by_text("Ключ отозван").wait_for()
    assert await seen.overflow() == 0
