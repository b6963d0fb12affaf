"""Opening a shop and the four steps, whose progress is what the shop's rows say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.dashboard.office import HTML, Member, Office, open_office
from valera.dashboard.start.city import cities, find_zone
from valera.identity.session import Method, Person, begin_session
from valera.kit.db import execute

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.cast import World
    from valera.dashboard.frame.given import Given

NEWCOMER = 8_000_001


@pytest.fixture
async def newcomer(given: Given, world: World) -> AsyncIterator[Office]:
    """Somebody whom Telegram vouches for, in no shop, where Telegram is the real one."""
    async with open_office(replace(given, simulator=None), world) as office:
        async with given.db.identity_tx() as tx:
            await execute(tx, "insert into telegram_users (telegram_id, first_name, language) values ($1, 'Борис', 'ru')", NEWCOMER)
            token = await begin_session(tx, Person(telegram_user_id=NEWCOMER), method=Method.TELEGRAM, now=given.clock.now())
        office.members["newcomer"] = Member(world.garage, 0, token)
        yield office


async def open_shop(office: Office, as_: str = "newcomer", **form: str) -> Any:
    return await office.post("/start", {"name": "Кузовной на Лесной", "city": "г. Екатеринбург"} | form, as_=as_, shop=None, headers=HTML)


def test_cities() -> None:
    assert find_zone("  г. Набережные  челны") == "Europe/Moscow"
    assert find_zone("ростов на дону") == "Europe/Moscow"
    assert find_zone("Орёл-Изумруд") is None
    assert len(cities()) > 80


async def test_a_newcomer_opens_a_shop_and_owns_it(newcomer: Office) -> None:
    opened = await open_shop(newcomer)
    assert (opened.status_code, opened.headers["location"]) == (303, "/shops/kuzovnoy-na-lesnoy/start")
    page = await newcomer.get("/start", as_="newcomer", shop="kuzovnoy-na-lesnoy")
    assert page.status_code == 200
    assert "Готово 0 из 4" in page.text
    owner = await newcomer.given.db.connect(role="valera_owner")
    row = await owner.fetchrow(
        "select a.time_zone, m.role, m.telegram_user_id, m.name from accounts a"
        "  join memberships m on (m.account_id, m.id) = (a.id, a.owner_id) where a.slug = 'kuzovnoy-na-lesnoy'"
    )
    await owner.close()
    assert tuple(row or ()) == ("Asia/Yekaterinburg", "admin", NEWCOMER, "Борис")
    second = await open_shop(newcomer)
    assert second.headers["location"].startswith("/shops/kuzovnoy-na-lesnoy-")
    for path in ("/start", "/hours", "/bots", "/chats"):
        assert (await newcomer.get(path, as_="owner", shop="kuzovnoy-na-lesnoy")).status_code == 404


async def test_nobody_opens_shops_without_end(newcomer: Office) -> None:
    answers = [(await open_shop(newcomer, name=f"Сервис {number}")).status_code for number in range(6)]
    assert answers == [303] * 5 + [429]


async def test_what_is_typed_wrong_stays_and_is_explained(newcomer: Office) -> None:
    nameless = await open_shop(newcomer, name="  ")
    assert (nameless.status_code, "Напишите название" in nameless.text) == (422, True)
    unknown = await open_shop(newcomer, city="Васюки")
    assert (unknown.status_code, 'name="zone"' in unknown.text, 'value="Васюки"' in unknown.text) == (422, True, True)
    assert (await open_shop(newcomer, city="Васюки", zone="Mars/Olympus")).status_code == 422
    assert (await open_shop(newcomer, city="Васюки", zone="Europe/Samara")).status_code == 303
    by_link = await open_shop(newcomer, as_="owner")
    assert (by_link.status_code, "войдите через Telegram" in by_link.text) == (403, True)
    assert (await newcomer.get("/start", as_=None, shop=None)).status_code == 303


async def test_steps_are_done_by_what_the_shop_has(newcomer: Office) -> None:
    await open_shop(newcomer)

    async def page(path: str = "/start") -> str:
        return (await newcomer.get(path, as_="newcomer", shop="kuzovnoy-na-lesnoy")).text

    async def send(path: str, form: dict[str, str]) -> Any:
        return await newcomer.post(path, form, as_="newcomer", shop="kuzovnoy-na-lesnoy", headers=HTML)

    assert "Когда и где вы работаете" in await page()
    assert "нет открытых" not in await page("/start/no-bookings")
    wrong = await send("/start/shop", {"hours": "когда как", "bays": "2", "phone": "+7 343 000-00-00"})
    assert (wrong.status_code, "+7 343 000-00-00" in wrong.text) == (422, True)
    assert (await send("/start/shop", {"hours": "пн-пт 9-20", "bays": "0"})).status_code == 422
    done = await send("/start/shop", {"hours": "пн-пт 9-20", "bays": "3", "phone": "+7 343 000-00-00", "address": ""})
    assert done.headers["location"] == "/shops/kuzovnoy-na-lesnoy/start"
    assert "Готово 1 из 4" in await page()
    assert "Ваш прайс-лист" in await page()
    assert "Пост 1, Пост 2, Пост 3" in await page("/start/no-bookings")
    await send("/prices/drafts", {"text": "Покраска бампера — 12 000"})
    assert "осталось проверить" in await page("/start?step=prices")
    assert "готово 1 из 4" in await page("/start/strip")
    assert "Клиентам ещё некуда писать" in await page("/start/no-chats")
    assert "Бот в Telegram" in await page("/start?step=bot")


async def test_a_shop_that_has_it_all_is_done(office: Office) -> None:
    assert "Готово 4 из 4" in (await office.get("/start")).text
    assert "Бот ответил" in (await office.get("/start/talked")).text
    assert "notice" not in (await office.get("/start/strip")).text
    assert "симуляторе" in (await office.get("/start/no-chats", as_="support")).text
    assert (await office.get("/start", as_="support")).status_code == 403
    left_out = await office.post("/start/shop", {"hours": "пн-пт 14-20", "bays": "2"}, headers=HTML)
    assert (left_out.status_code, "без места останутся" in left_out.text) == (422, True)


async def test_in_the_demo_whoever_opens_a_shop_goes_on_as_its_owner(office: Office) -> None:
    opened = await open_shop(office, as_="owner")
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie
    office.members["there"] = Member(office.world.garage, 0, cookie.partition("=")[2].partition(";")[0])
    assert (await office.get("/start", as_="there", shop="kuzovnoy-na-lesnoy")).status_code == 200
    assert (await office.get("/start", as_="there")).status_code == 404
