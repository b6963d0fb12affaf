"""What went wrong, as whoever asked can read it: a page for browsers, a toast for htmx, problem details for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import structlog
from litestar.exceptions import HTTPException

from valera.dashboard.frame.guard import NotSignedIn
from valera.dashboard.frame.page import page_of
from valera.kit.db import DatabaseUnavailable
from valera.kit.errors import LimitReached, Unavailable, ValeraError
from valera.kit.problems import problem

if TYPE_CHECKING:
    from litestar import Response

    from valera.dashboard.frame.page import AnyRequest, Page
    from valera.kit.clock import Clock

log = structlog.get_logger(__name__)

SHOWN = (401, 403, 404, 405, 409, 413, 422, 429, 500, 503)
"""Statuses that have words of their own; another one is told as its class's first."""


def shown_errors(clock: Clock) -> dict[Any, Any]:
    """How errors of the dashboard's routes are answered, as the web framework wants to be told."""

    def error(request: AnyRequest, error: ValeraError) -> Response[Any]:
        if isinstance(error, DatabaseUnavailable):
            log.error("database_unavailable")
        if not _wants_page(request):
            return problem(error)
        page = page_of(request, clock)
        if isinstance(error, NotSignedIn):
            return page.lead(error.address)
        detail = error.detail if error.status < 500 or isinstance(error, Unavailable) else ""  # noqa: PLR2004
        response = _told(page, error.status, detail, error.slug)
        if isinstance(error, LimitReached | Unavailable) and error.retry_after is not None:
            response.headers["Retry-After"] = str(round(error.retry_after))
        return response

    def refusal(request: AnyRequest, error: HTTPException) -> Response[Any]:
        """The framework's own; what it says of a 4xx is safe to show."""
        if not _wants_page(request):
            return problem(status=error.status_code, detail=error.detail if error.status_code < 500 else "")  # noqa: PLR2004
        return _told(page_of(request, clock), error.status_code, "", "")

    def too_large(request: AnyRequest, _: asyncpg.DataError) -> Response[Any]:
        """A number that the column does not hold: no row has it, and no form may."""
        status = 404 if request.method == "GET" else 422
        return _told(page_of(request, clock), status, "", "") if _wants_page(request) else problem(status=status)

    def unknown(request: AnyRequest, error: Exception) -> Response[Any]:
        """The HTTP edge: whatever it was, it is logged here and shown to nobody."""
        log.error("request_failed", exc_info=error)
        return _told(page_of(request, clock), 500, "", "") if _wants_page(request) else problem(status=500)

    return {ValeraError: error, HTTPException: refusal, asyncpg.DataError: too_large, Exception: unknown}


def _told(page: Page, status: int, detail: str, slug: str) -> Response[Any]:
    shown = status if status in SHOWN else 500 if status >= 500 else 422  # noqa: PLR2004
    title = page.t(f"frame.error.{shown}.title")
    text = page.t(f"frame.error.{shown}.text")
    if status != 404:  # noqa: PLR2004 - what there is not and what is another shop's are told in the same words
        text = _sentence(page, slug, detail) or text
    if "hx-request" in page.request.headers:
        return page.toast(page.html("_nothing.html", status=status), text, tone="bad")
    return page.html("error.html", status=status, code=status, title=title, text=text)


def _sentence(page: Page, slug: str, detail: str) -> str:
    """The error's own words in the reader's language, where a part of the dashboard has them; else as they are."""
    if slug and page.t.has(f"frame.errors.{slug}"):
        return page.t(f"frame.errors.{slug}")
    return detail


def _wants_page(request: AnyRequest) -> bool:
    return "hx-request" in request.headers or "text/html" in request.headers.get("accept", "")
