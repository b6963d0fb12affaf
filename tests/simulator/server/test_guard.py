from __future__ import annotations

import pytest

from tests.simulator.conftest import Running
from valera.simulator.app import create_app
from valera.simulator.messenger.store import Store
from valera.simulator.server.guard import BesidePublicUrl, ReachableByOthers, refuse_other_hosts, refuse_public, why_refused

HERE = {"host": "127.0.0.1:8080"}


@pytest.mark.parametrize(
    "url", ["https://valera.example.org", "http://203.0.113.5/", "valera.example.org", "https://localhost.example.org/x"]
)
def test_simulator_does_not_live_beside_a_public_address(url: str) -> None:
    with pytest.raises(BesidePublicUrl, match="public address"):
        refuse_public(url)
    store = Store(":memory:")
    with pytest.raises(BesidePublicUrl):
        create_app(store, public_url=url)
    store.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "valera.example.org", ""])
def test_simulator_listens_where_nobody_else_can_reach_it(host: str) -> None:
    with pytest.raises(ReachableByOthers, match="TELEGRAM_API_URL"):
        refuse_other_hosts(host)
    for own in ("127.0.0.1", "::1", "localhost"):
        refuse_other_hosts(own)


@pytest.mark.parametrize("url", [None, "", "http://localhost:8000", "https://127.0.0.1", "http://[::1]:8000/"])
def test_simulator_lives_beside_an_address_of_this_machine(url: str | None) -> None:
    refuse_public(url)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"host": "evil.example"}),
        ("GET", {"host": "127.0.0.1.evil.example"}),
        ("GET", {"host": "[broken"}),
        ("GET", {}),
        ("POST", HERE | {"origin": "https://evil.example"}),
        ("POST", HERE | {"origin": "http://127.0.0.1:9999"}),
        ("POST", HERE | {"origin": "null"}),
        ("POST", HERE | {"sec-fetch-site": "cross-site"}),
        ("POST", HERE | {"sec-fetch-site": "same-site"}),
        ("POST", HERE | {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}),
        ("GET", HERE | {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}),
        ("GET", HERE | {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}),
    ],
)
def test_other_sites_and_other_names_are_refused(method: str, headers: dict[str, str]) -> None:
    assert why_refused(method, headers)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", HERE),
        ("POST", HERE | {"origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin"}),
        ("GET", {"host": "localhost:8080", "sec-fetch-site": "none"}),
        ("GET", {"host": "[::1]:8080"}),
        ("GET", HERE | {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}),
    ],
)
def test_this_machine_and_links_to_the_page_pass(method: str, headers: dict[str, str]) -> None:
    assert why_refused(method, headers) is None


@pytest.mark.parametrize("path", ["/", "/api/bots", "/bot1:a/getMe"])
async def test_every_route_stands_behind_the_guard(running: Running, path: str) -> None:
    status, body = await running.get(path, Host="evil.example")
    assert status == 403
    assert "localhost" in body


async def test_foreign_post_changes_nothing(running: Running) -> None:
    status, _ = await running.post(f"{running.chat}/messages", {"text": "x"}, Origin="https://evil.example")
    assert status == 403
    assert running.store.list("select 1 from messages") == []
