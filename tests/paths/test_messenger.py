"""The same conversation in a real browser, on the page that `make run` opens, with the shop's staff at the other side of the glass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.paths.conftest import Installation
from tests.simulator.page.test_browser import ARGUMENTS, CHROMIUM, Seen, async_api

pytestmark = pytest.mark.timeout(180)

PRICE = "19\u00a0500\u00a0₽"


async def test_client_sees_a_price_and_a_booking_and_the_staff_sees_the_client(installation: Installation, tmp_path: Path) -> None:
    async with async_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="ru-RU", reduced_motion="reduce")
        seen = Seen(await context.new_page())
        page = seen.page
        page.set_default_timeout(30_000)
        await page.goto(installation.page)
        await page.click("#people >> text=Анна Ветрова")
        await page.wait_for_selector('[data-live="on"]', state="attached")

        async def write(text: str) -> None:
            await page.fill("#text", text)
            await page.keyboard.press("Enter")

        await write("Сколько стоит покрасить бампер на Камри?")
        await page.wait_for_selector(f"#thread >> text={PRICE}")
        await page.wait_for_selector("#panel >> text=find_prices", state="attached")
        await write("Запишите на завтра в 11")
        await page.click("#thread >> text=Да, записать")
        await page.wait_for_selector("#thread >> text=Запись № 1")
        await page.wait_for_selector("#panel >> text=Подтверждена")

        await page.click("#panel >> text=Взять диалог")
        await page.wait_for_selector("#panel >> text=Вернуть Валере")
        await page.fill("#answer-text", "Добрый день, это Марина. Чем помочь?")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#thread >> text=это Марина")
        await write("А сколько стоит капот?")
        await page.wait_for_timeout(1500)
        silent = await page.locator("#thread >> text=24\u00a0000").count()
        await page.click("#panel >> text=Вернуть Валере")
        await page.wait_for_selector("#thread >> text=24\u00a0000\u00a0₽")
        await page.screenshot(path=tmp_path / "messenger.png")
        await browser.close()

    assert silent == 0
    assert seen.complaints == []
