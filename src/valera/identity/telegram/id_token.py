"""What an ID token is worth: signed by the issuer with an algorithm of ours, made for us, now, and for this browser."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import jwt

from valera.identity.telegram.person import ProofRefused, TelegramPerson, read_id, read_name

if TYPE_CHECKING:
    from valera.identity.telegram.keys import Keys

ALGORITHMS = frozenset({"RS256", "ES256", "EdDSA"})
"""Public keys only: what is not here, `none` and the ones with a shared secret above all, is refused before any key is looked for."""
SKEW = timedelta(seconds=30)
OLDEST = timedelta(minutes=10)
"""A token is made in the moment in which its code is exchanged."""
LONGEST = 8192


async def read_id_token(token: str, keys: Keys, *, issuer: str, audience: str, nonce: str, now: datetime) -> TelegramPerson:
    """Raises ProofRefused, TelegramSilent.

    Telegram does not repeat a nonce in its tokens (measured in August 2026), and need not: PKCE binds the code to this browser as well.
    Where a token has one, it must be ours.
    """
    header = _header(token)
    algorithm, name = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise ProofRefused("signed with an algorithm that is not allowed")
    if not isinstance(name, str):
        raise ProofRefused("does not name its key")
    key = await keys.find(name)
    if key.algorithm_name != algorithm:
        raise ProofRefused("the key is for another algorithm")
    claims = _claims(token, key, algorithm)
    _check(claims, issuer=issuer, audience=audience, nonce=nonce, now=now)
    return TelegramPerson(
        id=read_id(claims.get("id")),
        first_name=read_name(claims.get("given_name")) or read_name(claims.get("name")),
        last_name=read_name(claims.get("family_name")) or None,
        username=read_name(claims.get("preferred_username")) or None,
    )


def _header(token: str) -> dict[str, Any]:
    if len(token) > LONGEST:
        raise ProofRefused("too long")
    try:
        return jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise ProofRefused("no token") from None


def _claims(token: str, key: jwt.PyJWK, algorithm: str) -> dict[str, Any]:
    """Times are compared with the caller's clock, below."""
    options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False, "verify_iss": False}
    try:
        return jwt.decode(token, key, algorithms=[algorithm], options=options)
    except jwt.PyJWTError as error:
        raise ProofRefused(f"the signature does not hold ({type(error).__name__})") from None


def _check(claims: dict[str, Any], *, issuer: str, audience: str, nonce: str, now: datetime) -> None:
    if claims.get("iss") != issuer:
        raise ProofRefused("another issuer")
    if not _is_for(claims.get("aud"), claims.get("azp"), audience):
        raise ProofRefused("made for somebody else")
    expires, issued, begins = _moment(claims, "exp"), _moment(claims, "iat"), _moment(claims, "nbf", optional=True)
    if expires is None or expires <= now - SKEW:
        raise ProofRefused("expired")
    if issued is None or issued > now + SKEW or (begins is not None and begins > now + SKEW):
        raise ProofRefused("not valid yet")
    if issued < now - OLDEST:
        raise ProofRefused("too old")
    given = claims.get("nonce")
    if given is not None and not (isinstance(given, str) and hmac.compare_digest(given.encode(), nonce.encode())):
        raise ProofRefused("made for another browser")


def _is_for(audiences: object, party: object, client: str) -> bool:
    """One audience, ours; among several we must be the party that asked."""
    listed = audiences if isinstance(audiences, list) else [audiences]
    names = {str(audience) for audience in listed}
    return client in names and (len(names) == 1 or str(party) == client)


def _moment(claims: dict[str, Any], name: str, *, optional: bool = False) -> datetime | None:
    given = claims.get(name)
    if given is None and optional:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 1 << 40:
        raise ProofRefused(f"{name} is no time")
    return datetime.fromtimestamp(given, UTC)
