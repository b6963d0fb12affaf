"""How connections to Telegram are made: directly, by IPv4 or IPv6, or through a proxy; and the name of each way in which that fails."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

import aiohttp

from valera.telegram.api.errors import TelegramDown, Unsure, Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from valera.kit.secrets import Secret

KEEP_ALIVE_SECONDS = 60
NETWORK = (aiohttp.ClientError, TimeoutError, OSError)
SOCKS = ("socks5://", "socks5h://", "socks4://")


def open_session(proxy: Secret | None) -> aiohttp.ClientSession:
    """One for all bots: connections are kept and used again. Of a name's addresses the second family is tried a quarter of a second after
    the first (aiohttp's happy eyeballs). Proxies of the environment (HTTPS_PROXY) are not looked at: only what was set for Telegram.
    """
    if proxy is not None and proxy.reveal().startswith(SOCKS):
        from aiohttp_socks import ProxyConnector

        address = proxy.reveal().replace("socks5h://", "socks5://", 1)
        return aiohttp.ClientSession(connector=ProxyConnector.from_url(address, rdns=True, limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS))
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS)
    return aiohttp.ClientSession(connector=connector, proxy=proxy.reveal() if proxy is not None else None)


@contextmanager
def named_failures(what: str) -> Iterator[None]:
    """An error of the network as one of ours. aiohttp's hold the address, and with it the token: none of them leaves."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, NETWORK) and not _is_of_proxy(error):
            raise
        why, name = _why_not_sent(error), type(error).__name__
    else:
        return
    if why is not None:
        raise TelegramDown(f"{what}: no connection to Telegram ({name})", why=why)
    raise Unsure(f"{what}: the answer was lost ({name})")


def _why_not_sent(error: Exception) -> Why | None:  # noqa: PLR0911  (a return for each reason)
    """None: it may have been sent."""
    match error:
        case aiohttp.ClientHttpProxyError() | aiohttp.ClientProxyConnectionError():
            return Why.PROXY
        case aiohttp.ClientConnectorDNSError():
            return Why.NAME
        case aiohttp.ClientSSLError() | ssl.SSLCertVerificationError():
            return Why.TLS
        case aiohttp.ConnectionTimeoutError():
            return Why.SILENCE
        case aiohttp.ClientConnectorError():
            return Why.REFUSED
        case aiohttp.InvalidURL():
            return Why.ADDRESS
        case _ if _is_of_proxy(error):
            return Why.PROXY
        case _:
            return None


def _is_of_proxy(error: Exception) -> bool:
    """The errors of SOCKS, by name: their packages are imported where such a proxy is set."""
    return type(error).__module__.startswith(("python_socks.", "aiohttp_socks."))
