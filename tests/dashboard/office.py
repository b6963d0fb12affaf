"""The web process for tests of pages: in process for requests, on a port of its own for browsers."""

from __future__ import annotations

import asyncio
import re
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn

from valera.app import create_app
from valera.dashboard.frame.csrf import token_for
from valera.identity.session import Method, Person, begin_session
from valera.kit.db import account_scope, value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tests.cast import Shop, World
    from valera.dashboard.frame.given import Given

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
HTML = {"accept": "text/html"}
HTMX = {"hx-request": "true", "hx-request-type": "partial", "accept": "text/html"}
HOST = "valera.test"


@dataclass(slots=True)
class Member:
    """Somebody who is signed in."""

    shop: Shop
    id: int
    token: str


@dataclass(slots=True)
class Office:
    """Requests as one of: owner, admin, support (all of garage), rival (the owner of rival), None (nobody)."""

    given: Given
    world: World
    client: httpx.AsyncClient
    members: dict[str, Member] = field(default_factory=dict[str, Member])

    async def get(
        self, path: str, *, as_: str | None = "owner", shop: str | None = "garage", headers: Mapping[str, str] = HTML
    ) -> httpx.Response:
        """``path`` is below the shop, or the whole of one where ``shop`` is None."""
        return await self.request("GET", path, as_=as_, shop=shop, headers=headers)

    async def post(
        self, path: str, data: Mapping[str, Any] | None = None, *, as_: str | None = "owner", shop: str | None = "garage", **more: Any
    ) -> httpx.Response:
        """As htmx does it, with the token of the page."""
        return await self.request("POST", path, as_=as_, shop=shop, data=data, **more)

    async def request(
        self,
        method: str,
        path: str,
        *,
        as_: str | None = "owner",
        shop: str | None = "garage",
        headers: Mapping[str, str] = HTMX,
        **more: Any,
    ) -> httpx.Response:
        member = self.members[as_] if as_ else None
        cookies = {self.given.cookie: member.token} if member else {}
        own = {"x-csrf-token": token_for(member.token)} if member and method != "GET" else {}
        address = f"/shops/{shop}{path}" if shop else path
        cookie = {"cookie": "; ".join(f"{name}={token}" for name, token in cookies.items())} if cookies else {}
        return await self.client.request(method, address, headers={**headers, **own, **cookie}, **more)

    async def sign_in(self, name: str, shop: Shop, member_id: int) -> Member:
        async with self.given.db.identity_tx() as tx:
            token = await begin_session(
                tx, Person(account_id=shop.account_id, member_id=member_id), method=Method.LINK, now=self.given.clock.now()
            )
        self.members[name] = Member(shop, member_id, token)
        return self.members[name]


async def join(given: Given, shop: Shop, name: str, role: str) -> int:
    """One more member of the team."""
    with account_scope(shop.account_id):
        async with given.db.account_tx() as tx:
            return await value(tx, "insert into memberships (name, role) values ($1, $2) returning id", name, role)


@asynccontextmanager
async def open_office(given: Given, world: World) -> AsyncIterator[Office]:
    transport = httpx.ASGITransport(create_app(given))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
        office = Office(given, world, client)
        await office.sign_in("owner", world.garage, world.garage.member_id)
        await office.sign_in("admin", world.garage, await join(given, world.garage, "Игорь", "admin"))
        await office.sign_in("support", world.garage, await join(given, world.garage, "Марина", "support"))
        await office.sign_in("rival", world.rival, world.rival.member_id)
        yield office


class Seen:
    """A browser's page and every complaint that it made."""

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.url = page, url
        self.complaints: list[str] = []
        self.expected: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.set_default_timeout(15_000)

    def _note(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not any(re.search(one, message.text) for one in self.expected):
            self.complaints.append(message.text)

    async def go(self, path: str, *, live: bool = True) -> Any:
        await self.page.goto(f"{self.url}{path}")
        if live:
            await self.page.wait_for_selector('[data-live="on"]', state="attached")
        return self.page

    async def overflow(self) -> int:
        return await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@dataclass(slots=True)
class Browsing:
    """A server on a free port, and browsers that are signed in."""

    office: Office
    url: str
    browser: Any
    seen: list[Seen] = field(default_factory=list[Seen])

    async def visit(
        self, path: str, *, as_: str | None = "owner", shop: str | None = "garage", phone: bool = False, scheme: str = "light", **more: Any
    ) -> Seen:
        """``path`` is below the shop; live pages are waited for until they hear."""
        width, height = (390, 844) if phone else (1440, 900)
        width, language = more.pop("width", width), more.pop("language", None)
        context = await self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=more.pop("locale", "ru-RU"),
            has_touch=phone,
            reduced_motion="reduce",
            **more,
        )
        if language:
            await context.add_cookies([{"name": "lang", "value": language, "url": self.url}])
        if as_:
            await context.add_cookies([{"name": self.office.given.cookie, "value": self.office.members[as_].token, "url": self.url}])
        seen = Seen(await context.new_page(), self.url)
        self.seen.append(seen)
        await seen.go(f"/shops/{shop}{path}" if shop else path, live=shop is not None)
        return seen


@asynccontextmanager
async def serving(given: Given) -> AsyncIterator[tuple[str, uvicorn.Server]]:
    """The web process on a free port of this machine."""
    server = uvicorn.Server(
        uvicorn.Config(create_app(given), port=0, lifespan="on", log_config=None, access_log=False, timeout_graceful_shutdown=1)
    )
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", server
    finally:
        given.hub.close()
        server.should_exit = True
        await task
