"""Coming in: by link, in the demo, by invite; and what a browser is given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from tests.cast import World
from tests.dashboard.office import HTML, HTMX, Office, open_office
from valera.dashboard.entrance.browser import TRIES
from valera.dashboard.frame.given import Given
from valera.dashboard.frame.sign_in import SignIn
from valera.identity.membership import TeamRole, find_owner
from valera.identity.ways.invite import invite
from valera.identity.ways.login_link import make_link
from valera.kit.db import account_scope

HERE = {"host": "127.0.0.1:8000"}


@pytest.fixture
async def demo(given: Given, world: World) -> AsyncIterator[Office]:
    """Beside the simulator, on this machine."""
    async with open_office(replace(given, sign_in=SignIn("http://127.0.0.1:8000", is_demo=True)), world) as office:
        yield office


async def link(office: Office) -> str:
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            owner = await find_owner(tx)
            assert owner is not None
            return await make_link(tx, owner, now=office.given.clock.now())


async def enter(office: Office, path: str, **fields: object) -> httpx.Response:
    """In a browser that has been nowhere yet."""
    answer = await office.client.post(path, data={name: str(field) for name, field in fields.items()}, headers=HTML)
    office.client.cookies.clear()
    return answer


async def test_the_demo_signs_in_with_one_press_and_the_rival_sees_their_own_shop(demo: Office) -> None:
    door = await demo.client.get("/sign-in", headers=HTML | HERE)
    rival = demo.world.rival
    answer = await demo.client.post("/sign-in/demo", data={"shop": rival.account_id, "member": rival.member_id}, headers=HTML | HERE)
    cookie = {"cookie": f"session={answer.cookies['session']}"}

    assert door.text.count('action="/sign-in/demo"') == 4, "owner, admin and support, and the rival's owner"
    assert (answer.status_code, answer.headers["location"]) == (303, "/shops/rival")
    assert (await demo.client.get("/shops/rival/more", headers=HTML | cookie)).status_code == 200
    assert (await demo.client.get("/shops/garage/more", headers=HTML | cookie)).status_code == 404


@pytest.mark.parametrize("host", ["valera.test", "shop.example", "127.0.0.1.evil.example", "192.168.0.7:8000"])
async def test_the_demo_is_closed_to_whoever_comes_by_another_name(demo: Office, host: str) -> None:
    door = await demo.client.get("/sign-in", headers=HTML | {"host": host})
    answer = await demo.client.post("/sign-in/demo", data={"shop": 1, "member": 1}, headers=HTML | {"host": host})

    assert "/sign-in/demo" not in door.text
    assert (answer.status_code, "set-cookie" in answer.headers) == (404, False)


async def test_the_demo_is_closed_to_other_machines(demo: Office) -> None:
    from valera.app import create_app

    transport = httpx.ASGITransport(create_app(demo.given), client=("192.168.0.7", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as stranger:
        answer = await stranger.post("/sign-in/demo", data={"shop": 1, "member": 1}, headers=HTML)

    assert answer.status_code == 404


async def test_there_is_no_demo_beside_the_real_telegram(office: Office) -> None:
    assert (await office.client.post("/sign-in/demo", data={"shop": 1, "member": 1}, headers=HTML | HERE)).status_code == 404


async def test_a_link_signs_in_once_and_looking_at_it_uses_nothing_up(office: Office) -> None:
    token = await link(office)
    looks = [await office.client.get(f"/sign-in/link/{token}", headers=HTML) for _ in range(2)]
    answer, again = await enter(office, f"/sign-in/link/{token}"), await enter(office, f"/sign-in/link/{token}")

    assert [look.status_code for look in looks] == [200, 200]
    assert (answer.status_code, answer.headers["location"]) == (303, "/shops/garage")
    assert again.status_code == 404
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize(("address", "name"), [("http://127.0.0.1:8000", "session"), ("https://valera.example", "__Host-session")])
async def test_the_cookie_says_how_it_may_be_used(given: Given, world: World, address: str, name: str) -> None:
    async with open_office(replace(given, sign_in=SignIn(address)), world) as office:
        answer = await enter(office, f"/sign-in/link/{await link(office)}")

    [cookie] = [one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{name}=")]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= parts
    assert ("secure" in parts) is address.startswith("https")
    assert not any(part.startswith("domain") for part in parts)


async def test_whoever_signs_in_gets_another_session_than_the_browser_had(office: Office) -> None:
    token = await link(office)
    before = office.members["owner"].token
    answer = await office.post(f"/sign-in/link/{token}", {}, as_="owner", shop=None, headers=HTML)

    assert answer.status_code == 303
    assert answer.cookies["session"] != before
    assert (await office.get("/more", as_="owner")).status_code == 303, "the session of before is over"


async def test_signing_out_ends_the_session_for_good(office: Office) -> None:
    answer = await office.post("/sign-out", {}, as_="support", shop=None, headers=HTML)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert (await office.get("/more", as_="support")).status_code == 303


async def test_ones_devices_can_be_ended_one_by_one_and_all_at_once(office: Office) -> None:
    garage = office.world.garage
    await office.sign_in("phone", garage, garage.member_id)
    await office.sign_in("tablet", garage, garage.member_id)
    page = await office.get("/me", as_="owner", shop=None)
    number = page.text.split('hx-delete="/me/sessions/')[1].split('"')[0]
    ended = await office.request("DELETE", f"/me/sessions/{number}", as_="owner", shop=None, headers=HTMX)
    assert ended.status_code == 200
    assert sorted([(await office.get("/more", as_=who)).status_code for who in ("phone", "tablet")]) == [200, 303]

    assert (await office.request("DELETE", "/me/sessions", as_="owner", shop=None, headers=HTMX)).status_code == 200

    assert [(await office.get("/more", as_=who)).status_code for who in ("owner", "phone", "tablet")] == [200, 303, 303]
    assert (await office.get("/more", as_="admin")).status_code == 200


async def test_language_and_theme_are_kept(office: Office) -> None:
    answer = await office.post("/me", {"language": "en", "theme": "dark"}, shop=None, headers=HTML)

    assert answer.cookies["theme"] == "dark"
    assert '<html lang="en"' in (await office.get("/more")).text


async def test_an_invite_takes_a_stranger_in(office: Office) -> None:
    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            token = await invite(tx, role=TeamRole.SUPPORT, name="Олег", by=office.world.garage.member_id, now=office.given.clock.now())
    page = await office.client.get(f"/invites/{token}", headers=HTML)
    answer = await enter(office, f"/invites/{token}", name="Олег Петрович")
    inside = await office.client.get("/shops/garage/more", headers=HTML | {"cookie": f"session={answer.cookies['session']}"})

    assert 'value="Олег"' in page.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/shops/garage")
    assert "Олег Петрович" in inside.text
    assert (await enter(office, f"/invites/{token}", name="Второй")).status_code == 404


async def test_trying_without_end_is_slowed_down(office: Office) -> None:
    answers = [await office.client.get("/sign-in/link/guess", headers=HTML) for _ in range(TRIES.most + 1)]

    assert [answer.status_code for answer in answers[:-1]] == [404] * TRIES.most
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_an_old_session_is_led_to_the_sign_in_and_back(office: Office) -> None:
    clock = office.given.clock
    clock.at = clock.now() + timedelta(days=15)  # pyright: ignore[reportAttributeAccessIssue]

    answer = await office.get("/chats?filter=mine")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/shops/garage/chats?filter=mine")


async def test_rival_sees_nothing(office: Office) -> None:
    page = await office.get("/me", as_="rival", shop=None)

    assert page.text.count("hx-delete") == 0, "one device, this one"
    assert "garage" not in (await office.get("/shops", as_="rival", shop=None)).text
