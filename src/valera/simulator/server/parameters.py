"""The arguments of one Bot API call, however they came: query, JSON, form or multipart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from litestar.datastructures import UploadFile

from valera.simulator.server.refusal import bad_request

if TYPE_CHECKING:
    from litestar import Request

T = TypeVar("T")

_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0", ""})


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a multipart call."""

    name: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Parameters:
    """Forms carry nested objects as JSON text; unknown names are ignored, as Telegram does."""

    values: dict[str, Any]
    files: dict[str, Attached] = field(default_factory=dict[str, Attached])

    def text(self, name: str) -> str:
        """Empty when it was left out."""
        given = self.values.get(name)
        if given is None:
            return ""
        if not isinstance(given, str):
            raise bad_request(f'field "{name}" must be of type String')
        return given

    def integer(self, name: str) -> int | None:
        given = self.values.get(name)
        if given is None or given == "":
            return None
        if isinstance(given, str) and given.strip().lstrip("-").isascii() and given.strip().lstrip("-").isdigit():
            return int(given)
        if isinstance(given, int) and not isinstance(given, bool):
            return given
        raise bad_request(f'field "{name}" must be of type Integer')

    def flag(self, name: str) -> bool:
        given = self.values.get(name)
        if isinstance(given, bool):
            return given
        if given is None or (isinstance(given, str) and given.lower() in _FALSE):
            return False
        if isinstance(given, str) and given.lower() in _TRUE:
            return True
        raise bad_request(f'field "{name}" must be of type Boolean')

    def parsed(self, name: str, kind: type[T]) -> T | None:
        """A nested object. ``{}`` and empty text in a form mean that it was left out only where ``kind`` has no required field."""
        given = self.values.get(name)
        if given is None or given == "":
            return None
        try:
            return msgspec.json.decode(given, type=kind) if isinstance(given, str) else msgspec.convert(given, kind)
        except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
            raise bad_request(f"can't parse {name} JSON object: {error}") from None


async def read_parameters(request: Request[Any, Any, Any]) -> Parameters:
    """Query first, body over it. Raises Refusal 400 for what cannot be read and 413-like sizes are the server's matter."""
    values: dict[str, Any] = dict(request.query_params.items())
    kind = request.content_type[0].lower()
    if request.method == "GET":
        return Parameters(values)
    if kind == "application/json":
        return Parameters(values | _read_json(await request.body()))
    if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        form = await request.form()
        texts = {name: given for name, given in form.items() if isinstance(given, str)}
        return Parameters(values | texts, {name: await _attached(given) for name, given in form.items() if isinstance(given, UploadFile)})
    return Parameters(values)


async def _attached(file: UploadFile) -> Attached:
    return Attached(file.filename or "", file.content_type or "", await file.read())


def _read_json(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        given = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise bad_request("can't parse JSON: strings must be encoded in UTF-8 and the body must be an object") from None
    if not isinstance(given, dict):
        raise bad_request("can't parse JSON: the body must be an object")
    return given
