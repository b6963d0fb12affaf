"""Errors as problem details (RFC 9457): one shape for every program that asks."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from litestar import Response

from valera.kit.errors import Invalid, LimitReached, Unavailable, ValeraError


def problem(error: ValeraError | None = None, *, status: int = 500, detail: str = "") -> Response[dict[str, Any]]:
    """``{"type": "/problems/slot-taken", "title", "status", "detail"}``; below 500 the error's own sentence, else only the title."""
    headers: dict[str, str] = {}
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if error is not None:
        status = error.status
        detail = error.detail if status < 500 or isinstance(error, Unavailable) else ""  # noqa: PLR2004
        body = {"type": f"/problems/{error.slug}", "title": HTTPStatus(status).phrase, "status": status}
        if isinstance(error, Invalid) and error.fields:
            body["fields"] = error.fields
        if isinstance(error, LimitReached | Unavailable) and error.retry_after is not None:
            headers["Retry-After"] = str(round(error.retry_after))
    if detail:
        body["detail"] = detail
    return Response(body, status_code=status, media_type="application/problem+json", headers=headers)
