"""The messenger page in a real browser: what is pressed and typed, how it looks from 390 to 1440 pixels, and that nothing complains."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.conftest import NOON, Running, Serving
from tests.simulator.page.glass import EVIL, FakeGlass
from valera.accounts.notice import Notice, NoticeKind

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip(
        "Chromium is not installed (apt-get install chromium): the messenger page was not tried in a browser", allow_module_level=True
    )
async_api = pytest.importorskip("playwright.async_api", reason="playwright is not installed: the messenger page was not tried in a browser")

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
YES_NO = {"inline_keyboard": [[{"text": "Да, записать", "callback_data": "yes:1"}, {"text": "Нет", "callback_data": "no:1"}]]}
WEIRD = ("😀" * 4096, "W" * 3000, "<b onclick=alert(1)>שלום</b> مرحبا " * 20)


class Seen:
    """A page and every complaint it made."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.set_default_timeout(10_000)

    async def overflow(self) -> int:
        return await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.fixture
async def glass() -> FakeGlass:
    return FakeGlass()


@pytest.fixture
async def running(tmp_path: Path, glass: FakeGlass) -> AsyncIterator[Running]:
    async with Serving(tmp_path / "telegram.sqlite", glass) as running:
        yield running


async def visit(
    browser: Any,
    running: Running,
    *,
    width: int = 1440,
    scheme: str = "light",
    view: str = "chat",
    person: int | None = None,
    beside: str = "",
) -> Seen:
    context = await browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, locale="ru-RU", has_touch=width < 500, reduced_motion="reduce"
    )
    seen = Seen(await context.new_page())
    await seen.page.goto(f"{running.url}/?bot={running.bot.id}&person={person or running.person.id}&view={view}&beside={beside}")
    await seen.page.wait_for_selector('[data-live="on"]', state="attached")
    return seen


async def test_client_writes_presses_and_reads(running: Running, browser: Any) -> None:
    seen = await visit(browser, running)
    page, person_id = seen.page, running.person.id
    await page.click('#thread >> text="Начать"')
    await page.wait_for_selector("#m1 >> text=/start")
    await page.fill("#text", "Запишите на завтра в 11")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#m2 >> text=Запишите на завтра в 11")
    assert await page.input_value("#text") == ""

    await running.call("sendChatAction", chat_id=person_id, action="typing")
    await page.wait_for_selector("#typing")
    sent = (await running.call("sendMessage", chat_id=person_id, text="Придержал 11:00. Верно?", reply_markup=YES_NO))["result"][
        "message_id"
    ]
    await page.wait_for_selector(f"#m{sent}")
    assert await page.locator("#typing").count() == 0

    await page.click("text=Да, записать")
    await page.wait_for_selector(".key[data-waiting]")
    query = running.store.list("select id from presses")[0]["id"]
    await running.call("answerCallbackQuery", callback_query_id=query, text="Записал")
    await page.wait_for_selector(".toast >> text=Записал")
    await page.wait_for_selector(".key[data-waiting]", state="detached")
    assert len(running.store.list("select 1 from messages where is_from_bot = 0")) == 2
    assert seen.complaints == []


async def test_alert_stays_until_it_is_understood(running: Running, browser: Any) -> None:
    await running.post(f"{running.chat}/messages", {"text": "/start"})
    await running.call("sendMessage", chat_id=running.person.id, text="?", reply_markup=YES_NO)
    seen = await visit(browser, running)
    await seen.page.click("text=Нет")
    await seen.page.wait_for_selector(".key[data-waiting]")
    query = running.store.list("select id from presses")[0]["id"]
    await running.call("answerCallbackQuery", callback_query_id=query, text="Жаль", show_alert=True)
    await seen.page.wait_for_selector("dialog[open] >> text=Жаль")
    await seen.page.click("text=Понятно")
    await seen.page.wait_for_selector("dialog[open]", state="detached")
    assert seen.complaints == []


