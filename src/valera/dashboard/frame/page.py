"""Page: what every handler of the dashboard answers with. It knows who asks, from which shop, in which language."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from markupsafe import Markup

from valera.dashboard.frame.assets import TEMPLATES
from valera.dashboard.frame.csrf import FIELD, token_for
from valera.dashboard.frame.words import Words, choose_locale
from valera.kit.clock import Clock
from valera.kit.web import PAGE_HEADERS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from valera.identity.entry import Entry
    from valera.identity.permission import Permission
    from valera.identity.session import Session

AnyRequest = Request[Any, Any, Any]

WORTH_PACKING = 1000
THEMES = ("light", "dark")
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Page:
    """``session`` is the browser's token, None where nobody has signed in; ``entry_or_none`` is None outside of a shop."""

    request: AnyRequest
    now: datetime
    t: Words
    session: str | None
    entry_or_none: Entry | None

    @property
    def entry(self) -> Entry:
        assert self.entry_or_none is not None, "a page of a shop"
        return self.entry_or_none

    @property
    def zone(self) -> ZoneInfo:
        return self.t.zone

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks for a part of the page that is shown."""
        return self.request.headers.get("hx-request-type") == "partial"

    @property
    def theme(self) -> str | None:
        chosen = self.request.cookies.get("theme")
        return chosen if chosen in THEMES else None

    def may(self, permission: Permission) -> bool:
        return self.entry_or_none is not None and self.entry_or_none.may(permission)

    def url(self, path: str = "") -> str:
        """Of a place in this shop."""
        return f"/shops/{self.entry.slug}{path}"

    def csrf(self) -> str:
        return token_for(self.session) if self.session else ""

    def csrf_field(self) -> Markup:
        return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, self.csrf())

    def html(self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object) -> Response[bytes]:
        """A page or a part of one."""
        body = self.render(template, **values).encode()
        sent = PAGE_HEADERS | {"Vary": "HX-Request-Type, Accept-Encoding"} | dict(headers or {})
        if len(body) >= WORTH_PACKING and "gzip" in self.request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, 5, mtime=0)
            sent["Content-Encoding"] = "gzip"
        return Response(body, status_code=status, media_type="text/html", headers=sent)

    def render(self, template: str, **values: object) -> str:
        return TEMPLATES.get_template(template).render(
            page=self,
            entry=self.entry_or_none,
            t=self.t,
            now=self.now,
            url=self.url,
            csrf_field=self.csrf_field,
            initials=initials,
            hue=hue,
            **values,
        )

    def go(self, path: str, toast: str | None = None) -> Response[bytes]:
        """To a place in this shop: after a form was taken."""
        return self.lead(self.url(path), toast)

    def lead(self, address: str, toast: str | None = None) -> Response[bytes]:
        """To any address of this installation."""
        if "hx-request" in self.request.headers:
            response = Response(b"", status_code=204, headers=PAGE_HEADERS | {"HX-Redirect": address})
        else:
            response = Response(b"", status_code=303, headers=PAGE_HEADERS | {"Location": address})
        if toast:
            response.set_cookie("toast", quote(toast), max_age=20, samesite="lax")
        return response

    def nothing(self) -> Response[bytes]:
        """Done, and nothing on the page changes by this answer."""
        return Response(b"", status_code=204, headers=PAGE_HEADERS)

    def toast(self, response: Response[bytes], text: str, undo: str | None = None, *, tone: str = "") -> Response[bytes]:
        """Shows ``text`` for some seconds; ``undo`` is an address of this installation that a press on «Отменить» posts to."""
        shown = {"target": "body", "text": text} | ({"undo": undo} if undo else {}) | ({"tone": tone} if tone else {})
        response.headers["HX-Trigger"] = json.dumps({"toast": shown})
        return response


def provide_page(request: AnyRequest, clock: NamedDependency[SkipValidation[Clock]]) -> Page:
    return page_of(request, clock)


def page_of(request: AnyRequest, clock: Clock) -> Page:
    state = request.scope["state"]
    entry: Entry | None = state.get("entry")
    who: Session | None = state.get("who")
    asked = (entry.language if entry else who.language if who else None) or request.cookies.get("lang")
    language = choose_locale(asked, request.headers.get("accept-language", ""))
    words = Words(language, ZoneInfo(entry.time_zone), entry.currency) if entry else Words(language, UTC)
    return Page(request, clock.now(), words, state.get("session"), entry)


def initials(name: str) -> str:
    """Of a person as an avatar shows them."""
    parts = [part for part in name.split() if part[0].isalnum()]
    return "".join(part[0] for part in parts[:2]).upper() or "?"


def hue(key: int | str) -> int:
    """One of the six hues of avatars, the same for the same person."""
    return (key if isinstance(key, int) else sum(map(ord, key))) % 6 + 1
