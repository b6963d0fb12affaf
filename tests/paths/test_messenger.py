"""The same conversation in a real browser, on the page that `make run` opens, with the shop's staff at the other side of the glass."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from tests.paths.conftest import Installation
from tests.simulator.page.test_browser import ARGUMENTS, CHROMIUM, Seen, async_api

pytestmark = pytest.mark.timeout(180)

HELD = 90_000  # milliseconds for what may wait for a poll on a busy machine
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


async def test_revoked_token_is_told_in_the_panel_and_the_held_reply_arrives_when_the_bot_goes_on(
    installation: Installation, tmp_path: Path
) -> None:
    async with async_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="ru-RU", reduced_motion="reduce")
        seen = Seen(await context.new_page())
        page = seen.page
        page.set_default_timeout(30_000)
        await page.goto(installation.page)
        await page.click("#people >> text=Дмитрий Соколов")
        await page.wait_for_selector('[data-live="on"]', state="attached")

        await page.click("#fault > summary")
        await page.select_option("#fault-kind", "revoked")
        await page.click("#fault-form button")
        await page.wait_for_selector("#fault >> text=401: токен отозван")
        await page.fill("#text", "Сколько стоит покрасить бампер на Камри?")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#panel >> text=Telegram не принимает токен", timeout=HELD)
        await page.wait_for_selector("#panel >> text=в очереди", timeout=HELD)
        held = await page.locator(f"#thread >> text={PRICE}").count()
        await page.screenshot(path=tmp_path / "notice.png")

        await page.click("#fault >> text=Выключить")
        await page.wait_for_selector("#fault-form")
        with contextlib.suppress(async_api.Error):  # the web process, which looks each minute, may have been quicker
            await page.click("#panel >> text=Проверить и включить", timeout=10_000)
        await page.wait_for_selector(f"#thread >> text={PRICE}", timeout=HELD)
        await page.wait_for_selector("#panel >> text=Telegram не принимает токен", state="detached", timeout=HELD)
        await page.screenshot(path=tmp_path / "resumed.png")
        await browser.close()

    assert held == 0
    assert seen.complaints == []
