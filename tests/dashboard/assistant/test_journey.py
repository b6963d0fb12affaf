"""An owner writes instructions, tries them, publishes, compares and goes back, in a browser."""

from __future__ import annotations

import os
from typing import Any

from tests.dashboard.office import Browsing

PICTURES = os.environ.get("VALERA_TEST_PICTURES")


async def picture(page: Any, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=f"{PICTURES}/assistant-{name}.png")


async def test_edit_try_publish_compare_and_go_back(browsing: Browsing) -> None:
    seen = await browsing.visit("/assistant", as_="admin")
    page = seen.page
    await picture(page, "empty")
    await page.fill("#f-prompt", "Осмотр бесплатный.\nГарантия на покраску два года.")
    await page.wait_for_selector("text=Сохранено: Игорь")
    await page.click("text=Сколько стоит покрасить бампер на Камри?")
    await page.wait_for_selector("text=Посмотрел прайс-лист")
    await page.wait_for_selector("text=прайс-лист 1, строка 1")
    await page.fill("[name=said]", "Запишите на завтра")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".assistant-buttons .btn")
    await picture(page, "tried")
    await page.click(".assistant-buttons .btn >> nth=0")
    await page.wait_for_selector("text=Да, записать")
    await page.click(".assistant-buttons .btn >> nth=0")
    await page.wait_for_selector("text=№ 2")
    await picture(page, "booked")
    await page.reload()
    assert await page.input_value("#f-prompt") == "Осмотр бесплатный.\nГарантия на покраску два года."
    assert await page.locator(".assistant-line").count() == 8
    await page.click("text=Проверить и опубликовать")
    await page.wait_for_selector("text=Добавлены 2 строки, убрана 1 строка")
    await picture(page, "review")
    await page.fill("[name=note]", "первая")
    await page.click("button:has-text('Опубликовать')")
    await page.wait_for_selector("text=версия 2,")
    await page.fill("#f-prompt", "Осмотр бесплатный.\nГарантия на покраску три года.")
    await page.wait_for_selector("text=Черновик")
    await page.click("text=Проверить и опубликовать")
    await page.click("button:has-text('Опубликовать')")
    await page.wait_for_selector("text=версия 3,")
    await seen.go("/shops/garage/assistant/versions/3")
    assert await page.inner_text("ins mark") == "три"
    await picture(page, "difference")
    await seen.go("/shops/garage/assistant/versions")
    await picture(page, "versions")
    await page.click("[aria-label='Вернуть версию 2']")
    await page.wait_for_selector("text=возврат к версии 2")
    await seen.go("/shops/garage/assistant")
    assert await page.input_value("#f-prompt") == "Осмотр бесплатный.\nГарантия на покраску два года."
    for phone, scheme in ((True, "light"), (True, "dark"), (False, "dark")) if PICTURES else ((True, "light"),):
        other = await browsing.visit("/assistant", as_="admin", phone=phone, scheme=scheme)
        await picture(other.page, f"editor-{'phone' if phone else 'desktop'}-{scheme}")
        assert await other.overflow() == 0
        for part in ("behaviour", "models", "versions"):
            await other.go(f"/shops/garage/assistant/{part}")
            await picture(other.page, f"{part}-{'phone' if phone else 'desktop'}-{scheme}")
            assert await other.overflow() == 0
