"""Two members in two browsers: one takes the chat over, the other sees it at once; words go out once, also after a cut connection."""

from __future__ import annotations

from typing import Any

from tests.dashboard.office import Browsing
from valera.chats.drafting import DraftKind, Proposed, propose
from valera.kit.db import account_scope, execute, value


async def test_two_browsers_and_a_live_takeover(browsing: Browsing) -> None:
    garage = browsing.office.world.garage
    path = f"/chats/{garage.chat_id}"
    await _propose(browsing)
    marina, igor = await browsing.visit(path, as_="support"), await browsing.visit(path, as_="admin", phone=True)

    await marina.page.wait_for_selector(".ask .draft")
    await igor.page.tap("#acting-take")
    await igor.page.wait_for_selector("text=Отвечаете вы", state="attached")
    await marina.page.wait_for_selector("text=Отвечает Игорь", state="attached")
    await marina.page.wait_for_selector("#acting-held")

    # the other's words are refused and kept
    marina.expected.append("409")
    await marina.page.fill("#composer-text", "Приезжайте в девять")
    await marina.page.press("#composer-text", "Enter")
    await marina.page.wait_for_selector("#thread-sending .failed:not([hidden])")
    await marina.page.click("#thread-sending [data-never]")
    assert await marina.page.input_value("#composer-text") == "Приезжайте в девять"

    # typing is seen, a message arrives live, a double Enter is one message
    await igor.page.fill("#composer-text", "Добрый день!")
    await igor.page.dispatch_event("#composer-text", "input")
    await marina.page.wait_for_selector("text=Игорь печатает")
    await igor.page.click("[data-submit-message]")
    await marina.page.wait_for_selector("#thread-newest >> text=Добрый день!")
    await igor.page.wait_for_selector("#thread-newest >> text=Добрый день!")
    await igor.page.wait_for_function("!document.querySelector('#thread-sending > *')")

    # without a network it waits, and goes out once
    await marina.page.click("#acting-take")
    await marina.page.wait_for_selector("text=Отвечаете вы")
    await marina.page.context.set_offline(True)
    marina.expected += ["ERR_INTERNET_DISCONNECTED", "ERR_NETWORK", "Failed to (fetch|load)"]
    await marina.page.press("#composer-text", "Enter")
    await marina.page.press("#composer-text", "Enter")
    await marina.page.wait_for_selector("#thread-sending >> text=Ждёт сети")
    await marina.page.context.set_offline(False)
    await marina.page.wait_for_selector("#thread-newest >> text=Приезжайте в девять")
    assert await _count(browsing, "Приезжайте в девять") == 1

    # a note, by its key and by the keyboard alone
    await marina.page.evaluate("document.activeElement.blur()")
    await marina.page.keyboard.press("n")
    await marina.page.keyboard.type("Скидку не давать")
    await marina.page.keyboard.press("Enter")
    await marina.page.wait_for_selector("#thread-newest >> text=Скидку не давать")

    # what was being written survives a reload
    await marina.page.fill("#composer-text", "Ещё не дописано")
    await marina.page.reload()
    await marina.page.wait_for_function("document.querySelector('#composer-text').value === 'Ещё не дописано'")
    await marina.page.fill("#composer-text", "")
    assert await igor.overflow() <= 0


async def _propose(browsing: Browsing) -> None:
    garage = browsing.office.world.garage
    with account_scope(garage.account_id):
        async with browsing.office.given.db.account_tx() as tx:
            await execute(tx, "update messages set turn_id = null where chat_id = $1 and role = 'user'", garage.chat_id)
            turn_id = await value(tx, "insert into turns (chat_id, state) values ($1, 'withdrawn') returning id", garage.chat_id)
            text = "Да, при ремонте по КАСКО полировка фар будет со скидкой 20 %. Добавить к записи?"
            await propose(
                tx, garage.chat_id, Proposed(turn_id, garage.message_id, DraftKind.APPROVAL, text, "Ответ ждёт вашего решения", None, {})
            )


async def _count(browsing: Browsing, text: str) -> Any:
    with account_scope(browsing.office.world.garage.account_id):
        async with browsing.office.given.db.account_tx() as tx:
            return await value(tx, "select count(*) from messages where role = 'manager' and content = $1", text)
