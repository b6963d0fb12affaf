"""The Login Widget's way back in a browser: its answer stands behind the #, where only a script sees it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.dashboard.office import Browsing
from tests.identity.test_widget import TOKEN, answer
from tests.ui.looking import unreachable
from valera.dashboard.frame.given import Given
from valera.dashboard.frame.sign_in import SignIn
from valera.identity.telegram.widget import Widget
from valera.kit.secrets import Secret


@pytest.fixture
def given(given: Given) -> Given:
    return replace(given, sign_in=SignIn("http://valera.test", widget=Widget(Secret(TOKEN))))


async def test_the_answer_behind_the_hash_signs_in(browsing: Browsing) -> None:
    seen = await browsing.visit("/sign-in", as_=None, shop=None, locale="en-GB")
    assert await unreachable(seen.page) == []
    sent = await seen.page.request.get(f"{seen.url}/sign-in/telegram?next=/shops", max_redirects=0)
    there = sent.headers["location"]
    back = urlsplit(parse_qs(urlsplit(there).query)["return_to"][0])
    said = dict(answer(int(browsing.office.given.clock.now().timestamp()))) | {"first_name": "Игорь"}
    told = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")

    await seen.page.goto(f"{seen.url}{back.path}?{back.query}#tgAuthResult={told}")

    await seen.page.wait_for_url("**/shops")
    assert "Игорь" in await seen.page.inner_text("main")
    await seen.page.goto(f"{seen.url}{back.path}?{back.query}#tgAuthResult=nonsense")
    await seen.page.wait_for_url("**/shops")  # whoever is in already is led on
