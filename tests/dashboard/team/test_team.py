"""The team's page: who is let in, who is taken out, and what becomes of their sessions."""

from __future__ import annotations

import re

from tests.dashboard.office import HTML, HTMX, Browsing, Office
from tests.ui.looking import unreachable


async def invites(office: Office) -> list[str]:
    return re.findall(r'hx-delete="/shops/garage/team/invites/(\d+)"', (await office.get("/team")).text)


async def test_an_admin_invites_and_takes_the_invite_back(office: Office) -> None:
    made = await office.post("/team/invites", {"role": "admin", "name": "Олег"}, as_="admin")
    [address] = re.findall(r'value="(http://valera.test/invites/[\w-]{43})"', made.text)
    page = await office.get("/team")
    [number] = await invites(office)
    gone = await office.request("DELETE", f"/team/invites/{number}", as_="admin", headers=HTMX)

    assert "Олег" in page.text
    assert address.rpartition("/")[2] not in page.text, "the link is shown once"
    assert gone.status_code == 200
    assert await invites(office) == []
    assert (await office.client.get(address, headers=HTML)).status_code == 404


async def test_another_role_signs_a_member_out(office: Office) -> None:
    support = office.members["support"]

    answer = await office.request("PUT", f"/team/members/{support.id}/role", as_="owner", data={"role": "admin"})

    assert answer.status_code == 200
    assert (await office.get("/more", as_="support")).status_code == 303
    await office.sign_in("support", support.shop, support.id)
    assert (await office.get("/team", as_="support")).status_code == 200


async def test_a_removed_member_is_out_and_their_chats_wait_for_the_team(office: Office) -> None:
    support, garage = office.members["support"], office.world.garage
    owner = await office.given.db.connect(role="valera_owner")
    await owner.execute("update chats set status = 'human', assignee_id = $1 where id = $2", support.id, garage.chat_id)

    answer = await office.request("DELETE", f"/team/members/{support.id}", as_="admin", headers=HTMX)

    assert (answer.status_code, "Марина" in answer.text) == (200, False)
    assert (await office.get("/more", as_="support")).status_code == 303
    assert await owner.fetchval("select assignee_id from chats where id = $1", garage.chat_id) is None
    await owner.close()


async def test_the_owner_stays_and_nobody_decides_about_themselves(office: Office) -> None:
    garage = office.world.garage
    for path in (f"/team/members/{garage.member_id}", f"/team/members/{office.members['admin'].id}"):
        assert (await office.request("DELETE", path, as_="admin", headers=HTMX)).status_code == 409
        assert (await office.request("PUT", f"{path}/role", as_="admin", data={"role": "support"})).status_code == 409
    assert (await office.get("/team", as_="owner")).status_code == 200


async def test_what_is_no_role_and_no_name_is_refused(office: Office) -> None:
    assert (await office.post("/team/invites", {"role": "owner"})).status_code in {400, 422}
    long = await office.post("/team/invites", {"role": "support", "name": "я" * 61})
    assert (long.status_code, "60" in long.text) == (422, True)
    assert await invites(office) == []


async def test_rival_sees_nothing(office: Office) -> None:
    await office.post("/team/invites", {"role": "support", "name": "Секретный"})

    page = await office.get("/team", as_="rival", shop="rival")

    assert page.status_code == 200
    assert "Секретный" not in page.text
    assert "Марина" not in page.text


async def test_a_colleague_is_invited_joins_and_is_taken_out_in_the_browser(browsing: Browsing) -> None:
    """The whole way, with what axe says of each step."""
    team = await browsing.visit("/team")
    await team.page.click("[data-open=invite-new]")
    assert await unreachable(team.page) == []
    await team.page.fill("#f-name", "Олег")
    await team.page.click("#invite-b .btn")
    address = await team.page.input_value("#invite-link")
    assert await unreachable(team.page) == []

    guest = await browsing.visit("/sign-in", as_=None, shop=None, phone=True, scheme="dark")
    await guest.go(address.replace("http://valera.test", ""), live=False)
    assert await unreachable(guest.page) == []
    await guest.page.click("button.door-go")
    await guest.page.wait_for_url("**/shops/garage/**")
    await guest.go("/me", live=False)
    assert await guest.overflow() == 0
    assert await unreachable(guest.page) == []

    await team.page.click("#invite-new a.btn")
    [row] = await team.page.query_selector_all(".team-list li:has-text('Олег')")
    await (await row.query_selector("[data-open]")).click()
    assert await unreachable(team.page) == []
    await team.page.click("dialog[open] [data-tone=bad]")
    await team.page.wait_for_selector(".toast")
    await guest.page.goto(f"{browsing.url}/shops/garage/more")
    await guest.page.wait_for_url("**/sign-in**")
