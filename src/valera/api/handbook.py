"""The API's page for people: made from the description, without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, Response, get
from litestar.params import FromPath

from valera.kit.errors import NotFound
from valera.kit.web import PAGE_HEADERS, Statics, environment

if TYPE_CHECKING:
    AnyRequest = Request[Any, Any, Any]

STATICS = Statics("valera.kit", "valera.api")
TEMPLATES = environment("valera.api", statics=STATICS)
STATIC = "/api/static/"


class StaticNotFound(NotFound):
    """The page needs no such file."""


@get("/docs", include_in_schema=False, sync_to_thread=False)
def get_handbook(request: Request[Any, Any, Any]) -> Response[str]:
    schema = request.app.openapi_schema.to_schema()
    page = TEMPLATES.get_template("api_handbook.html").render(schema=schema, operations=_operations(schema), place=STATIC)
    return Response(page, media_type="text/html; charset=utf-8", headers=PAGE_HEADERS | {"Cache-Control": "public, max-age=300"})


@get("/static/{name:path}", include_in_schema=False, sync_to_thread=False)
def get_static(name: FromPath[str]) -> Response[bytes]:
    """The page's style sheet and its fonts. Raises StaticNotFound."""
    file = STATICS.find(STATICS.digest, name.lstrip("/"))
    if file is None:
        raise StaticNotFound("There is no such file.")
    headers = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
    return Response(file.body, media_type=file.content_type, headers=headers)


def _operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """In the order of their tags."""
    found = [
        {"description": "", "parameters": []} | operation | {"path": path, "method": method.upper()}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    order = [tag["name"] for tag in schema["tags"]]
    return sorted(found, key=lambda operation: order.index(operation["tags"][0]))


HANDLERS: list[Any] = [get_handbook, get_static]
