"""SignIn: which ways in this installation has."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from valera.identity.telegram.openid import OpenId
from valera.identity.telegram.widget import Widget

if TYPE_CHECKING:
    from valera.dashboard.frame.page import AnyRequest


@dataclass(frozen=True, slots=True)
class SignIn:
    """``address`` is the installation's own, as browsers and Telegram know it; ``is_demo``: Telegram is the simulator on this machine, so
    that nobody but whoever sits at it can come in as whom they like.
    """

    address: str
    openid: OpenId | None = None
    widget: Widget | None = None
    is_demo: bool = False

    @property
    def has_telegram(self) -> bool:
        return self.openid is not None or self.widget is not None

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by https: then their cookies are bound to it, and to this very host."""
        return self.address.startswith("https://")

    @property
    def session_cookie(self) -> str:
        return "__Host-session" if self.is_secure else "session"

    @property
    def attempt_cookie(self) -> str:
        return "__Host-sign-in" if self.is_secure else "sign-in"

    def is_open_to(self, request: AnyRequest) -> bool:
        """Whether this request may choose who it is: it comes from this machine, and by a name that can only mean it."""
        client = request.client.host if request.client is not None else None
        return self.is_demo and is_loopback(client) and is_loopback(_hostname(request.headers.get("host", "")))


TheSignIn = NamedDependency[SkipValidation[SignIn]]


def is_loopback(host: str | None) -> bool:
    """A name or address that can only mean this machine."""
    name = (host or "").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
