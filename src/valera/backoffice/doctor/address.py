"""The public address, as far as it can be seen from here whether Telegram reaches this installation under it."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp

from valera.backoffice.doctor.check import Check, broken, doubtful, skipped, well

PORTS = (443, 80, 88, 8443)
"""Where Telegram calls. Source: https://core.telegram.org/bots/webhooks"""

SECONDS = 10.0
RENEWAL = timedelta(days=14)
CLOCK_SECONDS = 30.0


async def look_at_public_url(url: str | None, *, ca: ssl.SSLContext | None = None) -> list[Check]:
    """``ca``: whom to trust; None: whom the system trusts, as Telegram does."""
    if url is None:
        return [skipped("public URL", "PUBLIC_URL is not set: bots are polled, Telegram needs no way in.")]
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    if parts.scheme != "https":
        return [broken("public URL", f"{url} does not begin with https://, and Telegram calls nothing else.")]
    if port not in PORTS:
        return [broken("public URL", f"Telegram calls only the ports {', '.join(map(str, sorted(PORTS)))}, not {port}.")]
    return await _look_at_host(url, host, port, ca or ssl.create_default_context())


async def look_at_clock(api_url: str) -> Check:
    """This machine's clock beside that of Telegram's server, which every HTTP answer tells."""
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as http, http.get(api_url) as answer:
            theirs = parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, ValueError):
        return doubtful("clock", f"{urlsplit(api_url).hostname} told no time to compare with.")
    away = (datetime.now(UTC) - theirs).total_seconds()
    if abs(away) > CLOCK_SECONDS:
        return broken("clock", f"This machine's clock is {away:+.0f} s from Telegram's: set it by NTP.")
    return well("clock", f"within {max(1, abs(away)):.0f} s of Telegram's")


async def _look_at_host(url: str, host: str, port: int, ca: ssl.SSLContext) -> list[Check]:
    try:
        addresses = {found[4][0] for found in await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError:
        return [broken("public URL", f"{host} has no address in DNS.")]
    private = [address for address in addresses if ipaddress.ip_address(str(address).partition("%")[0]).is_private]
    named = doubtful("public URL", f"{host} is {private[0]} here, a private address; Telegram needs a public one.") if private else None
    tls = await _look_at_certificate(host, port, ca)
    if tls.state == "broken":
        return [named or well("public URL", url), tls]
    return [await _look_at_health(url, ca) or named or well("public URL", f"{url} answers, and it is this program"), tls]


async def _look_at_certificate(host: str, port: int, ca: ssl.SSLContext) -> Check:
    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=ca, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        return broken("TLS", f"The certificate of {host} is not trusted ({error.verify_message}): serve the whole chain of a valid one.")
    except ssl.SSLError:
        return broken("TLS", f"{host}:{port} does not speak TLS.")
    except (OSError, TimeoutError):
        return broken("TLS", f"Nothing answers at {host}:{port}: open the port, or start what serves it.")
    try:
        certificate = writer.get_extra_info("peercert")
    finally:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    if until - datetime.now(UTC) < RENEWAL:
        return doubtful("TLS", f"The certificate ends on {until:%Y-%m-%d}: renew it.")
    return well("TLS", f"a trusted certificate until {until:%Y-%m-%d}")


async def _look_at_health(url: str, ca: ssl.SSLContext) -> Check | None:
    """None: it is ready."""
    connector = aiohttp.TCPConnector(ssl=ca)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=SECONDS)) as http,
            http.get(f"{url.rstrip('/')}/health/ready", allow_redirects=False) as answer,
        ):
            said = await answer.text()
    except (aiohttp.ClientError, TimeoutError, OSError, UnicodeDecodeError):
        return broken("public URL", f"{url} takes connections and does not answer: is the web process running behind it?")
    if answer.status == 200 and '"ready"' in said:  # noqa: PLR2004
        return None
    if answer.status == 503:  # noqa: PLR2004
        return broken("public URL", f"{url} is Valera, and says that it cannot store updates now: look at its database.")
    return broken("public URL", f"{url}/health/ready answered {answer.status}: what listens there is not Valera's web process.")