async def test_phone_is_shared_by_its_button_and_the_keyboard_leaves(running: Running, browser: Any) -> None:
    await running.post(f"{running.chat}/messages", {"text": "/start"})
    keyboard = {"keyboard": [[{"text": "Отправить телефон", "request_contact": True}], ["Не сейчас"]], "one_time_keyboard": True}
    await running.call("sendMessage", chat_id=running.person.id, text="Телефон?", reply_markup=keyboard)
    seen = await visit(browser, running)
    await seen.page.click("text=Отправить телефон")
    await seen.page.wait_for_selector(f".contact >> text={running.person.phone}")
    assert await seen.page.locator("#keyboard").count() == 0
    assert seen.complaints == []


async def test_staff_takes_over_answers_and_hands_back(running: Running, browser: Any, glass: FakeGlass) -> None:
    seen = await visit(browser, running)
    page = seen.page
    await page.click("text=Взять диалог")
    await page.fill("#answer-text", "Здравствуйте, это Мар")
    await page.evaluate("document.body.dispatchEvent(new CustomEvent('live:panel'))")
    await asyncio.sleep(0.3)
    assert await page.input_value("#answer-text") == "Здравствуйте, это Мар"
    await page.locator("#answer-text").press_sequentially("ина")
    await page.keyboard.press("Enter")
    await page.wait_for_function("document.querySelector('#answer-text').value === ''")
    await page.click("text=Вернуть Валере")
    await page.wait_for_selector("text=Отвечает Валера")
    assert (glass.answers, glass.status) == (["Здравствуйте, это Марина"], "assistant")
    assert seen.complaints == []


async def test_tool_that_somebody_opened_stays_open(running: Running, browser: Any) -> None:
    seen = await visit(browser, running)
    page = seen.page
    await page.click("#step-12-1 > summary")
    async with page.expect_response("**/panel?*"):
        await page.evaluate("document.body.dispatchEvent(new CustomEvent('live:panel'))")
    await asyncio.sleep(0.2)
    assert await page.get_attribute("#step-12-1", "open") is not None
    await page.wait_for_selector("#step-12-2 >> text=Бампер: 20 000 ₽")
    assert seen.complaints == []


async def test_reader_who_scrolled_up_stays_there(running: Running, browser: Any) -> None:
    for number in range(30):
        await running.post(f"{running.chat}/messages", {"text": f"сообщение {number}"})
    seen = await visit(browser, running)
    page = seen.page
    await page.wait_for_function("(s => s.scrollHeight - s.scrollTop - s.clientHeight < 5)(document.querySelector('#stream'))")
    await page.evaluate("document.querySelector('#stream').scrollTop = 0")
    await page.wait_for_selector(".jump", state="visible")
    await running.call("sendMessage", chat_id=running.person.id, text="новое")
    await page.wait_for_selector("#m31", state="attached")
    assert await page.evaluate("document.querySelector('#stream').scrollTop") == 0
    await page.click(".jump")
    await page.wait_for_selector(".jump", state="hidden")
    assert seen.complaints == []


async def test_blocked_bot_is_unblocked_from_the_page(running: Running, browser: Any) -> None:
    await running.post(f"{running.chat}/messages", {"text": "/start"})
    seen = await visit(browser, running)
    await seen.page.click(".blocker button")
    await seen.page.wait_for_selector("#blocked")
    assert not await seen.page.is_visible("#composer")
    await seen.page.click("text=Разблокировать бота")
    await seen.page.wait_for_selector("#composer", state="visible")
    assert seen.complaints == []


async def test_refused_text_comes_back_with_the_reason(running: Running, browser: Any) -> None:
    await running.post(f"{running.chat}/messages", {"text": "/start"})
    seen = await visit(browser, running)
    async with running.session.put(f"{running.chat}/block"):
        pass
    await seen.page.evaluate("document.querySelector('#text').value = 'не потеряйся'; document.querySelector('#composer').requestSubmit()")
    await seen.page.wait_for_selector(".toast")
    assert await seen.page.input_value("#text") == "не потеряйся"


