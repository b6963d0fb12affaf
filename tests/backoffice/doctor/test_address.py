from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web

from tests.backoffice.doctor.authority import Authority, serving
from valera.backoffice.doctor import address
from valera.backoffice.doctor.address import look_at_clock, look_at_public_url
from valera.backoffice.doctor.check import Check, State
from valera.kit.ports import free_port

READY = web.Response(text='{"status":"ready"}')


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


async def look(authority: Authority, monkeypatch: pytest.MonkeyPatch, port: int) -> list[Check]:
    monkeypatch.setattr(address, "PORTS", (port,))
    return await look_at_public_url(f"https://localhost:{port}", ca=authority.trust())


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://valera.example", "https://"),
        ("https://valera.example:8081", "ports 80, 88, 443, 8443"),
        ("https://no-such-host.invalid", "no address in DNS"),
    ],
)
async def test_an_address_that_telegram_cannot_call(url: str, word: str) -> None:
    [check] = await look_at_public_url(url)

    assert check.state == State.BROKEN
    assert word in check.sentence


async def test_no_address_is_no_fault() -> None:
    [check] = await look_at_public_url(None)

    assert check.state == State.SKIPPED


async def test_a_good_one(authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with serving(READY, authority.server(tmp_path, days=60)) as port:
        here, tls = await look(authority, monkeypatch, port)

    assert tls.state == State.WELL
    assert "private address" in here.sentence  # localhost is one


@pytest.mark.parametrize(
    ("days", "state", "word"),
    [(3, State.DOUBTFUL, "renew"), (-1, State.BROKEN, "not trusted (certificate has expired)")],
    ids=["soon", "over"],
)
async def test_a_certificate_that_ends(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, days: int, state: State, word: str
) -> None:
    async with serving(READY, authority.server(tmp_path, days=days)) as port:
        _, tls = await look(authority, monkeypatch, port)

    assert (tls.state, word in tls.sentence) == (state, True), tls


async def test_a_certificate_of_nobody_we_know(authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with serving(READY, Authority().server(tmp_path, days=60)) as port:
        _, tls = await look(authority, monkeypatch, port)

    assert tls.state == State.BROKEN
    assert "not trusted" in tls.sentence


async def test_a_port_without_tls(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(READY, None) as port:
        _, tls = await look(authority, monkeypatch, port)

    assert "does not speak TLS" in tls.sentence


async def test_a_port_where_nobody_is(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    _, tls = await look(authority, monkeypatch, free_port())

    assert "Nothing answers" in tls.sentence


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (web.Response(status=503, text="{}"), "cannot store updates"),
        (web.Response(text="<h1>It works!</h1>"), "not Valera"),
        (None, "not Valera"),
    ],
    ids=["503", "another", "404"],
)
async def test_what_answers_there_is_not_a_ready_valera(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, answer: web.Response | None, word: str
) -> None:
    async with serving(answer, authority.server(tmp_path, days=60)) as port:
        here, _ = await look(authority, monkeypatch, port)

    assert (here.state, word in here.sentence) == (State.BROKEN, True), here


async def test_the_clock_is_compared_with_what_a_server_says() -> None:
    async with serving(READY, None) as port:
        check = await look_at_clock(f"http://127.0.0.1:{port}")

    assert check.state == State.WELL


async def test_a_clock_that_nobody_tells() -> None:
    assert (await look_at_clock(f"http://127.0.0.1:{free_port()}")).state == State.DOUBTFUL
