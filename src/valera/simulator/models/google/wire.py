"""Gemini as one of the provider's wires: `/google/v1beta/models/…`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from valera.simulator.models.fault import Fault
from valera.simulator.models.google import answer, refusal
from valera.simulator.models.google.conversation import read_request
from valera.simulator.models.google.refusal import refuse
from valera.simulator.models.wire import Asked, Refusal, Route, Said

MODELS = ("gemini-2.5-flash", "gemini-3-flash-preview")
PATH = re.compile(r"^/v1(?:beta)?/models(?:/(?P<model>[^/:]+)(?::(?P<method>\w+))?)?$")


class Google:
    name = "google"

    def route(self, method: str, path: str, query: Mapping[str, str]) -> Route:
        found = PATH.match(path)
        if found is None:
            raise refuse(404, f"The requested URL {path} was not found on this server.")
        match method, found["method"]:
            case "GET", None:
                return Route(is_listing=True, model=found["model"])
            case "POST", "generateContent":
                return Route(is_listing=False, model=found["model"])
            case "POST", "streamGenerateContent":
                return Route(is_listing=False, model=found["model"], is_streamed=True, is_framed=query.get("alt") == "sse")
            case _:
                raise refuse(404, f"{method} {path} is not supported.")

    def check(self, headers: Mapping[bytes, bytes], query: Mapping[str, str], route: Route) -> None:
        key = headers.get(b"x-goog-api-key", b"").decode("latin-1") or query.get("key", "")
        if not key and not headers.get(b"authorization"):
            raise refusal.no_key()
        if not key.strip():
            raise refusal.bad_key()
        if not route.is_listing and not headers.get(b"content-type", b"").lower().startswith(b"application/json"):
            raise refuse(400, "Invalid JSON payload received. The content type has to be application/json.")

    def read(self, body: bytes, route: Route) -> Asked:
        assert route.model is not None
        return read_request(body, route.model, is_streamed=route.is_streamed)

    def write(self, said: Said, asked: Asked) -> bytes:
        return answer.write_answer(said, asked)

    def stream(self, said: Said, asked: Asked) -> Iterator[bytes]:
        return answer.stream_answer(said, asked)

    def fail(self, fault: Fault, asked: Asked, retry_after: int) -> Refusal:
        return refusal.fail(fault, asked, retry_after)

    def fail_in_stream(self) -> bytes:
        return answer.frame(
            {"error": {"code": 503, "message": "The model is overloaded. Please try again later.", "status": "UNAVAILABLE"}}
        )

    def blocked(self, asked: Asked) -> bytes:
        content = answer.blocked(asked)
        return answer.frame(content) if asked.is_streamed else msgspec.json.encode(content)

    def list_models(self, name: str | None) -> bytes:
        return answer.list_models(MODELS, name)

    def too_large(self) -> Refusal:
        return refuse(413, "Request payload size exceeds the limit: 20971520 bytes.")