async def test_theme_is_chosen_and_kept(running: Running, browser: Any) -> None:
    seen = await visit(browser, running)
    await seen.page.click("[data-theme-switch]")
    await seen.page.reload()
    assert await seen.page.get_attribute("html", "data-theme") == "dark"
    assert seen.complaints == []


async def test_fault_is_switched_and_a_notice_is_answered(running: Running, browser: Any, glass: FakeGlass) -> None:
    seen = await visit(browser, running, width=390, view="panel")
    page = seen.page
    await page.click("#fault > summary")
    await page.select_option("#fault-kind", "revoked")
    await page.select_option("#fault-share", "25")
    await page.select_option("#fault-seconds", "300")
    async with page.expect_response("**/panel?*"):
        await page.evaluate("document.body.dispatchEvent(new CustomEvent('live:panel'))")
    await asyncio.sleep(0.2)
    assert await page.input_value("#fault-kind") == "revoked"  # what is being chosen outlives a look at the panel
    await page.click("#fault-form button")
    await page.wait_for_selector("#fault >> text=25 % · ещё")
    [fault] = running.store.list("select kind, share from faults")
    assert (fault["kind"], fault["share"]) == ("revoked", 25)

    glass.notices = (Notice(1, NoticeKind.TOKEN_REVOKED, 5, NOON, {"bot": EVIL + "w" * 60}), Notice(2, NoticeKind.RESTORED, None, NOON))
    await page.evaluate("document.body.dispatchEvent(new CustomEvent('live:panel'))")
    await page.wait_for_selector("#notice-1 >> text=Telegram не принимает токен")
    await page.wait_for_selector("#notice-2")
    assert await seen.overflow() <= 0
    glass.is_token_good = True
    await page.click("text=Проверить и включить")
    await page.wait_for_selector("#notice-1", state="detached")
    await page.click("#fault >> text=Выключить")
    await page.wait_for_selector("#fault-form")
    assert running.store.list("select 1 from faults") == []
    assert seen.complaints == []


async def test_refused_token_is_said_and_the_notice_stays(running: Running, browser: Any, glass: FakeGlass) -> None:
    glass.notices = (Notice(1, NoticeKind.TOKEN_REVOKED, 5, NOON, {"bot": "garage_bot"}),)
    seen = await visit(browser, running)
    await seen.page.click("text=Проверить и включить")
    await seen.page.wait_for_selector(".toast >> text=Telegram пока не принимает токен")
    assert await seen.page.locator("#notice-1").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "view"), [(390, "chat"), (390, "panel"), (390, "people"), (768, "chat"), (1024, "chat"), (1440, "chat")])
async def test_nothing_overflows_and_nothing_complains(running: Running, browser: Any, width: int, view: str, scheme: str) -> None:
    await running.post("/api/people", {"name": "<img src=x> עברית " + "Ж" * 50})
    for text in WEIRD:
        await running.post(f"{running.chat}/messages", {"text": text})
    wide = {
        "inline_keyboard": [
            [{"text": "Очень длинная кнопка о переносе записи " * 2, "callback_data": "a"}, {"text": "W" * 60, "callback_data": "b"}]
        ]
    }
    await running.call("sendMessage", chat_id=running.person.id, text="w" * 4096, reply_markup=wide)
    await running.call("sendMessage", chat_id=running.person.id, text="x", reply_markup={"keyboard": [["Я" * 60, "Нет"]]})
    seen = await visit(browser, running, width=width, scheme=scheme, view=view)
    await seen.page.wait_for_selector("#turn-12", state="attached")
    await seen.page.evaluate("document.querySelector('#fault').open = true")
    assert await seen.overflow() <= 0
    for part in ("#stream", ".panel", ".side"):
        if await seen.page.is_visible(part):
            assert await seen.page.evaluate(f"(e => e.scrollWidth - e.clientWidth)(document.querySelector('{part}'))") <= 0, part
    assert seen.complaints == []
