"""In a browser: a price list from a pasted text to a version and back; and the first start, from nothing to an answering bot."""

from __future__ import annotations

import pytest

from tests.dashboard.office import Browsing, Member, Office
from tests.dashboard.shop.conftest import Counter
from valera.chats.chat import BY_CODE, open_chat, say
from valera.clients.client import meet
from valera.identity.session import Method, Person, begin_session
from valera.kit.db import AccountId, account_scope, execute
from valera.reception.turn_queries import insert_turn_by_code

LIST = """Кузов
Покраска бампера — от 12 000
Покраска двери — 1 200
Покраска крыла — 13 000
Покраска капота — 15 000
Диагностика — договорная"""
NEWCOMER = 8_000_002


@pytest.fixture
async def office(counter: Counter) -> Office:
    """Telegram is a strict one on this machine."""
    return counter.office


async def test_a_price_list_from_text_to_version_and_back(browsing: Browsing) -> None:
    seen = await browsing.visit("/prices", phone=True)
    page = seen.page
    await page.locator("summary", has_text="Вставить текстом").click()
    await page.locator("textarea[name=text]").fill(LIST)
    await page.get_by_role("button", name="Разобрать").click()

    await page.wait_for_url("**/prices/draft")
    row = page.locator(".shop-price", has_text="Покраска двери")
    await row.locator("input[name=price_1]").fill("12 500")
    await row.get_by_role("button", name="Сохранить").click()
    toast = page.locator(".toast", has_text="Исправлено")
    await toast.wait_for()
    assert await page.locator(".shop-price", has_text="Покраска двери").count() == 0
    await toast.get_by_role("button", name="Отменить").click()
    await page.locator(".toast", has_text="Исправление отменено").wait_for()
    await page.locator(".shop-price", has_text="Покраска двери").get_by_role("button", name="Всё верно").click()
    await page.locator(".toast", has_text="Исправлено").wait_for()

    await page.get_by_role("link", name="К публикации").click()
    await page.locator("tr", has_text="Покраска двери").wait_for()
    assert await seen.overflow() == 0
    await page.get_by_role("button", name="Опубликовать").click()
    await page.locator(".toast", has_text="Версия 2 опубликована").wait_for()
    await page.get_by_label("Найти работу").fill("двер")
    await page.locator("#price-list tr", has_text="Покраска крыла").wait_for(state="detached")
    assert await page.locator("#price-list tr", has_text="1 200").count() == 1

    await page.get_by_role("link", name="Версии").click()
    await page.get_by_role("link", name="Версия 1").click()
    await page.get_by_role("button", name="Вернуть эту версию").click()
    await page.locator(".toast", has_text="Снова действует версия 1").wait_for()
    assert await page.locator("#price-list tr", has_text="Бампер").count() == 1


async def test_a_newcomer_is_ready_in_four_steps(browsing: Browsing, counter: Counter) -> None:
    given = counter.office.given
    async with given.db.identity_tx() as tx:
        await execute(tx, "insert into telegram_users (telegram_id, first_name, language) values ($1, 'Борис', 'ru')", NEWCOMER)
        token = await begin_session(tx, Person(telegram_user_id=NEWCOMER), method=Method.TELEGRAM, now=given.clock.now())
    counter.office.members["newcomer"] = Member(counter.office.world.garage, 0, token)
    seen = await browsing.visit("/start", as_="newcomer", shop=None)
    page = seen.page
    await page.get_by_label("Название").fill("Малярка у Бориса")
    await page.get_by_label("Город").fill("Самара")
    await page.get_by_role("button", name="Открыть").click()

    await page.get_by_role("heading", name="Когда и где вы работаете").wait_for()
    await page.get_by_label("Телефон").fill("+7 846 000-00-00")
    await page.get_by_role("button", name="Сохранить и дальше").click()

    await page.get_by_role("heading", name="Ваш прайс-лист").wait_for()
    await page.get_by_label("Или вставьте текстом").fill("Покраска бампера — 12 000\nПокраска двери — 14 000")
    await page.get_by_role("button", name="Разобрать").click()
    await page.get_by_role("link", name="К публикации").click()
    await page.get_by_role("button", name="Опубликовать").click()
    await page.get_by_role("link", name="Продолжить").click()

    fresh = counter.stage.telegram.add(700000003, "boris_test_bot")
    await page.get_by_label("Токен бота").fill(fresh.token)
    await page.get_by_role("button", name="Подключить").click()
    await page.get_by_role("heading", name="@boris_test_bot").wait_for()
    await page.get_by_role("link", name="Продолжить").click()

    await page.get_by_role("heading", name="Поговорите с ботом").wait_for()
    await page.get_by_text("Ждём первый ответ бота").wait_for()
    assert await page.locator(".shop-qr svg").count() == 1
    await answer(counter)
    await page.get_by_text("Бот ответил.").wait_for()
    assert fresh.token not in await page.content()
    assert await seen.overflow() == 0


async def answer(counter: Counter) -> None:
    """A client has written to the new bot, and it said something."""
    owner = counter.stage.owner
    account_id = AccountId(int(await owner.fetchval("select id from accounts where slug = 'malyarka-u-borisa'") or 0))
    bot_id = int(await owner.fetchval("select id from bots where account_id = $1", account_id) or 0)
    with account_scope(account_id):
        async with counter.stage.db.account_tx() as tx:
            client_id = await meet(tx, telegram_user_id=NEWCOMER, name="Борис", source=None)
            chat, _ = await open_chat(tx, bot_id=bot_id, telegram_chat_id=NEWCOMER, telegram_user_id=NEWCOMER, client_id=client_id)
            turn_id = await insert_turn_by_code(tx, chat_id=chat.id, trigger="message")
            await say(tx, chat.id, "Здравствуйте!", turn_id=turn_id, origin=BY_CODE)
