"""This machine only: refuses other hosts' names (DNS rebinding), other sites' requests, and a life beside the real Telegram."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from valera.kit.errors import Forbidden, ValeraError
from valera.simulator.messenger.updates.loopback import is_loopback

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Receive, Scope, Send

_SAFE = frozenset({"GET", "HEAD"})
_OWN_SITES = frozenset({"same-origin", "none"})


class BesidePublicUrl(ValeraError):
    """The installation has a public address: real clients may write to it."""


class ReachableByOthers(ValeraError):
    """The simulator would listen where other machines can reach it."""


def refuse_public(public_url: str | None) -> None:
    """Raises BesidePublicUrl unless the address is missing or means this machine."""
    if public_url and not is_loopback(urlsplit(public_url if "//" in public_url else f"//{public_url}").hostname):
        raise BesidePublicUrl(
            f"The simulator does not run beside a public address ({public_url}): anybody could write in a client's name. "
            "Take the public URL out of the settings, or leave the simulator off."
        )


def refuse_other_hosts(host: str) -> None:
    """Raises ReachableByOthers unless ``host``, where the simulator is to listen, means this machine and nothing else."""
    if not is_loopback(host):
        raise ReachableByOthers(
            f"VALERA_HOST is {host}, and the simulator answers this machine only: anybody could write in a client's name. "
            "Take VALERA_HOST out of the settings, or set TELEGRAM_API_URL to talk to the real Telegram."
        )


class ThisMachineOnly:
    """ASGI middleware in front of every route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (reason := why_refused(scope["method"], _headers(scope))):
            await _refuse(send, Forbidden(reason))
            return
        await self._app(scope, receive, send)


def why_refused(method: str, headers: dict[str, str]) -> str | None:
    """A sentence, or None if the request may pass."""
    host = headers.get("host", "")
    if not is_loopback(_hostname(host)):
        return "The simulator answers on 127.0.0.1 and localhost only."
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return "The request comes from another site."
    site = headers.get("sec-fetch-site")
    is_visit = method in _SAFE and headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest", "document") == "document"
    if site is not None and site not in _OWN_SITES and not is_visit:
        return "The request comes from another site."
    return None


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def _refuse(send: Send, error: Forbidden) -> None:
    body = msgspec.json.encode({"type": f"/problems/{error.slug}", "title": "Forbidden", "status": error.status, "detail": error.detail})
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
