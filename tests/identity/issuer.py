"""A small OpenID Connect issuer on a real socket, which does whatever a test tells it to."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.identity.people import TELEGRAM_ID
from valera.identity.telegram.openid import Issuer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from datetime import datetime

CLIENT_ID, CLIENT_SECRET = "7654321", "client-secret"
RSA_KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(header: dict[str, Any], claims: dict[str, Any], *, secret: bytes = b"") -> str:
    """A token that no library would make."""
    body = ".".join(text_of(json.dumps(part).encode()) for part in (header, claims))
    return f"{body}.{text_of(hmac.digest(secret, body.encode(), 'sha256')) if secret else ''}"


@dataclass(slots=True)
class FakeIssuer:
    """``keys``: key id → private key, of those that it shows; ``says``: what its token endpoint answers instead of a token."""

    url: str
    now: datetime
    keys: dict[str, Any] = field(default_factory=lambda: {"one": RSA_KEYS[0]})
    signs_with: str = "one"
    signing_key: Any = None
    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    token: str | None = None
    says: web.Response | None = None
    hangs: bool = False
    key_requests: int = 0
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict[str, "Mapping[str, str]"])

    @property
    def issuer(self) -> Issuer:
        return Issuer("https://issuer.test", f"{self.url}/auth", f"{self.url}/token", f"{self.url}/jwks.json")

    def authorize(self, address: str) -> tuple[str, str]:
        """What a person's press on "Allow" gives: the code and the state that go back through their browser."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT_ID, "S256")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return code, asked["state"]

    def claims(self, asked: Mapping[str, str]) -> dict[str, Any]:
        at = int(self.now.timestamp())
        return {
            "iss": "https://issuer.test", "aud": CLIENT_ID, "sub": "opaque", "iat": at, "exp": at + 3600, "id": TELEGRAM_ID,
            "name": "Игорь Седов", "preferred_username": "igor",
        } | {name: change for name, change in self.changes.items() if change is not None}  # fmt: skip

    def jwk(self, name: str, key: Any) -> dict[str, Any]:
        if isinstance(key, rsa.RSAPrivateKey):
            return RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": name, "use": "sig", "alg": "RS256"}
        return ECAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": name, "use": "sig", "alg": "ES256"}

    def public_pem(self) -> bytes:
        return RSA_KEYS[0].public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    async def give_keys(self, _: web.Request) -> web.Response:
        self.key_requests += 1
        return web.json_response({"keys": [self.jwk(name, key) for name, key in self.keys.items()]})

    async def give_token(self, request: web.Request) -> web.Response:
        """A code is good once, for who asked for it, with the verifier of the challenge."""
        if self.hangs:
            await asyncio.sleep(30)
        if self.says is not None:
            return self.says
        form = await request.post()
        asked = self.codes.pop(str(form["code"]), None)
        expected = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        proves = asked is not None and text_of(hashlib.sha256(str(form["code_verifier"]).encode()).digest()) == asked["code_challenge"]
        if asked is None or not proves or request.headers.get("Authorization") != expected or form["redirect_uri"] != asked["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        key = self.signing_key or self.keys[self.signs_with]
        algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
        claims = {name: claim for name, claim in self.claims(asked).items() if self.changes.get(name, ...) != "missing"}
        token = self.token or jwt.encode(claims, key, algorithm=algorithm, headers={"kid": self.signs_with})
        return web.json_response({"access_token": "unused", "token_type": "Bearer", "id_token": token})


@asynccontextmanager
async def open_issuer(now: datetime) -> AsyncIterator[FakeIssuer]:
    app = web.Application()
    fake = FakeIssuer("", now)
    app.add_routes([web.get("/jwks.json", fake.give_keys), web.post("/token", fake.give_token)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()
