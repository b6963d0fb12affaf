"""Pages of the dashboard in a town of a thousand shops and a million messages: from a request to the last byte of its answer.

Before that, what 2,000 browsers that listen cost one process; after it, how soon a browser hears of a message.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bench import town
from bench.figures import milliseconds
from bench.installation import FIRST_PERSON, Installation, installed
from bench.processes import rss_mib
from bench.webhook import update
from valera.identity.session import Method, Person, begin_session
from valera.kit.db import AccountId, Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bench.cluster import Cluster, Hook
    from bench.town import Plan, Town

WORDS = ("бампер", "полировка фар", "развал Camry", "Соколов", "А123ВС", "79167", "химчистку", "договор", "лобовое Solaris", "царапины")
STREAMS_OF_A_MEMBER = 6
COOKIE = "__Host-session"
WARM = 3
MEMBERS = """
insert into memberships (account_id, name, role, created_at)
select $1, 'Замер ' || n, 'support', now() - interval '1 year' from generate_series(1, $2::int) as n returning id
"""


@dataclass(frozen=True, slots=True)
class Office:
    """One shop, and somebody who is signed in to it. ``first``, ``chats``: ids of its chats."""

    slug: str
    token: str
    first: int
    chats: int

    def path(self, below: str) -> str:
        return f"/shops/{self.slug}{below}"


PAGES: dict[str, Callable[[Office, int], str]] = {
    "inbox": lambda _, turn: "/chats" if turn % 2 else "/chats?folder=waiting",
    "list": lambda _, __: "/chats/list",
    "thread": lambda office, turn: f"/chats/{office.first + turn * 37 % office.chats}",
    "messages": lambda office, turn: f"/chats/{office.first + turn * 41 % office.chats}/messages",
    "search": lambda _, turn: f"/chats/list?q={quote(WORDS[turn % len(WORDS)])}",
    "board": lambda _, turn: f"/board?day={_day(turn % 20 - 10)}",
    "week": lambda _, turn: f"/board/week?day={_day(turn % 20 - 10)}",
    "clients": lambda _, turn: "/clients" if turn % 2 else f"/clients?q={quote(WORDS[3])}",
    "overview": lambda _, turn: f"/overview?days={(7, 30, 90)[turn % 3]}",
}
"""What is asked for the nth time."""


def _day(offset: int) -> str:
    return (datetime.now(UTC) + timedelta(days=offset)).date().isoformat()


class Unexpected(Exception):
    """A page did not answer 200."""


async def measure(cluster: Cluster, plan: Plan, *, rounds: int, messages: int, streams: int) -> dict[str, Any]:
    """``rounds``: requests for each page; ``messages``: how many are waited for in a stream."""
    planted: list[Town] = []

    async def plant(cluster: Cluster, database: str) -> list[Hook]:
        planted.append(await town.plant(cluster, database, plan))
        return planted[0].hooks

    async with installed(cluster, "bench_dashboard", plant=plant) as installation:
        [found] = planted
        large, usual = await _enter(installation, found)
        idle = rss_mib(installation.web.pid)
        open_streams = await _open_streams(installation, large, streams)
        pages = {
            "large": await _look_at_pages(installation, large, rounds),
            "usual": await _look_at_pages(installation, usual, rounds),
        }
        used = rss_mib(installation.web.pid)
        await installation.add_worker()
        visible = await _listen(installation, large, messages)
        installation.check()
    return {
        "shops": plan.shops,
        "messages": found.messages,
        "planted_s": found.seconds,
        "pages": pages,
        "visible": visible,
        "streams": open_streams | {"web_idle_rss_mib": round(idle, 1), "web_used_rss_mib": round(used, 1)},
    }


# ---- pages --------------------------------------------------------------------------------------


async def _look_at_pages(installation: Installation, office: Office, rounds: int) -> dict[str, Any]:
    """One request after the other, as one person clicks. ``web_ms``, ``postgres_ms``: processor time of a request, the first ones and what
    runs beside them included; of a machine that is busy otherwise it says more than the clock.
    """
    found: dict[str, Any] = {}
    async with _connected(installation) as browser:
        for name, address in PAGES.items():
            before = installation.cpu()
            try:
                times = await _look_at(browser, office, [address(office, turn) for turn in range(WARM + rounds)])
                spent = {kind: installation.cpu()[kind] - before[kind] for kind in ("web", "postgres")}
                found[name] = times | {f"{kind}_ms": round(used * 1000 / (WARM + rounds), 1) for kind, used in spent.items()}
            except Unexpected as error:  # the others are looked at all the same
                found[name] = {"failed": str(error)}
    return found


async def _look_at(browser: _Browser, office: Office, addresses: list[str]) -> dict[str, Any]:
    times: list[float] = []
    size = 0
    for below in addresses:
        since = time.perf_counter()
        size = await browser.get(office.path(below), office.token)
        times.append((time.perf_counter() - since) * 1000)
    counted = times[WARM:]
    return milliseconds(counted) | {"p95_ms": _p95(counted), "kib": round(size / 1024, 1)}


def _p95(times: list[float]) -> float:
    return round(sorted(times)[int(len(times) * 0.95)], 2)


@dataclass(frozen=True, slots=True)
class _Browser:
    """One keep-alive connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def ask(self, path: str, token: str, *headers: str) -> None:
        lines = (f"GET {path} HTTP/1.1", "Host: valera.example.org", f"Cookie: {COOKIE}={token}", "Accept: text/html", *headers, "", "")
        self.writer.write("\r\n".join(lines).encode())

    async def get(self, path: str, token: str) -> int:
        """Bytes of the answer."""
        self.ask(path, token)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        body = await self.reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200"):
            raise Unexpected(f"{path}: {head.splitlines()[0].decode('ascii', 'replace')}")
        return len(body)


