"""An owner looks at the numbers of a month, at what stands behind one of them, and at a range of their own; on a laptop and on a phone."""

from __future__ import annotations

import re

import pytest

from tests.dashboard.office import Browsing
from tests.dashboard.overview.test_pages import plant_past

pytestmark = pytest.mark.timeout(120)


async def test_owner_opens_the_list_behind_a_number(browsing: Browsing) -> None:
    await plant_past(browsing.office.given.db, browsing.office.world.garage, chats=30)
    desk = await browsing.visit("/overview?from=2026-10-20&until=2026-11-22")
    page = desk.page

    await page.get_by_text("Показать таблицей").first.click()
    cell = page.locator("details[open] tbody a").first
    number = int(await cell.inner_text())
    await cell.click()
    await page.wait_for_url(re.compile("/overview/list"))
    assert await page.locator("tbody tr").count() == number
    assert f"В списке: {number}" in await page.locator("header").inner_text()

    await page.get_by_text("К аналитике").click()
    await page.wait_for_url(re.compile("/overview[?]"))
    await page.get_by_role("link", name="7 дней").click()
    await page.wait_for_url(re.compile("days=7"))
    assert await page.get_by_role("link", name="7 дней").get_attribute("aria-current") == "true"

    await page.get_by_label("С", exact=True).fill("2026-11-01")
    await page.get_by_label("По", exact=True).fill("2026-11-10")
    await page.get_by_role("button", name="Показать").click()
    await page.wait_for_url(re.compile("from=2026-11-01&until=2026-11-10"))
    assert "1 ноября 2026 – 10 ноября 2026" in await page.locator("#overview-period").inner_text()
    assert await desk.overflow() == 0

    async with page.expect_download() as saving:
        await page.get_by_role("link", name="Скачать CSV").click()
    assert (await saving.value).suggested_filename == "garage-overview-2026-11-01-2026-11-10.csv"

    phone = await browsing.visit("/overview", phone=True, scheme="dark")
    assert await phone.overflow() == 0
    assert await phone.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    chart = phone.page.locator(".chart").first
    assert (await chart.bounding_box())["width"] > 390
    await page.emulate_media(media="print")
    assert not await page.locator(".overview-range").is_visible()
    assert not await page.locator(".side").is_visible()
