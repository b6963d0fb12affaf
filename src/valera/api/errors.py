"""Whatever goes wrong is told as problem details; what the framework refuses, too."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import structlog
from litestar import Response

from valera.kit.db import DatabaseUnavailable
from valera.kit.errors import Unauthenticated, ValeraError
from valera.kit.problems import problem

if TYPE_CHECKING:
    from litestar import Request
    from litestar.exceptions import HTTPException

    AnyRequest = Request[Any, Any, Any]

log = structlog.get_logger(__name__)

BAD_REQUEST, NOT_FOUND, SERVER = 400, 404, 500


def told(_: AnyRequest, error: ValeraError) -> Response[dict[str, Any]]:
    if isinstance(error, DatabaseUnavailable):
        log.error("database_unavailable")
    response = problem(error)
    if isinstance(error, Unauthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def refused(_: AnyRequest, error: HTTPException) -> Response[dict[str, Any]]:
    """A number that no row can have is a row that there is not."""
    wrong = _wrong(error)
    if error.status_code == BAD_REQUEST and wrong and all(source == "path" for source, _, _ in wrong):
        return problem(status=NOT_FOUND, detail="Not Found")
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(error.status_code).phrase, "status": error.status_code}
    if error.status_code < SERVER:
        body["detail"] = error.detail.partition(" for ")[0] if wrong else error.detail
    if wrong:
        body["type"], body["fields"] = "/problems/malformed", {name: said for _, name, said in wrong}
    return Response(body, status_code=error.status_code, media_type="application/problem+json", headers=dict(error.headers or {}))


def unknown(_: AnyRequest, error: Exception) -> Response[dict[str, Any]]:
    """The HTTP edge: whatever it was, it is logged here and shown to nobody."""
    log.error("request_failed", exc_info=error)
    return problem(status=SERVER)


def _wrong(error: HTTPException) -> list[tuple[str, str, str]]:
    """What the framework found wrong: where, which, why."""
    if not isinstance(error.extra, list):
        return []
    entries = cast("list[dict[str, str]]", error.extra)
    return [(str(entry.get("source", "")), str(entry.get("key", "body")), str(entry.get("message", ""))) for entry in entries]
