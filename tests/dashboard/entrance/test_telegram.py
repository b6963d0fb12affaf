"""Signing in with Telegram through the pages: there, back, and every way in which it is not this browser's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import httpx
import pytest
from aiohttp import web

from tests.cast import World
from tests.dashboard.office import HTML, Office, open_office
from tests.identity.issuer import CLIENT_ID, CLIENT_SECRET, FakeIssuer, open_issuer
from tests.identity.people import TELEGRAM_ID
from tests.identity.test_widget import TOKEN, answer
from valera.dashboard.frame.given import Given
from valera.dashboard.frame.sign_in import SignIn
from valera.identity.telegram.openid import Client, OpenId
from valera.identity.telegram.widget import Widget
from valera.kit.secrets import Secret

BACK = "/sign-in/telegram/back"


@dataclass(frozen=True, slots=True)
class Entrance:
    office: Office
    issuer: FakeIssuer

    async def begin(self, path: str = "/sign-in/telegram?next=/shops/garage", **more: str) -> tuple[str, str]:
        """The cookie of a browser that was sent to Telegram, and where it was sent."""
        sent = await self.office.client.get(path, headers=HTML | more)
        assert sent.status_code == 303, sent.text
        self.office.client.cookies.clear()
        return f"sign-in={sent.cookies['sign-in']}", sent.headers["location"]

    async def back(self, cookie: str, path: str = BACK, **query: str) -> httpx.Response:
        found = await self.office.client.get(f"{path}?{urlencode(query)}", headers=HTML | {"cookie": cookie})
        self.office.client.cookies.clear()
        return found


@pytest.fixture
async def entrance(given: Given, world: World) -> AsyncIterator[Entrance]:
    async with open_issuer(given.clock.now()) as issuer:
        openid = OpenId(issuer.issuer, Client(CLIENT_ID, Secret(CLIENT_SECRET)), aiohttp.ClientSession)
        async with open_office(replace(given, sign_in=SignIn("http://valera.test", openid)), world) as office:
            yield Entrance(office, issuer)
        await openid.close()


@pytest.fixture
async def by_widget(given: Given, world: World) -> AsyncIterator[Entrance]:
    async with open_office(replace(given, sign_in=SignIn("http://valera.test", widget=Widget(Secret(TOKEN)))), world) as office:
        yield Entrance(office, FakeIssuer("", given.clock.now()))


async def member_of_garage(entrance: Entrance) -> None:
    owner = await entrance.office.given.db.connect(role="valera_owner")
    await owner.execute("insert into telegram_users (telegram_id, first_name) values ($1, 'Игорь')", TELEGRAM_ID)
    await owner.execute(
        "update memberships set telegram_user_id = $1 where account_id = $2 and name = 'Игорь'",
        TELEGRAM_ID,
        entrance.office.world.garage.account_id,
    )
    await owner.close()


async def test_telegrams_word_opens_ones_shops(entrance: Entrance) -> None:
    await member_of_garage(entrance)
    cookie, address = await entrance.begin()
    code, state = entrance.issuer.authorize(address)

    answered = await entrance.back(cookie, code=code, state=state)

    assert (answered.status_code, answered.headers["location"]) == (303, "/shops/garage")
    page = await entrance.office.client.get("/shops/garage/more", headers=HTML | {"cookie": f"session={answered.cookies['session']}"})
    assert (page.status_code, "Игорь" in page.text) == (200, True)


async def test_a_stranger_is_in_no_shop(entrance: Entrance) -> None:
    cookie, address = await entrance.begin()
    code, state = entrance.issuer.authorize(address)

    answered = await entrance.back(cookie, code=code, state=state)

    session = {"cookie": f"session={answered.cookies['session']}"}
    assert (await entrance.office.client.get("/shops/garage/more", headers=HTML | session)).status_code == 404
    assert "/start" in (await entrance.office.client.get("/shops", headers=HTML | session)).text


async def test_what_comes_back_counts_once_and_in_its_own_browser(entrance: Entrance) -> None:
    cookie, address = await entrance.begin()
    another, elsewhere = await entrance.begin()
    code, state = entrance.issuer.authorize(address)
    _, foreign = entrance.issuer.authorize(elsewhere)

    for given, told in ((another, state), (cookie, foreign), ("sign-in=", state), ("", state), (cookie, ""), (cookie, "x" * 9000)):
        refused = await entrance.back(given, code=code, state=told)
        assert (refused.status_code, "session" in refused.cookies) == (401, False)
    assert (await entrance.back(cookie, code=code, state=state)).status_code == 303
    assert (await entrance.back(cookie, code=code, state=state)).status_code == 401


async def test_whoever_changes_their_mind_is_back_at_the_door(entrance: Entrance) -> None:
    cookie, address = await entrance.begin()
    _, state = entrance.issuer.authorize(address)

    answered = await entrance.back(cookie, error="access_denied", state=state)

    assert (answered.status_code, answered.headers["location"]) == (303, "/sign-in")
    assert "session" not in answered.cookies


async def test_a_token_that_is_wrong_signs_nobody_in_and_a_silent_issuer_says_so(entrance: Entrance) -> None:
    cookie, address = await entrance.begin()
    code, state = entrance.issuer.authorize(address)
    entrance.issuer.changes = {"aud": "another"}
    refused = await entrance.back(cookie, code=code, state=state)
    cookie, address = await entrance.begin()
    code, state = entrance.issuer.authorize(address)
    entrance.issuer.changes = {}
    entrance.issuer.says = web.Response(status=500)
    silent = await entrance.back(cookie, code=code, state=state)

    assert (refused.status_code, "session" in refused.cookies) == (401, False)
    assert (silent.status_code, "session" in silent.cookies) == (502, False)
    assert CLIENT_SECRET not in refused.text + silent.text


async def test_a_sign_in_leads_to_no_other_site(entrance: Entrance) -> None:
    for wanted in ("https://evil.example", "//evil.example", "/\\evil.example"):
        cookie, address = await entrance.begin(f"/sign-in/telegram?{urlencode({'next': wanted})}")
        code, state = entrance.issuer.authorize(address)
        entrance.issuer.changes = {"jti": wanted}
        assert (await entrance.back(cookie, code=code, state=state)).headers["location"] == "/"


async def test_a_member_who_came_by_a_link_adds_their_telegram(entrance: Entrance) -> None:
    office = entrance.office
    session = {"cookie": f"session={office.members['support'].token}"}
    foreign = await office.client.get("/me/telegram", headers=HTML | session | {"sec-fetch-site": "cross-site"})
    cookie, address = await entrance.begin("/me/telegram", **session)
    code, state = entrance.issuer.authorize(address)
    elsewhere = await entrance.back(cookie, code=code, state=state)
    cookie, address = await entrance.begin("/me/telegram", **session)
    code, state = entrance.issuer.authorize(address)
    entrance.issuer.changes = {"jti": "another"}
    answered = await entrance.back(f"{cookie}; {session['cookie']}", code=code, state=state)

    assert foreign.status_code == 403
    assert elsewhere.status_code == 401, "only where the member is signed in"
    assert (answered.status_code, answered.headers["location"]) == (303, "/me")
    assert (await office.get("/more", as_="support")).status_code == 303, "the session by link is over"
    page = await office.client.get("/shops/garage/more", headers=HTML | {"cookie": f"session={answered.cookies['session']}"})
    assert (page.status_code, "Марина" in page.text) == (200, True)


async def test_the_widget_signs_in_once_and_only_the_browser_that_began(by_widget: Entrance) -> None:
    await member_of_garage(by_widget)
    cookie, address = await by_widget.begin()
    state = parse_qs(urlsplit(parse_qs(urlsplit(address).query)["return_to"][0]).query)["state"][0]
    fields = dict(answer(int(by_widget.office.given.clock.now().timestamp())))
    waiting = await by_widget.back(cookie, "/sign-in/widget/back", state=state)
    stranger = await by_widget.back("sign-in=another", "/sign-in/widget/back", state=state, **fields)
    answered = await by_widget.back(cookie, "/sign-in/widget/back", state=state, **fields)
    cookie, address = await by_widget.begin()
    state = parse_qs(urlsplit(parse_qs(urlsplit(address).query)["return_to"][0]).query)["state"][0]
    replayed = await by_widget.back(cookie, "/sign-in/widget/back", state=state, **fields)

    assert "js/entrance.js" in waiting.text
    assert stranger.status_code == 401
    assert (answered.status_code, answered.headers["location"]) == (303, "/shops/garage")
    assert (replayed.status_code, "session" in replayed.cookies) == (401, False)


async def test_without_a_sign_in_bot_there_is_no_such_way(office: Office) -> None:
    for path in ("/sign-in/telegram", BACK, "/sign-in/widget/back"):
        assert (await office.client.get(path, headers=HTML)).status_code == 404
    assert "valera login-link" in (await office.client.get("/sign-in", headers=HTML)).text
