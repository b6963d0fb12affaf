"""Reading in a browser: a thread that never moves under the reader, photos, search, and the same on a phone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from valera.kit.db import account_scope

if TYPE_CHECKING:
    from tests.dashboard.inbox.talk import Talk
    from tests.dashboard.office import Browsing

FAR_FROM_END = "s => s.scrollHeight - s.scrollTop - s.clientHeight > 80"
AT_END = "() => { const s = document.querySelector('.stream'); return s.scrollHeight - s.scrollTop - s.clientHeight < 2; }"


async def client_says(browsing: Browsing, talk: Talk, *texts: str) -> None:
    with account_scope(talk.shop.account_id):
        async with browsing.office.given.db.account_tx() as tx:
            talk.tx = tx
            for text in texts:
                await talk.says("user", text)


async def until(page: Any, script: str, argument: object = None) -> None:
    """Playwright's own waiting evaluates texts in the page, which our pages forbid."""
    async with asyncio.timeout(20):
        while not await page.evaluate(script, argument):
            await asyncio.sleep(0.05)


async def mark_is(page: Any, talk: Talk, expected: str) -> None:
    script = "([id, text]) => (document.querySelector(`#chat-${id} .count`)?.lastChild.textContent ?? '') === text"
    await until(page, script, [talk.chat_id, expected])


async def test_reading_on_a_laptop(browsing: Browsing, talk: Talk) -> None:
    page = (await browsing.visit("/chats", as_="support")).page
    await mark_is(page, talk, "9+")
    await page.click(f"#chat-{talk.chat_id}")
    await page.wait_for_selector(f"#thread[data-chat='{talk.chat_id}']")
    assert page.url.endswith(f"/chats/{talk.chat_id}")
    await page.wait_for_selector(f"#chat-{talk.chat_id}[aria-current=true]")
    await page.click(".jump >> visible=true") if await page.is_visible(".jump") else None
    await until(page, AT_END)
    await mark_is(page, talk, "")

    await _reads_further_up(browsing, talk, page)
    await _looks_at_photos(page)
    await _searches(page, talk)


async def _reads_further_up(browsing: Browsing, talk: Talk, page: Any) -> None:
    """New messages do not move what is read; an opened tool stays open."""
    await page.click(".tool summary >> nth=0")
    await page.evaluate("document.querySelector('.stream').scrollTop = 0")
    await page.wait_for_selector(".jump:not([hidden])")
    top = await page.evaluate("document.querySelector('.msg').getBoundingClientRect().top")
    await client_says(browsing, talk, "А завтра можно?", "И ещё вопрос")
    await until(page, "() => document.querySelector('.jump .count').textContent === '2'")
    assert await page.evaluate("document.querySelector('.msg').getBoundingClientRect().top") == top
    assert await page.eval_on_selector(".stream", FAR_FROM_END)
    assert await page.is_visible(".tool[open] table")
    await mark_is(page, talk, "2")
    await page.click(".jump")
    await mark_is(page, talk, "")
    await client_says(browsing, talk, "И последний")
    await page.wait_for_selector("text=И последний >> nth=-1")
    await until(page, AT_END)
    await mark_is(page, talk, "")


async def _looks_at_photos(page: Any) -> None:
    await page.click("[data-lightbox] >> nth=0")
    await page.wait_for_selector("#lightbox[open]")
    for key, expected in (("ArrowRight", "2 / 2"), ("ArrowRight", "1 / 2"), ("ArrowLeft", "2 / 2")):
        await page.keyboard.press(key)
        assert await page.inner_text(".lb-n") == expected
    await page.keyboard.press("+")
    await page.keyboard.press("r")
    assert await page.get_attribute(".lb-box", "data-zoom") == "2"
    assert await page.get_attribute(".lb-box", "data-turn") == "1"
    await page.keyboard.press("Escape")
    await page.wait_for_selector("#lightbox:not([open])", state="attached")
    assert await page.evaluate("document.activeElement === document.querySelectorAll('[data-lightbox]')[1]")


async def _searches(page: Any, talk: Talk) -> None:
    await page.keyboard.press("/")
    await page.keyboard.type("a512km")
    await page.wait_for_selector(f".found-h ~ #chat-{talk.chat_id}")
    await page.fill("#inbox-q", "парковками")
    await page.wait_for_selector(".found mark >> text=парковке")
    await page.click(".found")
    await page.wait_for_selector("[data-found] >> visible=true")
    inside = (
        "() => { const b = document.querySelector('[data-found]').getBoundingClientRect(); return b.top > 0 && b.bottom < innerHeight; }"
    )
    await until(page, inside)
    await page.fill("#inbox-q", "")
    await page.wait_for_selector(".filters")


async def test_reading_on_a_phone(browsing: Browsing, talk: Talk) -> None:
    seen = await browsing.visit("/chats", as_="support", phone=True, scheme="dark")
    page = seen.page
    assert await page.is_hidden(".thread")
    await page.tap(f"#chat-{talk.chat_id}")
    await page.wait_for_selector("#thread >> visible=true")
    assert await page.is_hidden(".list")
    assert await page.is_hidden(".tabbar")
    assert await seen.overflow() == 0
    await page.tap(".bar-who a")
    await page.wait_for_selector(".details-page .plate")
    assert await seen.overflow() == 0
    await page.go_back()
    await page.wait_for_selector("#thread >> visible=true")
    await page.go_back()
    await page.wait_for_selector(".list >> visible=true")
    assert await page.is_hidden(".thread")
