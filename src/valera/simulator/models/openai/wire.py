"""Chat completions as one of the provider's wires: `/openai/v1/…`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from valera.simulator.models.fault import Fault
from valera.simulator.models.openai import answer, refusal
from valera.simulator.models.openai.refusal import refuse
from valera.simulator.models.openai.request import read_request
from valera.simulator.models.wire import Asked, Refusal, Route, Said

MODELS = ("gpt-5", "gpt-5-mini", "gpt-4o-mini")


class OpenAI:
    name = "openai"

    def route(self, method: str, path: str, query: Mapping[str, str]) -> Route:
        del query
        if path == "/v1/chat/completions":
            if method != "POST":
                raise refuse(405, f"Not allowed to {method} on {path}.")
            return Route(is_listing=False)
        if method == "GET" and (path == "/v1/models" or path.startswith("/v1/models/")):
            return Route(is_listing=True, model=path.removeprefix("/v1/models").removeprefix("/") or None)
        raise refuse(404, f"Invalid URL ({method} {path})")

    def check(self, headers: Mapping[bytes, bytes], query: Mapping[str, str], route: Route) -> None:
        del query
        scheme, _, key = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer" or not key.strip():
            message = "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth."
            raise refuse(401, message)
        if not route.is_listing and not headers.get(b"content-type", b"").lower().startswith(b"application/json"):
            raise refuse(415, "Unsupported Media Type: the body must be application/json.")

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
        error = {"message": "The server is currently overloaded.", "type": "server_error", "param": None, "code": "server_is_overloaded"}
        return b"data: %b\n\n" % msgspec.json.encode({"error": error})

    def blocked(self, asked: Asked) -> Refusal:
        del asked
        return refusal.blocked()

    def list_models(self, name: str | None) -> bytes:
        return answer.list_models(MODELS, name)

    def too_large(self) -> Refusal:
        return refuse(413, "The request is too large.")