@asynccontextmanager
async def _connected(installation: Installation) -> AsyncIterator[_Browser]:
    browser = await _connect(installation)
    try:
        yield browser
    finally:
        browser.writer.close()


async def _connect(installation: Installation) -> _Browser:
    return _Browser(*await asyncio.open_connection(*installation.webhooks.address, limit=1 << 22))


async def _enter(installation: Installation, found: Town) -> tuple[Office, Office]:
    """The large shop, and one of the others; in each an admin."""
    db = Database(installation.cluster.url(installation.database), max_size=2)
    await db.open()
    try:
        large, usual = [await _sign_in(installation, db, hook, "admin") for hook in found.hooks]
    finally:
        await db.close()
    plan = found.plan
    return Office("bench-0", large, 1, plan.large_chats), Office("bench-1", usual, plan.large_chats + 1, plan.chats)


async def _sign_in(installation: Installation, db: Database, hook: Hook, role: str) -> str:
    [member] = await installation.cluster.administer(
        "select min(id) as id from memberships where account_id = $1 and role = $2", hook.account_id, role, database=installation.database
    )
    return await _begin(db, hook.account_id, member["id"])


async def _begin(db: Database, account_id: int, member_id: int) -> str:
    async with db.identity_tx() as tx:
        person = Person(account_id=AccountId(account_id), member_id=member_id)
        return await begin_session(tx, person, method=Method.LINK, now=datetime.now(UTC))


# ---- streams ------------------------------------------------------------------------------------


async def _open_streams(installation: Installation, office: Office, streams: int) -> dict[str, Any]:
    """All of one shop: a message in it wakes every one of them. Closed at the end."""
    tokens = await _many_members(installation, -(-streams // STREAMS_OF_A_MEMBER))
    before = rss_mib(installation.web.pid)
    browsers: list[_Browser] = []
    try:
        for number in range(streams):
            browser = await _connect(installation)
            browser.ask(office.path("/live"), tokens[number // STREAMS_OF_A_MEMBER], "Accept-Encoding: identity")
            head = await browser.reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise Unexpected(f"stream {number}: {head.splitlines()[0].decode('ascii', 'replace')}")
            browsers.append(browser)
        await asyncio.sleep(2)
        held = rss_mib(installation.web.pid)
    finally:
        for browser in browsers:
            browser.writer.close()
    return {"open": streams, "web_rss_mib": round(held, 1), "kib_each": round((held - before) * 1024 / max(streams, 1), 1)}


async def _many_members(installation: Installation, number: int) -> list[str]:
    account_id = installation.hooks[0].account_id
    rows = await installation.cluster.administer(MEMBERS, account_id, number, database=installation.database)
    db = Database(installation.cluster.url(installation.database), max_size=2)
    await db.open()
    try:
        return [await _begin(db, account_id, row["id"]) for row in rows]
    finally:
        await db.close()


async def _listen(installation: Installation, office: Office, messages: int) -> dict[str, Any]:
    """From a webhook's request to the topic of its chat in a browser's stream, one message after the other."""
    delays: list[float] = []
    async with _connected(installation) as browser:
        browser.ask(office.path("/live"), office.token, "Accept-Encoding: identity")
        await browser.reader.readuntil(b"\r\n\r\n")
        for turn in range(-WARM, messages):
            chat_id = office.first + (turn + WARM) * 8 % office.chats
            since = time.perf_counter()
            acknowledged = installation.webhooks.send(installation.hooks[0], update(FIRST_PERSON + chat_id))
            async with asyncio.timeout(30):
                while f"chat-{chat_id}".encode() not in (await browser.reader.readline()).split():
                    pass
            if turn >= 0:
                delays.append((time.perf_counter() - since) * 1000)
            await acknowledged
            await asyncio.sleep(0.05)
    return milliseconds(delays) | {"p95_ms": _p95(delays), "messages": len(delays)}


def tell(found: dict[str, Any]) -> list[str]:
    lines = [f"{found['shops']} shops, {found['messages']} messages, planted in {found['planted_s']} s"]
    for size, pages in found["pages"].items():
        for name, page in pages.items():
            if "failed" in page:
                lines.append(f"{size:<6} {name:<9} {page['failed']}")
                continue
            times = f"p50 {page['p50_ms']:6.1f}  p95 {page['p95_ms']:6.1f}  max {page['max_ms']:6.1f} ms"
            times += f"  processor {page['web_ms']:5.1f} + {page['postgres_ms']:5.1f}"
            lines.append(f"{size:<6} {name:<9} {times}  {page['kib']:6.1f} KiB")
    visible, streams = found["visible"], found["streams"]
    lines.append(f"a message in another browser after p50 {visible['p50_ms']:.0f}, p95 {visible['p95_ms']:.0f} ms")
    memory = f"{streams['web_idle_rss_mib']} MiB at rest, {streams['web_rss_mib']} with them, {streams['web_used_rss_mib']} after all pages"
    lines.append(f"{streams['open']} streams of {streams['kib_each']} KiB: web process {memory}")
    return lines
