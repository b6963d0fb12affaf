"""Log in with Telegram, against an issuer that does everything wrong once."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web

from tests.identity.issuer import CLIENT_ID, CLIENT_SECRET, EC_KEY, RSA_KEYS, FakeIssuer, forged, open_issuer
from tests.identity.people import TELEGRAM_ID, House
from valera.identity.telegram.keys import Keys
from valera.identity.telegram.openid import Client, OpenId
from valera.identity.telegram.person import ProofRefused, TelegramPerson, TelegramSilent
from valera.identity.ways.sign_in import AlreadyUsed, Attempt, SignInLost, begin, finish, use_once
from valera.kit.clock import FixedClock
from valera.kit.secrets import Secret

BACK = "https://shop.example/sign-in/telegram/back"
HOUR = 3600


@pytest.fixture
async def issuer(clock: FixedClock) -> AsyncIterator[FakeIssuer]:
    async with open_issuer(clock.now()) as fake:
        yield fake


@pytest.fixture
async def openid(issuer: FakeIssuer) -> AsyncIterator[OpenId]:
    openid = OpenId(issuer.issuer, Client(CLIENT_ID, Secret(CLIENT_SECRET)), aiohttp.ClientSession, seconds=5)
    yield openid
    await openid.close()


async def signed_in(openid: OpenId, issuer: FakeIssuer, attempt: Attempt | None = None) -> tuple[TelegramPerson, bytes]:
    attempt = attempt or Attempt("browser")
    code, state = issuer.authorize(openid.address(attempt, redirect_uri=BACK, language="ru"))
    assert attempt.is_state(state)
    return await openid.identify(code, attempt, redirect_uri=BACK, now=issuer.now)


async def test_the_claim_id_says_who_it_is(openid: OpenId, issuer: FakeIssuer) -> None:
    person, proof = await signed_in(openid, issuer)

    assert person == TelegramPerson(TELEGRAM_ID, "Игорь Седов", None, "igor")
    assert proof
    assert issuer.key_requests == 1
    await signed_in(openid, issuer)
    assert issuer.key_requests == 1, "keys are kept"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": "999"}, "made for somebody else"),
        ({"aud": [CLIENT_ID, "999"]}, "made for somebody else"),
        ({"aud": "missing"}, "made for somebody else"),
        ({"iss": "https://evil.example"}, "another issuer"),
        ({"iss": "missing"}, "another issuer"),
        ({"exp": -HOUR}, "expired"),
        ({"exp": "missing"}, "exp is no time"),
        ({"exp": "soon"}, "exp is no time"),
        ({"iat": HOUR}, "not valid yet"),
        ({"nbf": HOUR}, "not valid yet"),
        ({"iat": -HOUR}, "too old"),
        ({"iat": "missing"}, "iat is no time"),
        ({"nonce": "of another browser"}, "made for another browser"),
        ({"id": "missing"}, "the id is none"),
        ({"id": 0}, "the id is none"),
        ({"id": True}, "the id is none"),
        ({"id": "7'; drop"}, "the id is none"),
        ({"id": 1 << 60}, "the id is none"),
    ],
)
async def test_a_token_with_a_wrong_claim_is_refused(openid: OpenId, issuer: FakeIssuer, changes: dict[str, Any], reason: str) -> None:
    at = int(issuer.now.timestamp())
    is_time = {"exp", "iat", "nbf"}
    issuer.changes = {name: at + given if name in is_time and isinstance(given, int) else given for name, given in changes.items()}

    with pytest.raises(ProofRefused) as caught:
        await signed_in(openid, issuer)

    assert caught.value.reason == reason


async def test_a_nonce_of_ours_and_none_at_all_are_both_good(openid: OpenId, issuer: FakeIssuer) -> None:
    """Telegram sends none; PKCE binds the code to the browser."""
    attempt = Attempt("browser")
    issuer.changes = {"nonce": attempt.nonce}
    await signed_in(openid, issuer, attempt)
    issuer.changes = {}
    await signed_in(openid, issuer, attempt)


async def test_what_nobody_signed_is_refused(openid: OpenId, issuer: FakeIssuer) -> None:
    claims = issuer.claims({})
    good = jwt.encode(claims, RSA_KEYS[0], algorithm="RS256", headers={"kid": "one"})
    head, body, signature = good.split(".")
    tokens = {
        "alg none": forged({"alg": "none", "kid": "one", "typ": "JWT"}, claims),
        "alg None, spelled otherwise": forged({"alg": "nOnE", "kid": "one"}, claims),
        "HS256 with the public key": forged({"alg": "HS256", "kid": "one"}, claims, secret=issuer.public_pem()),
        "HS256 with the client's secret": forged({"alg": "HS256", "kid": "one"}, claims, secret=CLIENT_SECRET.encode()),
        "another's signature": f"{head}.{body}.{signature[:-6]}AAAAAA",
        "no signature": f"{head}.{body}.",
        "a key of the same name that is not shown": jwt.encode(claims, RSA_KEYS[1], algorithm="RS256", headers={"kid": "one"}),
        "ES256 with the name of an RSA key": jwt.encode(claims, EC_KEY, algorithm="ES256", headers={"kid": "one"}),
        "RS512": jwt.encode(claims, RSA_KEYS[0], algorithm="RS512", headers={"kid": "one"}),
        "no key's name": jwt.encode(claims, RSA_KEYS[0], algorithm="RS256"),
        "a key of its own": jwt.encode(claims, RSA_KEYS[1], algorithm="RS256", headers={"jwk": issuer.jwk("x", RSA_KEYS[1])}),
        "no token": "nonsense",
        "a long one": "a" * 20_000,
    }
    believed: list[str] = []
    for what, token in tokens.items():
        issuer.token = token
        with contextlib.suppress(ProofRefused):
            await signed_in(openid, issuer)
            believed.append(what)

    assert believed == []
    issuer.token = good
    await signed_in(openid, issuer)


async def test_elliptic_keys_are_good_too(openid: OpenId, issuer: FakeIssuer) -> None:
    issuer.keys, issuer.signs_with = {"ec": EC_KEY}, "ec"

    assert (await signed_in(openid, issuer))[0].id == TELEGRAM_ID


async def test_keys_that_the_issuer_changed_are_found_and_asked_for_rarely(clock: FixedClock) -> None:
    asked, seconds = [], [0.0]

    async def fetch() -> dict[str, Any]:
        asked.append(1)
        return {"keys": [FakeIssuer("", clock.now()).jwk(name, RSA_KEYS[0]) for name in names] + [{"kid": "odd", "kty": "RSA"}, "no key"]}

    names, keys = ["one"], Keys(fetch, tick=lambda: seconds[0])
    await keys.find("one")
    for _ in range(5):
        with pytest.raises(ProofRefused):
            await keys.find("invented")
    assert len(asked) == 1, "an invented name asks nobody within a minute"
    names, seconds[0] = ["two"], 61
    await keys.find("two")
    with pytest.raises(ProofRefused):
        await keys.find("one")
    assert len(asked) == 2
    seconds[0] = 61 + 3601
    await keys.find("two")
    assert len(asked) == 3, "an hour later they are looked at anew"


async def test_known_keys_are_good_while_the_issuer_is_silent(clock: FixedClock) -> None:
    seconds, is_up = [0.0], [True]

    async def fetch() -> dict[str, Any]:
        if not is_up[0]:
            raise TelegramSilent("down")
        return {"keys": [FakeIssuer("", clock.now()).jwk("one", RSA_KEYS[0])]}

    keys = Keys(fetch, tick=lambda: seconds[0])
    await keys.find("one")
    seconds[0], is_up[0] = 9000, False
    await keys.find("one")
    is_up[0] = False
    with pytest.raises(TelegramSilent):
        await Keys(fetch).find("one")


async def test_a_code_is_good_once_and_with_its_own_verifier(openid: OpenId, issuer: FakeIssuer) -> None:
    attempt = Attempt("browser")
    code, _ = issuer.authorize(openid.address(attempt, redirect_uri=BACK, language="ru"))
    await openid.identify(code, attempt, redirect_uri=BACK, now=issuer.now)
    stolen, _ = issuer.authorize(openid.address(attempt, redirect_uri=BACK, language="ru"))

    for given, browser in ((code, attempt), (stolen, Attempt("the thief's"))):
        with pytest.raises(ProofRefused, match="did not confirm"):
            await openid.identify(given, browser, redirect_uri=BACK, now=issuer.now)


@pytest.mark.parametrize("code", ["", "x" * 3000])
async def test_no_code_is_sent_on_that_is_none(openid: OpenId, issuer: FakeIssuer, code: str) -> None:
    with pytest.raises(ProofRefused):
        await openid.identify(code, Attempt("browser"), redirect_uri=BACK, now=issuer.now)


@pytest.mark.parametrize(
    "answer",
    [
        (500, "broken"), (502, "<html>"), (200, "no json"), (200, "[]"), (200, "{}"), (200, '{"id_token": 7}'),
        (200, "x" * 1_000_000),
    ],
)  # fmt: skip
async def test_an_issuer_that_makes_no_sense_is_told_so(openid: OpenId, issuer: FakeIssuer, answer: tuple[int, str]) -> None:
    issuer.says = web.Response(status=answer[0], text=answer[1])

    with pytest.raises(TelegramSilent):
        await signed_in(openid, issuer)


@pytest.mark.parametrize("status", [302, 400, 401])
async def test_a_refusal_is_one_and_a_redirection_is_not_followed(openid: OpenId, issuer: FakeIssuer, status: int) -> None:
    issuer.says = web.Response(status=status, headers={"Location": f"{issuer.url}/jwks.json"} if status == 302 else {})

    with pytest.raises(ProofRefused):
        await signed_in(openid, issuer)


async def test_an_issuer_that_hangs_is_given_up(issuer: FakeIssuer) -> None:
    openid = OpenId(issuer.issuer, Client(CLIENT_ID, Secret(CLIENT_SECRET)), aiohttp.ClientSession, seconds=0.2)
    issuer.hangs = True

    with pytest.raises(TelegramSilent):
        await signed_in(openid, issuer)

    await openid.close()


async def test_an_issuer_that_is_not_there_is_told_so_without_the_secret(issuer: FakeIssuer) -> None:
    nowhere = type(issuer.issuer)("https://issuer.test", "http://127.0.0.1:9/a", "http://127.0.0.1:9/t", "http://127.0.0.1:9/k")
    openid = OpenId(nowhere, Client(CLIENT_ID, Secret(CLIENT_SECRET)), aiohttp.ClientSession)

    with pytest.raises(TelegramSilent) as caught:
        await openid.identify("code", Attempt("browser"), redirect_uri=BACK, now=issuer.now)

    assert CLIENT_SECRET not in repr(caught.value) + repr(caught.value.__cause__)
    await openid.close()


# ---- the browser's side ---------------------------------------------------------------------------


async def test_a_sign_in_is_finished_once_in_the_browser_that_began_it(house: House) -> None:
    async with house.db.identity_tx() as tx:
        attempt = await begin(tx, return_to="/shops/garage", now=house.now)
        other = await begin(tx, return_to="/", now=house.now)

    for browser, state in ((attempt.browser, other.state), (other.browser, attempt.state), ("", attempt.state), (attempt.browser, "")):
        async with house.db.identity_tx() as tx:
            with pytest.raises(SignInLost):
                await finish(tx, browser, state, now=house.now)
    async with house.db.identity_tx() as tx:
        _, begun = await finish(tx, attempt.browser, attempt.state, now=house.now)
        with pytest.raises(SignInLost):
            await finish(tx, attempt.browser, attempt.state, now=house.now)
        with pytest.raises(SignInLost):
            await finish(tx, other.browser, other.state, now=house.now + timedelta(minutes=11))
    assert begun.return_to == "/shops/garage"


async def test_what_was_vouched_for_is_believed_once(house: House) -> None:
    async with house.db.identity_tx() as tx:
        await use_once(tx, b"proof", until=house.now + timedelta(minutes=20))
        with pytest.raises(AlreadyUsed):
            await use_once(tx, b"proof", until=house.now + timedelta(minutes=20))


def test_nothing_that_is_sent_gives_the_browsers_value_away() -> None:
    attempt = Attempt("browser")

    assert len({attempt.browser, attempt.state, attempt.nonce, attempt.verifier, attempt.challenge}) == 5
    assert len(attempt.verifier) == 43
    assert Attempt("another").state != attempt.state
