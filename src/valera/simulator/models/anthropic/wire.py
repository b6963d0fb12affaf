"""Messages as one of the provider's wires: `/anthropic/v1/…`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from valera.simulator.models.anthropic import answer, refusal
from valera.simulator.models.anthropic.conversation import read_request
from valera.simulator.models.anthropic.refusal import refuse
from valera.simulator.models.fault import Fault
from valera.simulator.models.wire import Asked, Refusal, Route, Said

MODELS = ("claude-sonnet-4-5", "claude-haiku-4-5")
VERSIONS = (b"2023-06-01", b"2023-01-01")


class Anthropic:
    name = "anthropic"

    def route(self, method: str, path: str, query: Mapping[str, str]) -> Route:
        del query
        if path == "/v1/messages":
            if method != "POST":
                raise refuse(405, "Method Not Allowed")
            return Route(is_listing=False)
        if method == "GET" and (path == "/v1/models" or path.startswith("/v1/models/")):
            return Route(is_listing=True, model=path.removeprefix("/v1/models").removeprefix("/") or None)
        raise refuse(404, "Not Found")

    def check(self, headers: Mapping[bytes, bytes], query: Mapping[str, str], route: Route) -> None:
        del query
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        if not headers.get(b"x-api-key", b"").strip() and not (scheme.lower() == b"bearer" and token.strip()):
            raise refuse(401, "x-api-key header is required")
        version = headers.get(b"anthropic-version")
        if version is None:
            raise refuse(400, "anthropic-version: header is required")
        if version not in VERSIONS:
            raise refuse(400, f'anthropic-version: "{version.decode("latin-1")}" is not a valid version.')
        if not route.is_listing and not headers.get(b"content-type", b"").lower().startswith(b"application/json"):
            raise refuse(415, "Unsupported Media Type")

    def read(self, body: bytes, route: Route) -> Asked:
        del route
        return read_request(body)

    def write(self, said: Said, asked: Asked) -> bytes:
        return answer.write_answer(said, asked)

    def stream(self, said: Said, asked: Asked) -> Iterator[bytes]:
        return answer.stream_answer(said, asked)

    def fail(self, fault: Fault, asked: Asked, retry_after: int) -> Refusal:
        return refusal.fail(fault, asked, retry_after)

    def fail_in_stream(self) -> bytes:
        return refusal.overloaded_event()

    def blocked(self, asked: Asked) -> Refusal:
        del asked
        return refusal.blocked()

    def list_models(self, name: str | None) -> bytes:
        return answer.list_models(MODELS, name)

    def too_large(self) -> Refusal:
        return refuse(413, "Request exceeds the maximum size")
