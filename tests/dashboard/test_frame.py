"""What every page stands in."""

from __future__ import annotations

import pytest

from tests.dashboard.office import HTML, HTMX, Browsing, Office


async def test_a_page_says_who_is_there_and_runs_no_foreign_script(office: Office) -> None:
    page = await office.get("/more")
    assert page.status_code == 200
    assert "Мастер" in page.text
    assert "unsafe" not in page.headers["content-security-policy"]


async def test_strangers_are_led_to_the_sign_in_and_programs_are_told(office: Office) -> None:
    browser, program = await office.get("/more", as_=None), await office.get("/more", as_=None, headers={"accept": "application/json"})
    assert (browser.status_code, browser.headers["location"]) == (303, "/sign-in?next=/shops/garage/more")
    assert (program.status_code, program.json()["type"]) == (401, "/problems/not-signed-in")


async def test_another_shop_is_not_found_like_one_that_there_is_not(office: Office) -> None:
    answers = [await office.get("/more", shop=shop) for shop in ("rival", "nobody")] + [await office.get("/no-such-page")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("headers", [{"x-csrf-token": "wrong"}, {"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
async def test_a_form_of_another_site_is_refused(office: Office, headers: dict[str, str]) -> None:
    answer = await office.client.post(
        "/shops/garage/chats/1/takeover", headers={**HTMX, "cookie": f"session={office.members['owner'].token}", **headers}
    )
    assert answer.status_code in {403, 404}


async def test_a_page_hears_of_what_changes(browsing: Browsing) -> None:
    seen = await browsing.visit("/more", phone=True)
    await seen.page.evaluate("document.body.addEventListener('live:chats', () => { document.body.dataset.heard = '1' })")
    office = browsing.office
    from valera.chats.chat import take_over
    from valera.kit.db import account_scope

    with account_scope(office.world.garage.account_id):
        async with office.given.db.account_tx() as tx:
            await take_over(tx, office.world.garage.chat_id, by=office.world.garage.member_id)
    await seen.page.wait_for_selector("body[data-heard]", state="attached")
    assert await seen.overflow() == 0
    assert HTML
