"""What a messenger has, in a real browser: albums, replies, edits, several clients side by side, prepared dialogues, a finger's size."""

from __future__ import annotations

from typing import Any

from tests.simulator.conftest import Running
from tests.simulator.page.test_browser import visit


async def test_album_is_sent_and_a_message_answered_edited_and_deleted(running: Running, browser: Any) -> None:
    await running.post(f"{running.chat}/messages", {"text": "/start"})
    await running.call("sendMessage", chat_id=running.person.id, text="Пришлите фото")
    seen = await visit(browser, running)
    page = seen.page
    await page.fill("#text", "вмятина")
    await page.click('[popovertarget="attach"]')
    await page.click("text=Альбом из трёх фото")
    await page.wait_for_selector("#m3 .media img >> nth=2")
    await page.wait_for_function("[...document.querySelectorAll('#m3 img')].every(image => image.complete && image.naturalWidth === 800)")
    await page.wait_for_selector("#m3 >> text=вмятина")

    async def choose(message: str, act: str) -> None:
        await page.hover(f"{message} .bubble")
        await page.click(f"{message} [data-more]")
        await page.click(f'#message-menu [data-act="{act}"]:visible')

    await choose("#m2", "reply")
    await page.fill("#text", "вот она")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#m6 .quote >> text=Пришлите фото")
    await choose("#m6", "edit")
    assert await page.input_value("#text") == "вот она"
    await page.fill("#text", "вот она, дверь")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#m6 >> text=изменено")
    await choose("#m6", "delete")
    await page.wait_for_selector("#m6", state="detached")
    assert [row["kind"] for row in running.store.list("select kind from updates")] == ["message"] * 5 + ["edited_message"]
    assert [row["text"] for row in running.store.list("select text from messages where message_id = 6")] == ["вот она, дверь"]
    assert seen.complaints == []


async def test_three_clients_stand_side_by_side_and_each_sees_what_is_his(running: Running, browser: Any) -> None:
    others = [row["id"] for row in running.store.list("select id from people order by id")[1:3]]
    for person in (running.person.id, *others):
        await running.post(f"/api/bots/{running.bot.id}/people/{person}/messages", {"text": "привет"})
    seen = await visit(browser, running, scheme="dark", beside=",".join(map(str, others)))
    page = seen.page
    assert [await page.is_visible(f'[data-person="{person}"]') for person in (running.person.id, *others)] == [True] * 3
    await running.call("sendMessageDraft", chat_id=others[0], draft_id=1, text="Смотрю цены…")
    await running.call("sendChatAction", chat_id=others[1], action="typing")
    await page.wait_for_selector(f"#draft-{others[0]} >> text=Смотрю цены…")
    await page.wait_for_selector(f"#typing-{others[1]}")
    await page.fill(f"#text-{others[1]}", "это я")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(f"#thread-{others[1]} >> text=это я")
    await running.call("sendMessage", chat_id=others[0], text="20 000 ₽")
    await page.wait_for_selector(f"#draft-{others[0]}", state="detached")
    assert await page.locator("text=это я").count() == 2  # in the thread, and in the list of clients
    assert await page.locator("#draft, #typing").count() == 0
    assert await seen.overflow() <= 0
    assert seen.complaints == []


async def test_phone_plays_a_scenario_and_everything_is_as_large_as_a_finger(running: Running, browser: Any) -> None:
    await running.call("setMyCommands", commands=[{"command": "help", "description": "Что умеет помощник"}])
    seen = await visit(browser, running, width=390, view="people")
    page = seen.page
    await page.click("#scenarios > summary")
    assert await too_small(page) == []
    await page.click("text=Сердитый клиент")
    await page.wait_for_selector(".playing >> text=Сердитый клиент")
    await page.wait_for_selector("#thread >> text=Третий день звоню")
    assert await too_small(page) == []
    await page.click(".playing button")
    await page.wait_for_selector(".playing", state="detached")

    await page.click('[popovertarget="commands"]')
    await page.click("#commands >> text=/help")
    await page.wait_for_selector('#thread >> text="/help"')
    await page.click('[popovertarget="chat-menu"]')
    await page.fill("#payload", "utm_yandex")
    await page.click("#chat-menu button")
    await page.wait_for_selector("#thread >> text=/start utm_yandex")
    assert await seen.overflow() <= 0
    assert seen.complaints == []


async def too_small(page: Any) -> list[str]:
    """What can be tapped and is less than 44 pixels wide or high; keys and links within a text are not meant."""
    return await page.evaluate(
        """() => [...document.querySelectorAll("button, select, summary, .chat, .langs a, .tabbar a, .menu-item")]
            .filter((one) => one.checkVisibility())
            .map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 80)])
            .filter(([box]) => box.width < 43.5 || box.height < 43.5).map(([, html]) => html)"""
    )
