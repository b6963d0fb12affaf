"""A receptionist's morning at the board, in a browser: a caller is booked, a work is dragged and brought back, and led through its day."""

from __future__ import annotations

from typing import Any

from tests.dashboard.board.conftest import Book, at
from tests.dashboard.office import Browsing


async def drag(page: Any, job: str, *, column: int, row: int) -> None:
    """By the pointer, to a quarter of an hour counted from the top of a bay."""
    box = await page.locator(job).bounding_box()
    lane = await page.locator(".lane").nth(column).bounding_box()
    rows = int(await page.locator("#board").get_attribute("data-rows"))
    await page.mouse.move(box["x"] + 40, box["y"] + 8)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 60, box["y"] + 20, steps=3)
    await page.mouse.move(lane["x"] + 40, lane["y"] + row * lane["height"] / rows + 8, steps=4)
    await page.mouse.up()


async def test_a_morning_at_the_board(browsing: Browsing, book: Book) -> None:
    await book("Lada Vesta", "Замена крыла", at(22, 9), hours=2)
    await book("Kia Rio", "Осмотр", at(22, 15), bay=1)
    seen = await browsing.visit("/board", as_="support")
    seen.expected.append("409")  # the console's own words on a conflict
    await seen.page.wait_for_selector("#board-now:not([hidden])")
    await _books_a_caller(seen.page)
    await _drags_and_brings_back(seen.page)
    await _leads_through_the_day_by_keys(seen.page)
    await seen.page.wait_for_selector('[data-live="on"]', state="attached")
    await book("Geely Coolray", "Капот", at(22, 18), bay=0)  # what somebody else does is seen at once
    await seen.page.wait_for_selector("#job-5:has-text('Geely Coolray')")
    await _looks_on_the_phone(browsing)


async def _books_a_caller(page: Any) -> None:
    """What is taken is said before anything is sent."""
    await page.keyboard.press("n")
    await page.wait_for_selector("#board-new:modal")
    await page.keyboard.type("8 916 555-11-22")
    await page.fill("#board-f-name", "Олег")
    await page.fill("#board-f-car", "Skoda Rapid")
    await page.fill("#board-f-time", "15:30")
    await page.select_option("#board-f-bay", label="Пост 2")
    await page.wait_for_selector("#board-verdict:has-text('Запись № 3, 15:00–16:00')")
    assert await page.locator("#board-new button[type=submit]").is_disabled()
    await page.click(".board-free >> text='17:00'")
    await page.wait_for_selector("#board-verdict:has-text('Свободно: Пост 2')")
    await page.click("#board-new button[type=submit]")
    await page.wait_for_selector("#job-4:has-text('Skoda Rapid')")
    await page.wait_for_selector(".toast:has-text('Запись № 4 создана')")


async def _drags_and_brings_back(page: Any) -> None:
    """To the other bay and back from the toast; onto another work nothing is saved, and the reason is shown."""
    await page.wait_for_selector('[data-live="on"]', state="attached")
    before = await page.get_attribute("#job-4", "class")
    await drag(page, "#job-4", column=0, row=16)
    await page.wait_for_selector("#job-4.ra1.rb6.cb1")
    await page.click(".toast:has-text('перенесена') >> text='Отменить'")
    await page.wait_for_selector(f"#job-4[class='{before}']")
    await drag(page, "#job-4", column=1, row=25)
    await page.wait_for_selector("#board-place:modal #board-verdict:has-text('Запись № 3')")
    await page.keyboard.press("Escape")
    await page.wait_for_selector("#board-place", state="detached")
    await page.wait_for_selector(f"#job-4[class='{before}']:not([style])")


async def _leads_through_the_day_by_keys(page: Any) -> None:
    """To a work, its card, two steps, and on to other days."""
    await page.focus("#job-2")
    for key, job in (("ArrowRight", "job-3"), ("ArrowDown", "job-4")):
        await page.keyboard.press(key)
        assert await page.evaluate("document.activeElement.id") == job
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#board-card:modal")
    await page.keyboard.press("Enter")  # the next step has the focus
    await page.wait_for_selector("#board-card .pill:has-text('Приехал')")
    await page.click("#board-card >> text='В работу'")
    await page.wait_for_selector("#board-card .pill:has-text('В работе')")
    await page.keyboard.press("Escape")
    await page.wait_for_selector("#job-4[data-state='in_work']")
    assert await page.evaluate("document.activeElement.id") == "job-4"
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("ArrowRight")
    await page.wait_for_selector("h1:has-text('Понедельник, 23 ноября')")
    await page.wait_for_function("document.readyState === 'complete'")
    await page.keyboard.press("t")
    await page.wait_for_selector("h1:has-text('Воскресенье, 22 ноября')")


async def _looks_on_the_phone(browsing: Browsing) -> None:
    phone = await browsing.visit("/board", as_="support", phone=True)
    await phone.page.locator("#job-2").tap()
    await phone.page.wait_for_selector("#board-card:modal")
    for path in ("/board", "/board/week", "/board/list?status=all", "/board?booking=2", "/callbacks", "/waitlist"):
        await phone.go(f"/shops/garage{path}")
        assert await phone.overflow() == 0, path
