"""The page of keys: made once, listed without themselves, taken back."""

from __future__ import annotations

import re

from tests.dashboard.office import Office

KEY = re.compile(r"vk_[\w-]{40,}")


async def test_a_key_is_told_once_and_opens_the_api_until_it_is_revoked(office: Office) -> None:
    made = await office.post("/keys", {"name": "CRM <b>", "scope": "read"})
    found = KEY.search(made.text)
    assert found is not None
    listed = await office.get("/keys")
    key = {"Authorization": f"Bearer {found[0]}"}

    assert KEY.search(listed.text) is None
    assert "CRM &lt;b&gt;" in listed.text
    assert found[0][:9] in listed.text
    asked = await office.client.get("/api/v1/clients", headers=key)
    assert asked.status_code == 200
    revocation = re.search(r"/keys/\d+/revocation", listed.text)
    assert revocation is not None
    assert (await office.post(revocation[0])).status_code == 200
    assert (await office.client.get("/api/v1/clients", headers=key)).status_code == 401
    assert (await office.post(revocation[0])).status_code == 404


async def _a_key_needs_a_name_and_an_admin(office: Office) -> None:
    assert (await office.post("/keys", {"name": " ", "scope": "read"})).status_code == 422
    assert (await office.post("/keys", {"name": "x", "scope": "all"})).status_code in {400, 422}
    assert (await office.get("/keys", as_="support")).status_code == 403
    assert (await office.post("/keys", {"name": "x", "scope": "read"}, as_="support")).status_code == 403


async def test_rival_sees_nothing(office: Office) -> None:
    await _a_key_needs_a_name_and_an_admin(office)
    await office.post("/keys", {"name": "Наша программа", "scope": "write"})
    listed = await office.get("/keys")
    revocation = re.search(r"/keys/\d+/revocation", listed.text)
    assert revocation is not None

    theirs = await office.get("/keys", as_="rival", shop="rival")

    assert "Наша программа" not in theirs.text
    assert (await office.post(revocation[0], as_="rival", shop="rival")).status_code == 404
    assert "Наша программа" in (await office.get("/keys")).text
